"""Cases whose outcome changes from run to run although nothing that is sent has changed.

The flip rate of a case: the mean difference of its pass share between two consecutive runs, over pairs of runs that
sent the same requests. With one draw a run it is the share of runs that turned the outcome round (Kowalczyk et al.
2020, Modeling and Ranking Flaky Tests at Apple, ICSE-SEIP).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import fsum

from mergefloor.core.history.entry import Kind
from mergefloor.core.history.history import Measured
from mergefloor.core.history.watched import resets

RUNS = 30
LEAST_PAIRS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FlakyCase:
    """`flips`: the flip rate over `pairs` pairs; `mean`: over its known runs; `recent`: its outcomes in the last runs,
    oldest first, None where unknown."""

    suite: str
    metric: str
    kind: Kind
    case: str
    flips: float
    pairs: int
    mean: float
    recent: tuple[float | None, ...] = field(repr=False)


def flaky_cases(suite: str, series: Sequence[Measured], most: int) -> tuple[FlakyCase, ...]:
    """The `most` cases of the last run that flip most, over the last 30 runs; none that never flips."""
    recent = series[-RUNS:]
    if not recent:
        return ()
    first = {reset.index for reset in resets([each.entry for each in recent])}
    found = [each for case in recent[-1].cases if (each := _case(suite, case, recent, first)) is not None]
    return tuple(sorted(found, key=lambda each: (-each.flips, each.case))[:most])


def _case(suite: str, case: str, recent: Sequence[Measured], first: set[int]) -> FlakyCase | None:
    values = [None if (p := run.cases.get(case)) is None else min(1.0, max(0.0, p.value)) for run in recent]
    steps = [
        abs(b - a)
        for index, (a, b) in enumerate(pairwise(values), 1)
        if a is not None and b is not None and index not in first
    ]
    if len(steps) < LEAST_PAIRS or not any(steps):
        return None
    known = [value for value in values if value is not None]
    reading = recent[-1].reading
    return FlakyCase(
        suite=suite,
        metric=reading.name,
        kind=reading.kind,
        case=case.rpartition("@")[0],
        flips=fsum(steps) / len(steps),
        pairs=len(steps),
        mean=fsum(known) / len(known),
        recent=tuple(values),
    )
