"""The three classes of golden cases: what must not get worse, what is only watched, and what tolerates nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

CaseClass: TypeAlias = Literal["regression", "capability", "safety"]
# Strictest first.
CLASSES: tuple[CaseClass, ...] = ("safety", "regression", "capability")

# Cases that come with the package, unless a config says otherwise of the very tag.
SHIPPED: Mapping[str, CaseClass] = {"mergefloor:safety": "safety"}


def class_of(default: CaseClass, by_tag: Mapping[str, CaseClass], tags: Iterable[str]) -> CaseClass:
    """The strictest class that a case's tags give it, else its suite's."""
    known = {**SHIPPED, **by_tag}
    given = [known[tag] for tag in tags if tag in known]
    return min(given, key=CLASSES.index, default=default)


def looser(old: CaseClass, new: CaseClass) -> bool:
    """Whether the second class blocks less than the first."""
    return CLASSES.index(new) > CLASSES.index(old)
