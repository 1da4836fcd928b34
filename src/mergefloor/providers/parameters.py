"""Parameters: what a request must have, and how each provider spells them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mergefloor.core.types import Json

# Anthropic refuses a request without a bound. It is put in when the request is made, so that it is in the key.
ANTHROPIC_MAX_TOKENS = 1024

# Reasoning models of OpenAI bound reasoning and answer together, under another name.
REASONING = re.compile(r"(?:o\d|gpt-(?:[5-9]|\d\d))")


def defaults(provider: str, params: Mapping[str, Json]) -> dict[str, Json]:
    """The parameters with those added that the provider cannot do without. Apply it before hashing a request."""
    if provider == "anthropic" and "max_tokens" not in params:
        return {**params, "max_tokens": ANTHROPIC_MAX_TOKENS}
    return dict(params)


def for_openai(name: str, params: Mapping[str, Json]) -> dict[str, Json]:
    """`max_tokens` is `max_completion_tokens` for o1 and later and gpt-5 and later, chat variants included."""
    found = dict(params)
    if REASONING.match(name) and "max_tokens" in found:
        bound = found.pop("max_tokens")
        found.setdefault("max_completion_tokens", bound)
    return found


def for_anthropic(params: Mapping[str, Json]) -> dict[str, Json]:
    """OpenAI's `stop` is `stop_sequences`, and one stop text is a list of one."""
    found = defaults("anthropic", params)
    if "stop" in found:
        stop = found.pop("stop")
        found.setdefault("stop_sequences", stop if isinstance(stop, list) else [stop])
    return found
