"""What a check found, and how a finding becomes a grade: negation, the reason's sentence, the excerpt's limit."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.types import Failure, Grade, GradeMissing, GraderSpec

EXCERPT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was expected ("equal 'Paris'"), what was found ("'Lyon'"), and the score in [0, 1].

    The two texts are halves of one sentence: "Expected the output to ...; found ...".
    """

    passed: bool
    score: float
    expected: str
    found: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """An output that fails this check and its negation alike, and why (a whole sentence)."""

    reason: str


def yes_no(passed: bool, expected: str, found: str) -> Finding:
    """The finding of a check that only holds or does not."""
    return Finding(passed=passed, score=float(passed), expected=expected, found=found)


def graded(spec: GraderSpec, finding: Finding, *, judged: bool = False) -> Grade:
    """The grade of a finding; `negate` flips the verdict and the score."""
    wanted = "not to" if spec.negate else "to"
    return Grade(
        grader=spec.name,
        passed=finding.passed != spec.negate,
        score=1.0 - finding.score if spec.negate else finding.score,
        reason=f"Expected the output {wanted} {finding.expected}; found {finding.found}.",
        evidence=finding.evidence,
        gating=spec.gating,
        judged=judged,
    )


def failed(spec: GraderSpec, unfit: Unfit, *, judged: bool = False) -> Grade:
    """The grade of an output that no check may pass, negated or not."""
    return Grade(
        grader=spec.name, passed=False, score=0.0, reason=unfit.reason, gating=spec.gating, judged=judged
    )


def missing(spec: GraderSpec, failure: Failure, *, judged: bool = False) -> GradeMissing:
    """A check that could not be evaluated."""
    return GradeMissing(grader=spec.name, failure=failure, gating=spec.gating, judged=judged)


def excerpt(text: str) -> str:
    """The start of a text in quotes, escaped like a Python literal, at most 120 characters between the quotes."""
    quoted = repr(text[: EXCERPT + 1])
    inner = quoted[1:-1]
    if len(text) <= EXCERPT and len(inner) <= EXCERPT:
        return quoted
    return f"{quoted[0]}{inner[: EXCERPT - 1]}…{quoted[0]}"
