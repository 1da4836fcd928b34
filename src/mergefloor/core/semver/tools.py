"""Tools that are offered to the model, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mergefloor.core.keys import canonical
from mergefloor.core.semver.nouns import Fact
from mergefloor.core.types import Json

REMARKS = ("name", "description", "strict")


def tool_facts(before: Json, after: Json) -> Iterator[Fact]:
    """Tools removed, retyped, added or described in other words. Lists as OpenAI and Anthropic take them."""
    old, new = _by_name(before), _by_name(after)
    for name in sorted({*old, *new}):
        if name not in new:
            yield Fact(kind="tool-changed", why=f"tool `{name}` was removed")
        elif name not in old:
            yield Fact(kind="tool-added", why=f"tool `{name}` is new")
        elif canonical(_shape(old[name])) != canonical(_shape(new[name])):
            yield Fact(kind="tool-changed", why=f"tool `{name}` takes other arguments")
        elif canonical(dict(old[name])) != canonical(dict(new[name])):
            yield Fact(kind="instructions", why=f"tool `{name}` is described in other words")


def _by_name(tools: Json) -> dict[str, Mapping[str, Json]]:
    """Tools by name; one without a name goes by its type and place."""
    found: dict[str, Mapping[str, Json]] = {}
    for index, tool in enumerate(tools if isinstance(tools, list) else []):
        inner = tool.get("function", tool) if isinstance(tool, dict) else tool
        body = inner if isinstance(inner, dict) else {"type": inner}
        name = body.get("name")
        found[name if isinstance(name, str) else f"#{index + 1}"] = body
    return found


def _shape(tool: Mapping[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in tool.items() if key not in REMARKS}
