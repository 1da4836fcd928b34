"""The judges of a panel one by one, and comparisons in both orders: what lies behind the verdicts of a check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mergefloor.core.calibration.agreement import agreement, squared, unequal
from mergefloor.core.calibration.consensus import Consensus, consensus
from mergefloor.core.calibration.corrected import Estimate
from mergefloor.core.calibration.figures import BINARY, SEED, Calibration
from mergefloor.core.calibration.interval import kappa_interval
from mergefloor.core.calibration.labels import Sheet
from mergefloor.core.calibration.pairwise import Choice, Comparison, Pairwise, compare, swap
from mergefloor.core.calibration.scale import Scale
from mergefloor.core.types import Grade, Vote

# How far the output is preferred -> what that means: the output is the first of the two, the reference the second.
CHOICES: Mapping[float, Choice] = {1.0: "first", 0.5: "tie", 0.0: "second"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One judge of a panel held against people alone, on the outputs of which the panel has a verdict. `n`: those on
    which it gave one itself; `same`: of comparisons the share with one verdict in both orders."""

    judge: str
    n: int
    agreement: float | None
    kappa: Estimate | None
    same: float | None = None


def members(sheet: Sheet, grades: Mapping[str, Grade], scale: Scale) -> tuple[Member, ...]:
    """Every judge alone, in the order of the panel; none where one judge decides. `grades`: the verdicts by the id of
    the example."""
    rows = [row for row in _rows(sheet, grades, scale) if len(row[2].votes) > 1]
    judges = dict.fromkeys(vote.judge for _, _, grade in rows for vote in grade.votes)
    return tuple(
        _member(
            judge,
            [(people, vote) for _, people, grade in rows for vote in grade.votes if vote.judge == judge],
            scale,
        )
        for judge in judges
    )


def _member(judge: str, rows: Sequence[tuple[Consensus, Vote]], scale: Scale) -> Member:
    pairs = [
        (people.level, scale.level(vote.score) if scale.levels else float(bool(vote.passed)))
        for people, vote in rows
        if vote.score is not None
    ]
    cost = squared(scale.levels) if scale.levels else unequal
    orders = [vote.orders for _, vote in rows if vote.orders is not None]
    return Member(
        judge=judge,
        n=len(pairs),
        agreement=agreement(pairs),
        kappa=kappa_interval(pairs, scale.levels or BINARY, cost, seed=SEED),
        same=sum(one == other for one, other in orders) / len(orders) if orders else None,
    )


def compared(sheet: Sheet, grades: Mapping[str, Grade], scale: Scale) -> Pairwise:
    """A comparing judge against people. A panel has one verdict and no order; its swap consistency is that of all its
    judges together."""
    rows, orders = [], []
    for name, people, grade in _rows(sheet, grades, scale):
        row = Comparison(id=name, people=CHOICES[people.level], forward=_said(grade), swapped=_said(grade))
        shown = [
            replace(row, forward=CHOICES[vote.orders[0]], swapped=CHOICES[vote.orders[1]])
            for vote in grade.votes
            if vote.orders is not None
        ]
        rows.append(shown[0] if len(grade.votes) == 1 and shown else row)
        orders += shown or [row]
    return replace(compare(rows), swap=swap(orders))


def as_compared(found: Calibration, pairs: Pairwise) -> Calibration:
    """The calibration of a comparing judge by the verdicts of both orders, in which a tie is nobody's choice."""
    share = pairs.right / pairs.n if pairs.n else None
    return replace(found, agreement=share, kappa=pairs.kappa, ordinal=False, spearman=None)


def _said(grade: Grade) -> Choice:
    return CHOICES[grade.score]


def _rows(sheet: Sheet, grades: Mapping[str, Grade], scale: Scale) -> Iterator[tuple[str, Consensus, Grade]]:
    for example in sheet.examples:
        people, grade = consensus(example, scale), grades.get(example.id)
        if isinstance(people, Consensus) and grade is not None:
            yield example.id, people, grade
