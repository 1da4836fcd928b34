"""The rules that are compared: the shipped watch in three settings, the textbook pair, and a drop since yesterday."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from known_drops import HISTORY

from mergefloor.core.drift.series import Point, Series, Terms
from mergefloor.core.drift.watch import watch

Alarms = Mapping[str, tuple[int, ...]]

SHIPPED, FIXED = Terms(), Terms(most_history=HISTORY)
LAST_RUN = {f"drop > {points} pt since the last run": points / 100 for points in (2, 5)}
RULES = (
    "**shipped: raised**",
    "**shipped: confirmed**",
    "fixed baseline: raised",
    "fixed baseline: confirmed",
    "fixed baseline, wider limits: raised",
    "EWMA of the pass rate, sd of 20 runs",
    *LAST_RUN,
)


def alarms(series: Series) -> Alarms:
    """The run at which every chart first alarms, and every alarm of the rules that remember one run only."""
    grown, fixed = _points(series, SHIPPED), _points(series, FIXED)
    means = [sum(s.mean for s in run.known().values()) / len(run.cases) for run in series.runs]
    charts = (*_pair(grown), *_pair(fixed), _first(fixed, HISTORY), _plain(means))
    drops = [means[i - 1] - means[i] for i in range(1, len(means))]
    rung = (
        tuple(i for i, d in enumerate(drops, 1) if i >= HISTORY and d > by + 1e-9) for by in LAST_RUN.values()
    )
    return dict(zip(RULES, (*charts, *rung), strict=True))


def _points(series: Series, terms: Terms) -> list[Point]:
    return [each for each in watch(series, terms).points if each.z is not None]


def _pair(points: Sequence[Point]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    raised = _first(points)
    sure = [p.index for p in points if p.cusum > SHIPPED.threshold and raised and p.index >= raised[0]]
    return raised, tuple(sure[:1])


def _first(points: Sequence[Point], history: int | None = None) -> tuple[int, ...]:
    """The first run under the limit; with `history`, a limit that allows for the error of a mean of so many runs."""
    shared = 0.0 if history is None else 1 / (history + 1)
    for point in points:
        width = (point.limit or 0.0) / SHIPPED.limit
        if point.ewma < -SHIPPED.limit * sqrt(width * width * (1 - shared) + shared):
            return (point.index,)
    return ()


def _plain(means: Sequence[float]) -> tuple[int, ...]:
    """What standardising by case is held against: EWMA(.2, 2.7) of the mean over whatever cases there are."""
    base = means[:HISTORY]
    centre = sum(base) / HISTORY
    sd = sqrt(sum((x - centre) ** 2 for x in base) / (HISTORY - 1)) or 1e-9
    ewma = 0.0
    for index in range(HISTORY, len(means)):
        ewma += 0.2 * ((means[index] - centre) / sd - ewma)
        if ewma < -0.9:
            return (index,)
    return ()
