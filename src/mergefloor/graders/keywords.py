"""The validator of Draft 2020-12 with the keywords replaced that a hostile schema or output could use to hang us.

Stock jsonschema 4.26 runs `pattern`, `patternProperties` and `additionalProperties` through Python's backtracking
`re` (T67), compares `uniqueItems` pairwise, and does whatever work nested `$ref` multiply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, wraps
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator, FormatChecker, validators
from jsonschema.exceptions import ValidationError

from mergefloor.core.types import Json
from mergefloor.graders.regex import BadPattern, compiled
from mergefloor.graders.strict_json import identity

MAX_STEPS = 100_000
PATTERN_WORK = 20_000  # instructions x characters that cost about as much as applying one keyword

Errors: TypeAlias = Iterator[ValidationError]
Keyword: TypeAlias = Callable[[Any, Any, Any, Any], "Errors | None"]


class TooMuch(Exception):
    """The steps are used up."""


class Steps(FormatChecker):
    """Counts the work of one validation.

    It travels as the format checker, the one object of ours that jsonschema hands down to nested validators.
    """

    def __init__(self) -> None:
        super().__init__(formats=())
        self.left = MAX_STEPS

    def spend(self, steps: int) -> None:
        """Count some work. TooMuch when there is no more."""
        self.left -= steps
        if self.left < 0:
            raise TooMuch


@cache
def validator_class() -> Any:
    """The validator class; made once, on the first schema."""
    keywords: dict[str, Keyword] = {**Draft202012Validator.VALIDATORS, **REPLACED}
    counted = {name: _counted(keyword) for name, keyword in keywords.items()}
    return validators.extend(Draft202012Validator, counted)  # type: ignore[no-untyped-call]


def _counted(keyword: Keyword) -> Keyword:
    @wraps(keyword)
    def apply(validator: Any, value: Any, instance: Any, schema: Any) -> Errors | None:
        validator.format_checker.spend(1)
        return keyword(validator, value, instance, schema)

    return apply


def _occurs(validator: Any, pattern: str, words: str) -> bool:
    program = compiled(pattern)
    if isinstance(program, BadPattern):  # `unusable` refuses it first; a way around that must not pass
        raise TooMuch
    validator.format_checker.spend(1 + program.size * len(words) // PATTERN_WORK)
    return program.occurs(words)


def _pattern(validator: Any, pattern: str, instance: Json, schema: Any) -> Errors:
    if isinstance(instance, str) and not _occurs(validator, pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: dict[str, Any], instance: Json, schema: Any) -> Errors:
    if not isinstance(instance, dict):
        return
    for pattern, inner in patterns.items():
        for name, value in instance.items():
            if _occurs(validator, pattern, name):
                yield from validator.descend(value, inner, path=name, schema_path=pattern)


def _additional_properties(validator: Any, inner: Any, instance: Json, schema: Any) -> Errors:
    if not isinstance(instance, dict):
        return
    patterns, known = schema.get("patternProperties", {}), schema.get("properties", {})
    for name, value in instance.items():
        if name in known or any(_occurs(validator, pattern, name) for pattern in patterns):
            continue
        if inner is False:
            yield ValidationError(f"the property {name!r} is not allowed")
        else:
            yield from validator.descend(value, inner, path=name)


def _unique_items(validator: Any, wanted: bool, instance: Json, schema: Any) -> Errors:
    if not wanted or not isinstance(instance, list):
        return
    validator.format_checker.spend(len(instance))
    if len({identity(item) for item in instance}) != len(instance):
        yield ValidationError("an item occurs twice")


REPLACED: dict[str, Keyword] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "uniqueItems": _unique_items,
}
