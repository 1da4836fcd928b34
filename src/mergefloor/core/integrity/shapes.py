"""Two JSON schemas side by side: which of them lets more pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from mergefloor.core.keys import canonical
from mergefloor.core.types import Json

Shift: TypeAlias = Literal["looser", "tighter", "flipped", "changed", "rubric"]
# What these list is allowed: more of it lets more pass. Everything else that a schema says forbids something.
_ALLOWS = ("enum", "type", "anyOf", "oneOf")
_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
_SAYS_NOTHING = ("title", "description", "examples", "default", "$comment", "$schema", "$id")


def schema_shift(before: Json, after: Json) -> Shift | None:
    """How the second schema differs from the first; None when both ask for the same."""
    old, new = dict(_rules(before, ())), dict(_rules(after, ()))
    shifts = {_rule_shift(path[-1], old.get(path), new.get(path)) for path in old.keys() | new.keys()}
    order: tuple[Shift, ...] = ("flipped", "looser", "changed", "tighter")
    return next((shift for shift in order if shift in shifts), None)


def _rules(schema: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Every keyword with its value, by its path; the members of `properties` and the like are schemas themselves."""
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if key in ("properties", "patternProperties", "$defs", "definitions") and isinstance(value, dict):
            for name, inner in value.items():
                yield from _rules(inner, (*path, key, name))
        elif key in ("items", "additionalProperties", "not", "contains") and isinstance(value, dict):
            yield from _rules(value, (*path, key))
        elif key not in _SAYS_NOTHING:
            yield (*path, key), value


def _rule_shift(key: str, old: Json, new: Json) -> Shift | None:
    if old == new and type(old) is type(new):
        return None
    if old is None or new is None:
        return "looser" if new is None else "tighter"
    if key in _LEAST + _MOST and isinstance(old, int | float) and isinstance(new, int | float):
        return "looser" if (new < old) is (key in _LEAST) else "tighter"
    if key in (*_ALLOWS, "required"):
        return _listed_shift(_members(old), _members(new), allows=key in _ALLOWS)
    if key == "additionalProperties":
        return "tighter" if new is False else "looser"
    return "changed"


def _listed_shift(old: frozenset[str], new: frozenset[str], *, allows: bool) -> Shift | None:
    if old == new:
        return None
    if new < old:
        return "tighter" if allows else "looser"
    if old < new:
        return "looser" if allows else "tighter"
    return "flipped" if allows and not old & new else "looser"


def _members(value: Json) -> frozenset[str]:
    return frozenset(map(canonical, value if isinstance(value, list) else [value]))
