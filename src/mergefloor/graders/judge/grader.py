"""The `judge` check: a model decides yes-or-no questions; the score is computed here (THREATS 7, DECISION 6)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from mergefloor.core.ports import Asks, Grader, Reply, Toolbox
from mergefloor.core.types import AnyGrade, Failure, Finish, GraderSpec, Output, Subject
from mergefloor.graders.finding import Finding, Unfit, excerpt, failed, graded, missing
from mergefloor.graders.judge.prompt import ask_judge
from mergefloor.graders.judge.reply import Unreadable, Verdict, read
from mergefloor.graders.judge.sheet import Sheet, sheet_for
from mergefloor.graders.judge.trivial import trivial
from mergefloor.graders.options import is_number, number
from mergefloor.graders.outcome import unfit

FINISHES: dict[Finish, str] = {
    "refusal": "the judge refused to answer",
    "filtered": "the judge's content filter withheld its answer",
    "length": "the judge's answer was cut off at its token limit",
    "empty": "the judge answered nothing",
    "crashed": "the judge crashed",
}


def judge(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """Every check of the rubric holds (`threshold`: this share of them; `choices`: the answer's score reaches it)."""
    return Judged(spec=spec, toolbox=toolbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Asks the judge once, once more if the answer cannot be read, and then gives up: missing, never failed."""

    spec: GraderSpec
    toolbox: Toolbox

    def step(self, subject: Subject, replies: tuple[Reply, ...]) -> Asks | AnyGrade:
        """Guards first, then the judge, then the grade."""
        spec, model, candidate = self.spec, self.toolbox.judge, subject.output.text
        sheet = sheet_for(spec, subject)
        bad = unfit(subject.output) or guarded(sheet, candidate)
        if bad is not None:
            return failed(spec, bad, judged=True)
        if model is None:
            return missing(spec, no_judge(spec), judged=True)
        if not replies:
            return Asks(asks=(ask_judge(sheet, candidate, self.toolbox, model, sample=spec.sample),))
        verdicts = verdicts_in(replies[-1], sheet, candidate)
        if isinstance(verdicts, Failure):
            return missing(spec, verdicts, judged=True)
        if not isinstance(verdicts, Unreadable):
            return _grade(spec, sheet, verdicts)
        if len(replies) > 1:
            return missing(spec, unreadable(spec, verdicts), judged=True)
        return Asks(asks=(ask_judge(sheet, candidate, self.toolbox, model, repair=True, sample=spec.sample),))


def verdicts_in(
    reply: Reply, sheet: Sheet, candidate: str | None
) -> tuple[Verdict, ...] | Unreadable | Failure:
    """The verdicts of a reply; Unreadable when another try may help, Failure when there is no answer to read."""
    if isinstance(reply, Failure):
        return reply
    if not isinstance(reply, Output):
        return Failure(
            stage="judge", code="unreadable-judge", message="embeddings came back; check `judge.model`"
        )
    if reply.finish != "stop":
        why = f"{FINISHES[reply.finish]}; raise its `max_tokens` or choose another `judge.model`"
        return Failure(stage="judge", code=f"judge-{reply.finish}", message=why)
    return read(reply.text, sheet, candidate)


def guarded(sheet: Sheet, candidate: str) -> Unfit | None:
    """Why no judge need look at this output, or None (T28)."""
    why = trivial(sheet, candidate)
    return (
        None
        if why is None
        else Unfit(reason=f"Expected an answer to judge; found {why}: {excerpt(candidate)}.")
    )


def _grade(spec: GraderSpec, sheet: Sheet, verdicts: tuple[Verdict, ...]) -> AnyGrade:
    score = math.fsum(verdict.score for verdict in verdicts) / len(verdicts)
    best = max(sheet.choices.values(), default=1.0)
    grade = graded(
        spec,
        Finding(
            passed=score >= number(spec, "threshold", best),
            score=score,
            expected=_expected(sheet),
            found=_found(sheet, verdicts, best),
            evidence=tuple(quote for verdict in verdicts for quote in verdict.evidence),
        ),
        judged=True,
    )
    # An answer from a table is a score: without a threshold nobody said which answers pass a case (FORMATS 3).
    if sheet.choices and not is_number(spec.options.get("threshold")):
        return replace(grade, gating=False)
    return grade


def _expected(sheet: Sheet) -> str:
    more = f" and {len(sheet.checks) - 1} more" if len(sheet.checks) > 1 else ""
    return f"meet {excerpt(sheet.checks[0])}{more}"


def _found(sheet: Sheet, verdicts: tuple[Verdict, ...], best: float) -> str:
    """The share that was met and the reason of the first check that was not, else of the first."""
    met = sum(verdict.score >= best for verdict in verdicts)
    telling = next((verdict for verdict in verdicts if verdict.score < best), verdicts[0])
    check = sheet.checks[sheet.ids.index(telling.check)]
    which = f", {telling.check} {excerpt(check)}" if len(verdicts) > 1 else ""
    return f"{met} of {len(verdicts)} met{which}; the judge says {excerpt(telling.reason)}"


def no_judge(spec: GraderSpec) -> Failure:
    """Nobody is configured who could decide."""
    what = f"check {spec.name!r} needs a judge and none is configured"
    return Failure(stage="judge", code="no-judge", message=f"{what}; set `judge.model` in the config")


def unreadable(spec: GraderSpec, reply: Unreadable) -> Failure:
    """Two answers that do not count are no verdict."""
    what = f"the judge's answer to check {spec.name!r} does not count, twice: {reply.why}"
    fix = "choose a `judge.model` that keeps to a JSON schema"
    return Failure(stage="judge", code="unreadable-judge", message=f"{what}; {fix}")
