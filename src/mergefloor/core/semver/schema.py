"""What a response must look like, before and after: the fields of two JSON schemas, compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from mergefloor.core.keys import canonical
from mergefloor.core.semver.nouns import Fact
from mergefloor.core.types import Json

Schema: TypeAlias = "Mapping[str, Json]"
# Words about a field, not what it may hold; the model reads them as instructions.
REMARKS = ("title", "description", "examples", "default", "$comment")
ROOT = "the response"


def schema_facts(before: Schema | None, after: Schema | None) -> Iterator[Fact]:
    """Fields removed, renamed, retyped, added; a schema that came or went."""
    if before is None and after is None:
        return
    if before is None or after is None:
        was, now = ("text", "JSON") if before is None else ("JSON", "text")
        yield Fact(kind="output-format", why=f"the response format changed from {was} to {now}")
        return
    yield from dict.fromkeys(_compare(before, after, ""))


def _compare(before: Schema, after: Schema, path: str) -> Iterator[Fact]:
    """One schema at `path` ("" is the root), then the schemas of its fields and items."""
    inner = ("properties", "required", "items", "$defs", "definitions", *REMARKS)
    rest = [{key: value for key, value in each.items() if key not in inner} for each in (before, after)]
    if canonical(rest[0]) != canonical(rest[1]):
        keys = sorted(
            key
            for key in {*rest[0], *rest[1]}
            if key not in rest[0] or key not in rest[1] or rest[0][key] != rest[1][key]
        )
        yield Fact(kind="output-field", why=f"{_name(path)} changed its {', '.join(f'`{k}`' for k in keys)}")
    if any(canonical(before.get(key)) != canonical(after.get(key)) for key in REMARKS):
        yield Fact(kind="instructions", why=f"{_name(path)} is described in other words")
    yield from _fields(before, after, path)
    yield from _pair(before.get("items"), after.get("items"), f"{path}[]")
    for key in ("$defs", "definitions"):
        old, new = _mapping(before.get(key)), _mapping(after.get(key))
        for name in sorted({*old, *new}):
            yield from _pair(old.get(name), new.get(name), f"{path}#{name}")


def _fields(before: Schema, after: Schema, path: str) -> Iterator[Fact]:
    old, new = _mapping(before.get("properties")), _mapping(after.get("properties"))
    must, needs = _required(before), _required(after)
    gone, come = [name for name in old if name not in new], [name for name in new if name not in old]
    if len(gone) == len(come) == 1 and canonical(old[gone[0]]) == canonical(new[come[0]]):
        yield Fact(kind="output-field", why=f"{_name(path, gone[0])} was renamed to `{come[0]}`")
        gone, come = [], []
    for name in gone:
        yield Fact(kind="output-field", why=f"{_name(path, name)} was removed")
    for name in come:
        if name in needs:
            yield Fact(kind="output-field", why=f"{_name(path, name)} is new and required")
        else:
            yield Fact(kind="output-field-added", why=f"{_name(path, name)} is new and optional")
    for name in [name for name in old if name in new]:
        if name in must and name not in needs:
            yield Fact(kind="output-field", why=f"{_name(path, name)} may be absent now")
        if name in needs and name not in must:
            yield Fact(kind="output-field-added", why=f"{_name(path, name)} is always there now")
        yield from _pair(old[name], new[name], f"{path}.{name}" if path else name)


def _pair(before: Json, after: Json, path: str) -> Iterator[Fact]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _compare(before, after, path)
    elif canonical(before) != canonical(after):
        yield Fact(kind="output-field", why=f"{_name(path)} changed its type")


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _required(schema: Schema) -> frozenset[str]:
    names = schema.get("required")
    return (
        frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()
    )


def _name(path: str, field: str = "") -> str:
    full = f"{path}.{field}" if path and field else path or field
    return f"output field `{full}`" if full else ROOT
