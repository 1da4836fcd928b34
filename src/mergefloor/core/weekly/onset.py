"""Where in a fortnight a metric's level changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from mergefloor.core.history.history import Measured
from mergefloor.core.weekly.days import day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The first day after the change, and the mean before and since."""

    day: int
    before: float
    since: float


def turn(runs: Sequence[Measured]) -> Turn | None:
    """The split of the runs, oldest first, that leaves the least squares about the means of its two sides (Hinkley
    1970). It says where, not whether: that is for the interval to tell. None for fewer than two known runs."""
    known = [(run, run.reading.value) for run in runs if run.reading.value is not None]
    values = [value for _, value in known]
    best: tuple[float, int] | None = None
    for at in range(1, len(values)):
        gain = at * (len(values) - at) * (_mean(values[at:]) - _mean(values[:at])) ** 2
        best = max(best or (gain, -at), (gain, -at))  # of equal ones the first
    if best is None:
        return None
    at = -best[1]
    return Turn(day=day_of(known[at][0].entry.at), before=_mean(values[:at]), since=_mean(values[at:]))


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)
