"""The `pairwise` check: is the output better than the reference? Asked in both orders; what the order decides is a tie.

Judges lean to the output shown first (Wang et al. 2023, "Large Language Models are not Fair Evaluators",
https://arxiv.org/abs/2305.17926), so one order alone is no verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from mergefloor.core.ports import Asks, Grader, Reply, Toolbox
from mergefloor.core.types import AnyGrade, Ask, Failure, Grade, GraderSpec, Problem, Subject, Vote
from mergefloor.graders.check import no_reference
from mergefloor.graders.finding import Finding, excerpt, failed, graded, missing
from mergefloor.graders.judge.grader import guarded, no_judge, unreadable, verdicts_in
from mergefloor.graders.judge.pair_prompt import ORDERS, Pair, ask_pair, comparison
from mergefloor.graders.judge.reply import Unreadable, Verdict
from mergefloor.graders.judge.sheet import Sheet, checks_of
from mergefloor.graders.judge.shown import squeezed
from mergefloor.graders.options import is_number, number, problem, share_problems, text
from mergefloor.graders.outcome import unfit

TIED = 0.5
HOW = {
    1.0: "it better in both orders",
    0.0: "the reference better in both orders",
    TIED: "the two as good in both orders",
}
Said: TypeAlias = tuple[Verdict, ...] | Unreadable | Failure


def pairwise(spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """Better than the reference in both orders: 1; worse in both: 0; else a tie, .5. A case passes by it from the
    `threshold` on, where there is one."""
    return Compared(spec=spec, toolbox=toolbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Asks about both orders at once, once more where an answer cannot be read, and then gives up: missing."""

    spec: GraderSpec
    toolbox: Toolbox

    def step(self, subject: Subject, replies: tuple[Reply, ...]) -> Asks | AnyGrade:
        """Guards first, then both orders, then the grade."""
        spec, model, output = self.spec, self.toolbox.judge, subject.output.text
        reference = text(spec, "reference") or subject.case.expected
        bad = unfit(subject.output) or guarded(
            Sheet(checks=(), question=subject.question, reference=reference), output
        )
        if bad is not None:
            return failed(spec, bad, judged=True)
        if not reference:
            return missing(spec, no_reference(spec, subject, "reference"), judged=True)
        if squeezed(output) == squeezed(reference):
            return self._grade(TIED, "the very text of the reference", ())
        if model is None:
            return missing(spec, no_judge(spec), judged=True)
        pair = Pair(output=output, reference=reference)
        sheet = comparison(checks_of(spec)[0], subject.question, subject.case.context)
        asks = tuple(
            ask_pair(sheet, pair, order, self.toolbox, model, repair=repair, sample=spec.sample)
            for repair in (False, True)
            for order in ORDERS
        )
        return self._next(asks, replies, sheet, pair) if replies else Asks(asks=asks[:2])

    def _next(
        self, asks: tuple[Ask, ...], replies: tuple[Reply, ...], sheet: Sheet, pair: Pair
    ) -> Asks | AnyGrade:
        said = [verdicts_in(reply, sheet, pair.passages) for reply in replies]
        first, again = said[:2], iter(said[2:])
        doubted = [place for place, each in enumerate(first) if isinstance(each, Unreadable)]
        lost = next((each for each in said if isinstance(each, Failure)), None)
        if lost is not None:
            return missing(self.spec, lost, judged=True)
        if doubted and len(replies) == len(first):
            return Asks(asks=tuple(asks[2 + place] for place in doubted))
        return self._decided(pair, [next(again) if isinstance(each, Unreadable) else each for each in first])

    def _decided(self, pair: Pair, said: list[Said]) -> AnyGrade:
        verdicts: list[Verdict] = []
        for each in said:
            if isinstance(each, Unreadable):
                return missing(self.spec, unreadable(self.spec, each), judged=True)
            if not isinstance(each, Failure):
                verdicts += each
        one, two = verdicts
        orders = (one.score, 1.0 - two.score)
        score = orders[0] if orders[0] == orders[1] else TIED
        how = HOW[score] if orders[0] == orders[1] else "a tie, for its verdict hangs on the order"
        found = f"{how}; the judge says {excerpt(one.reason)}, and the other way round {excerpt(two.reason)}"
        quotes = dict.fromkeys((*one.evidence, *two.evidence))
        mine = tuple(quote for quote in quotes if squeezed(quote) in squeezed(pair.output))
        grade = self._grade(score, found, mine)
        vote = Vote(
            judge=str(self.toolbox.judge),
            passed=grade.passed,
            score=score,
            reason=grade.reason,
            orders=orders,
        )
        return replace(grade, votes=(vote,))

    def _grade(self, score: float, found: str, evidence: tuple[str, ...]) -> Grade:
        bound = self.spec.options.get("threshold")
        finding = Finding(
            passed=score >= number(self.spec, "threshold", TIED),
            score=score,
            expected=f"be better than the reference by {excerpt(checks_of(self.spec)[0])}",
            found=found,
            evidence=evidence,
        )
        grade = graded(self.spec, finding, judged=True)
        # Nobody said which scores pass a case: the preference is shown, and its floor is the metric's.
        return grade if is_number(bound) else replace(grade, gating=False)


def check_pairwise(spec: GraderSpec) -> tuple[Problem, ...]:
    """One criterion and a sane threshold."""
    found = list(share_problems(spec, "threshold"))
    if not all(check.strip() for check in checks_of(spec)) or len(checks_of(spec)) != 1:
        found.append(
            problem(spec, "there is no rubric, or an empty one", "add `rubric`: what makes one better")
        )
    return tuple(found)
