"""JSON Schema (Draft 2020-12) applied to model output: local, linear in patterns, bounded in work.

`format` is an annotation, as the draft has it by default. What cannot be used is refused by `unusable`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import referencing
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from mergefloor.core.keys import canonical
from mergefloor.core.types import Json
from mergefloor.graders.finding import Unfit
from mergefloor.graders.keywords import MAX_STEPS, Steps, TooMuch, validator_class
from mergefloor.graders.regex import BadPattern, compiled

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PROBES: tuple[Json, ...] = (None, 0, "", [], {})
ENDLESS = (RecursionError, TooMuch)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadSchema:
    """Why a schema cannot be used, and what to do."""

    why: str
    fix: str


def unusable(schema: Json) -> BadSchema | None:
    """Why this schema cannot be used: invalid, remote (T70), not expressible in RE2 (T67) or endless."""
    try:
        return _unusable(canonical(schema))
    except ValueError:
        return BadSchema(why="it holds a number that is not finite", fix="use finite numbers")


def violation(schema: Json, value: Json) -> str | Unfit | None:
    """Where and how a value breaks the schema, None when it is valid, Unfit when that cannot be found out."""
    validator = validator_class()(_rooted(schema), registry=referencing.Registry(), format_checker=Steps())
    try:
        error = next(validator.iter_errors(value), None)
    except TooMuch:
        return Unfit(
            reason=f"Expected JSON that the schema can judge in {MAX_STEPS:,} steps; found more work."
        )
    except (RecursionError, ArithmeticError, Unresolvable) as failure:
        name = type(failure).__name__
        return Unfit(reason=f"Expected JSON that the schema can be applied to; found a {name}.")
    return None if error is None else f"at {error.json_path}: {error.message}"


@lru_cache(maxsize=256)
def _unusable(text: str) -> BadSchema | None:
    schema: Json = json.loads(text)
    try:
        Draft202012Validator.check_schema(schema, format_checker=None)  # type: ignore[arg-type]
    except SchemaError as error:
        return BadSchema(
            why=f"at {error.json_path}: {error.message[:120]}",
            fix="see https://json-schema.org/draft/2020-12",
        )
    except RecursionError:
        return BadSchema(why="it is nested too deep", fix="flatten it with `$defs`")
    for bad in _refusals(schema):
        return bad
    return _endless(schema)


def _refusals(schema: Json) -> Iterator[BadSchema]:
    root = _rooted(schema)
    if isinstance(schema, dict) and str(schema.get("$schema", DIALECT)).rstrip("#") != DIALECT:
        yield BadSchema(why=f"its dialect is {schema['$schema']!r}", fix=f"use `$schema: {DIALECT}`")
    seen = [key for node in _nodes(root) for key in node]
    if "unevaluatedProperties" in seen and "patternProperties" in seen:
        fix = "use `additionalProperties: false`, or list the properties"
        yield BadSchema(why="unevaluatedProperties beside patternProperties is not supported", fix=fix)
    for node in _nodes(root):
        yield from _node_refusals(node)


def _node_refusals(node: dict[str, Json]) -> Iterator[BadSchema]:
    for name in ("$schema", "$id"):
        if isinstance(node.get(name), str):
            yield BadSchema(why=f"{name} inside the schema", fix="use one schema and `$defs`")
    for name in ("$ref", "$dynamicRef"):
        target = node.get(name)
        if isinstance(target, str) and not target.startswith("#"):
            fix = "nothing is ever fetched: copy it under `$defs` and point there, as in `#/$defs/item`"
            yield BadSchema(why=f"{name} {target!r} points outside the schema", fix=fix)
    pattern, patterns = node.get("pattern"), node.get("patternProperties")
    names = [
        *([pattern] if isinstance(pattern, str) else []),
        *(patterns if isinstance(patterns, dict) else []),
    ]
    for name in names:
        program = compiled(name)
        if isinstance(program, BadPattern):
            yield BadSchema(why=f"pattern {name!r}: {program.why}", fix=program.fix)


def _endless(schema: Json) -> BadSchema | None:
    """Follow every reference once with small values: it must lead somewhere, and not back to itself."""
    root = _rooted(schema)
    targets = sorted({ref for node in _nodes(root) for ref in (node.get("$ref"),) if isinstance(ref, str)})
    lookup = referencing.Registry().with_resource("", DRAFT202012.create_resource(root)).resolver("")
    for target in targets:
        try:
            lookup.lookup(target)
            for probe in PROBES:
                validator = validator_class()(root, registry=referencing.Registry(), format_checker=Steps())
                next(validator.evolve(schema={"$ref": target}).iter_errors(probe), None)
        except Unresolvable:
            return BadSchema(why=f"$ref {target!r} leads nowhere", fix="define it under `$defs`")
        except ENDLESS:
            return BadSchema(
                why=f"$ref {target!r} leads back to itself or multiplies without end", fix="break the loop"
            )
    return None


def _rooted(schema: Json) -> Json:
    """The schema without the two keys that could name another dialect or another base address."""
    if not isinstance(schema, dict):
        return schema
    return {key: item for key, item in schema.items() if key not in ("$schema", "$id")}


def _nodes(schema: Json) -> Iterator[dict[str, Json]]:
    stack = [schema]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
