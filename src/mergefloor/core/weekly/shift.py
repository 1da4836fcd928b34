"""This week against the last: the cases that both know, each held against itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from mergefloor.core.history.entry import Kind, Point
from mergefloor.core.history.history import Measured
from mergefloor.core.stats import t_quantile

LEVEL = 0.95
LEAST_CASES = 5
LEAST_RUNS = 3
# As the drift watch has it: of passes at least half of one squared flip, of a mean score half a point (docs/drift.md).
FLIP, POINT = sqrt(0.5), 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A difference with its 95 % interval. `units`: cases, or runs, that carry it; `error`: its standard error.
    `why`: where there is none."""

    delta: float | None = None
    low: float | None = None
    high: float | None = None
    units: int = 0
    error: float = 0.0
    why: str = ""

    def beyond(self, level: float) -> int:
        """-1 or 1 where the interval of another level lies below or above 0, else 0."""
        if self.delta is None:
            return 0
        half = t_quantile((1 + level) / 2, self.units - 1) * self.error
        return (self.delta > half) - (self.delta < -half)


def by_cases(this: Sequence[Measured], last: Sequence[Measured]) -> Shift:
    """The paired t interval over the cases that both weeks know, each by its mean over the week's runs. It says how
    these cases moved: edited, new and removed ones have no difference."""
    if not this or not last:
        return Shift(why="no run this week" if not this else "no run in the week before")
    now, before = _means(this), _means(last)
    moved = [now[case] - before[case] for case in now.keys() & before.keys()]
    if len(moved) < LEAST_CASES:
        return Shift(units=len(moved), why=f"only {len(moved)} of its cases ran in both weeks")
    return _paired(moved, this[-1].reading.kind)


def by_runs(this: Sequence[float], last: Sequence[float]) -> Shift:
    """The difference of two weeks' means (cost, seconds), with the t interval that the runs' own spread gives."""
    if min(len(this), len(last)) < LEAST_RUNS:
        return Shift(why=f"fewer than {LEAST_RUNS} runs that know it in one of the weeks")
    centres = [fsum(week) / len(week) for week in (this, last)]
    squares = fsum(
        (value - mean) ** 2 for week, mean in zip((this, last), centres, strict=True) for value in week
    )
    freedom = len(this) + len(last) - 2
    error = sqrt(squares / freedom * (1 / len(this) + 1 / len(last)))
    return _shift(centres[0] - centres[1], error, freedom + 1)


def _means(runs: Iterable[Measured]) -> Mapping[str, float]:
    """Every case's mean over the draws of all its runs."""
    known: dict[str, list[Point]] = {}
    for run in runs:
        for case, point in run.cases.items():
            if point is not None and 0 <= point.value <= 1 and point.draws > 0:
                known.setdefault(case, []).append(point)
    return {
        case: fsum(p.value * p.draws for p in points) / sum(p.draws for p in points)
        for case, points in known.items()
    }


def _paired(moved: Sequence[float], kind: Kind) -> Shift:
    n = len(moved)
    mean = fsum(moved) / n
    error = sqrt(fsum((each - mean) ** 2 for each in moved) / (n - 1) / n)
    return _shift(mean, max(error, FLIP / n if kind == "binary" else POINT), n)


def _shift(delta: float, error: float, units: int) -> Shift:
    half = t_quantile((1 + LEVEL) / 2, units - 1) * error
    return Shift(delta=delta, low=delta - half, high=delta + half, units=units, error=error)
