"""Judges that are asked about the answers of their own family."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor import graders
from mergefloor.core.semver.settings import family
from mergefloor.modes.selection import Selected
from mergefloor.modes.suites import SuitePlan

# Answers from a file favour nobody.
SCRIPTED = "scripted"


def own_judges(selected: Selected) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every judge of the family of a suite's model, with the names of those suites."""
    for judge in selected.toolbox.judges:
        named = str(judge)
        kin = tuple(plan.suite.name for plan in selected.plans if _judged(plan) and _of_family(plan, named))
        if kin and judge.provider != SCRIPTED:
            yield named, kin


def _judged(plan: SuitePlan) -> bool:
    return any(graders.judged(spec) for case in plan.planned for spec in case.graders)


def _of_family(plan: SuitePlan, judge: str) -> bool:
    return plan.head is not None and family(str(plan.head.model)) == family(judge)
