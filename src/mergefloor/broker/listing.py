"""The models that a child may ask, as either provider lists models. Nothing is asked of the real endpoint."""

from __future__ import annotations

import json

from mergefloor.broker.api import NAMED
from mergefloor.broker.refusal import Refusal, child_error
from mergefloor.broker.upstream import Provider
from mergefloor.core.types import Json

SINCE = "1970-01-01T00:00:00Z"


def listing(provider: Provider, models: tuple[str, ...], path: str) -> bytes | Refusal:
    """`v1/models`, or `v1/models/NAME` for one of them."""
    names = [name for owner, _, name in (each.partition("/") for each in models) if owner in NAMED[provider]]
    wanted = path.removeprefix("v1/models").removeprefix("/")
    if not wanted:
        rows: list[Json] = [_entry(provider, name) for name in names]
        return _encoded(_page(provider, rows, names))
    if wanted in names:
        return _encoded(_entry(provider, wanted))
    return child_error(
        404, "model-not-found", f"model {wanted[:100]!r} is not among the `models` of this target"
    )


def _entry(provider: Provider, name: str) -> Json:
    if provider == "anthropic":
        return {"type": "model", "id": name, "display_name": name, "created_at": SINCE}
    return {"id": name, "object": "model", "created": 0, "owned_by": "mergefloor"}


def _page(provider: Provider, rows: list[Json], names: list[str]) -> Json:
    if provider == "openai":
        return {"object": "list", "data": rows}
    ends: dict[str, Json] = {"first_id": names[0] if names else None, "last_id": names[-1] if names else None}
    return {"data": rows, "has_more": False, **ends}


def _encoded(value: Json) -> bytes:
    return json.dumps(value).encode("ascii")
