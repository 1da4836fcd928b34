"""A check that needs no model: one pure look at the subject."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from mergefloor.core.ports import Asks, Reply
from mergefloor.core.types import AnyGrade, Failure, GraderSpec, Output, Problem, Subject
from mergefloor.graders.finding import Finding, Unfit, failed, graded, missing
from mergefloor.graders.needs import judged
from mergefloor.graders.outcome import unfit

Seen: TypeAlias = Finding | Unfit | Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Grades with one function of the subject. `fit`: what may be looked at at all, as a rule a whole answer."""

    spec: GraderSpec
    look: Callable[[Subject], Seen]
    fit: Callable[[Output], Unfit | None] = unfit

    def step(self, subject: Subject, replies: tuple[Reply, ...]) -> Asks | AnyGrade:
        """The grade at once; nothing is ever asked."""
        seen = self.fit(subject.output) or self.look(subject)
        if isinstance(seen, Finding):
            return graded(self.spec, seen)
        if isinstance(seen, Unfit):
            return failed(self.spec, seen)
        if isinstance(seen, Failure):
            return missing(self.spec, seen)
        assert_never(seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """Stands in for a check whose options make no sense: it never passes and never fails."""

    spec: GraderSpec
    problem: Problem

    def step(self, subject: Subject, replies: tuple[Reply, ...]) -> Asks | AnyGrade:
        """Missing, with what is wrong and what to do."""
        failure = Failure(stage="grade", code="unusable-check", message=f"{self.problem}")
        return missing(self.spec, failure, judged=judged(self.spec))


def no_reference(spec: GraderSpec, subject: Subject, option: str) -> Failure:
    """There is nothing to compare the output with."""
    what = (
        f"check {spec.name!r} ({spec.kind}) has no `{option}` and case {subject.case.id!r} has no `expected`"
    )
    return Failure(
        stage="grade",
        code="no-reference",
        message=f"{subject.case.place}: {what}; add one of them",
    )
