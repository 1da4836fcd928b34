"""Which judged checks may block: all where the policy waives calibration, else those that people bear out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from mergefloor import graders
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.plan import PlannedCase
from mergefloor.core.settings import Policy
from mergefloor.core.types import GraderSpec

ALL: Final = "all"
# Every judged check, or the rubrics (`graders.rubric`) that have earned it.
Vote: TypeAlias = Literal["all"] | frozenset[str]
NOBODY: frozenset[str] = frozenset()


def vote(policy: Policy, hearings: Iterable[Hearing] = ()) -> Vote:
    """Who may block by this policy and these calibrations."""
    if policy.judge_calibration == "waive":
        return ALL
    return frozenset(rubric for hearing in hearings if hearing.votes for rubric in hearing.rubrics)


def may(spec: GraderSpec, allowed: Vote) -> bool:
    """Whether a check may block."""
    return allowed == ALL or not graders.judged(spec) or graders.rubric(spec) in allowed


def settled(cases: Sequence[PlannedCase], allowed: Vote) -> tuple[PlannedCase, ...]:
    """The cases with every judged check that may not block shown only. What several cases share stays shared, so
    that it is built once."""
    if allowed == ALL:
        return tuple(cases)
    known: dict[int, GraderSpec] = {}
    return tuple(
        replace(case, graders=tuple(_settled(spec, allowed, known) for spec in case.graders))
        if any(map(graders.judged, case.graders))
        else case
        for case in cases
    )


def _settled(spec: GraderSpec, allowed: Vote, known: dict[int, GraderSpec]) -> GraderSpec:
    if id(spec) not in known:
        known[id(spec)] = spec if not spec.gating or may(spec, allowed) else replace(spec, gating=False)
    return known[id(spec)]
