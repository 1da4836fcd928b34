"""The `rag` check: one of four measures of retrieval and answer, decided by the judge, computed here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from mergefloor.core.ports import Asks, Grader, Reply, Toolbox
from mergefloor.core.types import AnyGrade, Failure, GraderSpec, Problem, Subject
from mergefloor.graders.finding import Finding, Unfit, excerpt, failed, graded, missing
from mergefloor.graders.judge.sheet import Sheet
from mergefloor.graders.judge.trivial import trivial
from mergefloor.graders.options import count, is_number, number, problem, share_problems, text
from mergefloor.graders.outcome import crashed, unfit
from mergefloor.graders.rag.dialogues import (
    Desk,
    Measure,
    Measured,
    answer_relevancy,
    context_precision,
    context_recall,
    faithfulness,
)
from mergefloor.graders.rag.task import METRIC_VERSION, Dialogue

MAX_STRICTNESS = 10


def _answered(subject: Subject) -> Unfit | None:
    """Measures of the answer need one: refused, cut, empty, or only the question again it fails, and no judge is
    asked (T28)."""
    output = subject.output
    if (bad := unfit(output)) is not None:
        return bad
    why = trivial(Sheet(checks=(), question=subject.question, reference=subject.case.expected), output.text)
    return (
        None
        if why is None
        else Unfit(reason=f"Expected an answer to measure; found {why}: {excerpt(output.text)}.")
    )


def _alive(subject: Subject) -> Unfit | None:
    """Documents count however the text ended."""
    return crashed(subject.output)


# metric -> (the measure, what may be measured at all)
METRICS: dict[str, tuple[Measure, Callable[[Subject], Unfit | None]]] = {
    "faithfulness": (faithfulness, _answered),
    "answer_relevancy": (answer_relevancy, _answered),
    "context_precision": (context_precision, _alive),
    "context_recall": (context_recall, _alive),
}


def full_name(metric: str) -> str:
    """The measure with its source and the version of our reading of it: `ragas.faithfulness@1`."""
    return f"ragas.{metric}@{METRIC_VERSION}"


def rag(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """A measure of the `metric`; passed from `threshold` on. Without one it is shown and no case passes or fails by it."""
    return Rag(spec=spec, toolbox=toolbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rag:
    """Guards first, then the judge as often as the measure needs, then the score."""

    spec: GraderSpec
    toolbox: Toolbox

    def step(self, subject: Subject, replies: tuple[Reply, ...]) -> Asks | AnyGrade:
        """The next asks of the dialogue, or the grade."""
        measure, fit = METRICS[self._metric]
        if (bad := fit(subject)) is not None:
            return failed(self.spec, bad, judged=True)
        if self.toolbox.judge is None:
            return missing(self.spec, _no_judge(self.spec), judged=True)
        desk = Desk(spec=self.spec, subject=subject, toolbox=self.toolbox, judge=self.toolbox.judge)
        found = _driven(measure(desk), replies)
        if isinstance(found, Asks):
            return found
        if isinstance(found, Failure):
            return missing(self.spec, found, judged=True)
        return self._grade(found)

    @property
    def _metric(self) -> str:
        return text(self.spec, "metric") or ""

    def _grade(self, found: Measured) -> AnyGrade:
        name, bound = full_name(self._metric), self.spec.options.get("threshold")
        threshold = number(self.spec, "threshold", 1.0)
        grade = graded(
            self.spec,
            Finding(
                passed=found.score >= threshold,
                score=found.score,
                expected=f"reach {name} of {threshold:g}",
                found=f"{found.score:.3f}, {found.how}",
                evidence=found.evidence,
            ),
            judged=True,
        )
        # Nobody said which scores pass a case: the measure is shown, and its floor is the metric's.
        return grade if is_number(bound) else replace(grade, gating=False)


def _driven(dialogue: Dialogue[Measured | Failure], replies: tuple[Reply, ...]) -> Asks | Measured | Failure:
    """The dialogue from its beginning, with every reply so far: what it asks next, or how it ended."""
    try:
        asks = next(dialogue)
        while len(replies) >= len(asks):
            mine, replies = replies[: len(asks)], replies[len(asks) :]
            asks = dialogue.send(mine)
    except StopIteration as end:
        found: Measured | Failure = end.value
        return found
    return Asks(asks=asks)


def _no_judge(spec: GraderSpec) -> Failure:
    what = f"check {spec.name!r} needs a judge and none is configured"
    return Failure(stage="judge", code="no-judge", message=f"{what}; set `judge.model` in the config")


def check_rag(spec: GraderSpec) -> tuple[Problem, ...]:
    """A known metric, a sane threshold, a sane number of draws where there are any."""
    metric, strictness = spec.options.get("metric"), spec.options.get("strictness")
    found = list(share_problems(spec, "threshold"))
    if not isinstance(metric, str) or metric not in METRICS:
        found.append(problem(spec, f"metric is {metric!r}", f"use one of {', '.join(METRICS)}"))
    draws = count(spec, "strictness") or 0
    if strictness is not None and not 1 <= draws <= MAX_STRICTNESS:
        what = f"strictness is {strictness!r}"
        found.append(problem(spec, what, f"give a number of draws from 1 to {MAX_STRICTNESS}"))
    return tuple(found)
