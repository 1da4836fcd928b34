"""The options of a check, read tolerantly: absent or of another type means the default; `check` says what is wrong."""

from __future__ import annotations

import math
from typing import TypeGuard

from mergefloor.core.types import GraderSpec, Json, Place, Problem


def text(spec: GraderSpec, name: str) -> str | None:
    """A text option, or None."""
    value = spec.options.get(name)
    return value if isinstance(value, str) else None


def number(spec: GraderSpec, name: str, default: float) -> float:
    """A finite number option."""
    value = spec.options.get(name)
    return float(value) if is_number(value) else default


def count(spec: GraderSpec, name: str) -> int | None:
    """A whole number option, or None."""
    value = spec.options.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def flag(spec: GraderSpec, name: str, *, default: bool) -> bool:
    """A yes-or-no option."""
    value = spec.options.get(name)
    return value if isinstance(value, bool) else default


def texts(spec: GraderSpec, name: str) -> tuple[str, ...]:
    """A list of texts; a single text is a list of one."""
    value = spec.options.get(name)
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def is_number(value: Json) -> TypeGuard[int | float]:
    """Whether this is a finite number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def problem(spec: GraderSpec, what: str, fix: str) -> Problem:
    """One thing wrong with this check, at its place."""
    place = spec.place or Place(path=spec.name)
    return Problem(place=place, what=f"check {spec.name!r} ({spec.kind}): {what}", fix=fix)


def share_problems(spec: GraderSpec, name: str) -> tuple[Problem, ...]:
    """What is wrong with an option that must be a number from 0 to 1, if it is there at all."""
    value = spec.options.get(name)
    if value is None:
        return ()
    if is_number(value) and 0 <= number(spec, name, -1.0) <= 1:
        return ()
    return (problem(spec, f"{name} is {value!r}", f"give a number from 0 to 1, such as `{name}: 0.8`"),)
