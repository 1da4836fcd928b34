"""What the providers themselves say of their models now: their own lists, asked with the operator's keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from mergefloor.core.roster.listing import Listing
from mergefloor.core.types import Failure, ModelRef
from mergefloor.errors import ProviderError
from mergefloor.providers import anthropic, openai
from mergefloor.providers.model_page import Found

SECONDS = 30.0  # a list; a provider that is slower than this is told as such


class Lister(Protocol):
    """A connected endpoint that knows its own models."""

    async def models(self, name: str) -> Found | Failure:
        """Every name of now."""

    async def close(self) -> None:
        """Close connections."""


# Scripted answers and local models are files: nobody retires them.
LISTERS: dict[
    str, tuple[Callable[[str, Mapping[str, str]], str], Callable[[ModelRef, Mapping[str, str]], Lister]]
] = {
    "anthropic": (anthropic.endpoint, anthropic.connect),
    "openai": (openai.endpoint, openai.connect),
    "openai-compatible": (openai.endpoint, openai.connect),
}


def listings(
    env: Mapping[str, str], providers: Sequence[str], *, seconds: float = SECONDS
) -> tuple[Listing, ...]:
    """The lists of these providers, each within `seconds`. What went wrong is in the list that is missing."""
    return tuple(_listing(each, env, seconds) for each in providers if each in LISTERS)


def _listing(provider: str, env: Mapping[str, str], seconds: float) -> Listing:
    locate, connect = LISTERS[provider]
    try:
        where = locate(provider, env)
        lister = connect(ModelRef(provider=provider, name="models", endpoint=where), env)
    except ProviderError as error:
        return Listing(provider=provider, problem=f"the list of {provider} was not read: {error}")
    found = asyncio.run(_asked(lister, f"the list of {provider}", seconds))
    if isinstance(found, Failure):
        return Listing(provider=provider, endpoint=where, problem=found.message)
    ends = {name: ending for name, ending in found.items() if ending is not None}
    return Listing(provider=provider, endpoint=where, names=frozenset(found), ends=ends)


async def _asked(lister: Lister, name: str, seconds: float) -> Found | Failure:
    try:
        return await asyncio.wait_for(lister.models(name), seconds)
    except TimeoutError:
        message = f"{name} did not come within {seconds:.0f} s; try again later"
        return Failure(stage="candidate", code="timeout", message=message)
    finally:
        await lister.close()
