"""A panel: several judges give their verdicts apart, and the majority of all decides; of scores the median.

Who gives no verdict counts as if the verdict could be any: what is left stands only if it would stand then too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mergefloor.core.ports import Asks, Grader, Reply, Toolbox
from mergefloor.core.types import AnyGrade, Grade, GradeMissing, GraderSpec, Subject, Vote
from mergefloor.graders.finding import missing

YES_OR_NO = (0.0, 1.0)


def panel(build: Callable[[GraderSpec, Toolbox], Grader], spec: GraderSpec, toolbox: Toolbox) -> Grader:
    """The check as every judge of the toolbox decides it alone, and all of them together."""
    if not toolbox.panel:
        return build(spec, toolbox)
    alone = (replace(toolbox, judge=judge, panel=()) for judge in toolbox.judges)
    return Panel(
        spec=spec,
        judges=tuple(map(str, toolbox.judges)),
        members=tuple(build(spec, each) for each in alone),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One check before several judges, who are asked at the same time and never hear of one another."""

    spec: GraderSpec
    judges: tuple[str, ...]
    members: tuple[Grader, ...]

    def step(self, subject: Subject, replies: tuple[Reply, ...]) -> Asks | AnyGrade:
        """What the judges ask next, in their order; or the grade. What needs no judge is decided by nobody's vote."""
        mine: list[tuple[Reply, ...]] = [()] * len(self.members)
        asked = False
        while True:
            found = [member.step(subject, got) for member, got in zip(self.members, mine, strict=True)]
            asks = [ask for each in found if isinstance(each, Asks) for ask in each.asks]
            if not asks:
                grades = [each for each in found if not isinstance(each, Asks)]
                return together(self.spec, self.judges, grades) if asked else grades[0]
            if not replies:
                return Asks(asks=tuple(asks))
            asked = True
            for place, each in enumerate(found):
                if isinstance(each, Asks):
                    mine[place] += replies[: len(each.asks)]
                    replies = replies[len(each.asks) :]


def together(spec: GraderSpec, judges: Sequence[str], grades: Sequence[AnyGrade]) -> AnyGrade:
    """The verdict of all: that of the judge in the middle, or missing where it hangs on those who gave none."""
    votes = tuple(_vote(judge, grade) for judge, grade in zip(judges, grades, strict=True))
    known = sorted(grade.score for grade in grades if isinstance(grade, Grade))
    absent, middle = len(grades) - len(known), len(grades) // 2
    low = [*[-math.inf] * absent, *known][middle]
    high = [*known, *[math.inf] * absent][middle]
    for judge, grade in zip(judges, grades, strict=True):
        if low == high and isinstance(grade, Grade) and grade.score == low:
            return replace(grade, reason=f"{_told(votes, grade)} {judge}: {grade.reason}", votes=votes)
    return _unsettled(spec, votes, grades)


def _vote(judge: str, grade: AnyGrade) -> Vote:
    if isinstance(grade, GradeMissing):
        return Vote(judge=judge, passed=None, score=None, reason=grade.failure.message)
    orders = grade.votes[0].orders if grade.votes else None
    return Vote(judge=judge, passed=grade.passed, score=grade.score, reason=grade.reason, orders=orders)


def _told(votes: Sequence[Vote], verdict: Grade) -> str:
    """How the panel split: "2 of 3 judges pass it (openai/b fails it)."; of scores the median and all of them."""
    known = [vote.score for vote in votes if vote.score is not None]
    absent = [f"{vote.judge} gave no verdict" for vote in votes if vote.score is None]
    if not set(known) <= set(YES_OR_NO):
        listed = ", ".join(f"{score:.2f}" for score in known)
        return f"Median {verdict.score:.2f} of {len(votes)} judges ({'; '.join([listed, *absent])})."
    word, other = ("pass", "fails") if verdict.score else ("fail", "passes")
    against = [f"{vote.judge} {other} it" for vote in votes if vote.score not in (None, verdict.score)]
    more = f" ({', '.join([*against, *absent])})" if against or absent else ""
    return f"{known.count(verdict.score)} of {len(votes)} judges {word} it{more}."


def _unsettled(spec: GraderSpec, votes: Sequence[Vote], grades: Sequence[AnyGrade]) -> GradeMissing:
    """The failure of the first who gave no verdict, so that what may pass by is asked again."""
    silent = [vote.judge for vote in votes if vote.score is None]
    first = next(grade.failure for grade in grades if isinstance(grade, GradeMissing))
    said = ", ".join(f"{vote.judge} {vote.score:.2f}" for vote in votes if vote.score is not None)
    what = f"the panel is not settled: no verdict of {', '.join(silent)}{f', and {said}' if said else ''}"
    return missing(spec, replace(first, message=f"{what} ({first.message})"), judged=True)
