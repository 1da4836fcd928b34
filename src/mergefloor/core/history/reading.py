"""What a run says of one metric, as the history keeps it: the mean over cases, its interval, and every case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import fsum, sqrt
from statistics import NormalDist

from mergefloor.core import stats
from mergefloor.core.compare import Kind, MetricPlan, applies, value
from mergefloor.core.history.entry import Point, Reading
from mergefloor.core.plan import PlannedCase
from mergefloor.core.types import Cell

LEVEL = 0.975  # each end of a 95 % interval
Z = NormalDist().inv_cdf(LEVEL)
LEAST = 2  # values that have a spread
Drawn = Mapping[str, Sequence[Cell]]


def readings(
    metrics: Sequence[MetricPlan],
    cases: Sequence[PlannedCase],
    drawn: Drawn,
    untold: Collection[str] = frozenset(),
) -> tuple[Reading, ...]:
    """Every metric that any case has a check of. `drawn`: this run's own draws by case id; `untold`: metrics of which
    nothing is known in this run, whatever was drawn."""
    return tuple(
        _reading(plan, cases, {} if plan.rule.name in untold else drawn)
        for plan in metrics
        if any(applies(plan.rule.name, case.graders) for case in cases)
    )


def _reading(plan: MetricPlan, cases: Sequence[PlannedCase], drawn: Drawn) -> Reading:
    points = tuple(_point(plan, case, drawn.get(case.case.id, ())) for case in cases)
    means = [point.value for point in points if point is not None]
    low, high = _interval(plan.kind, means) if means else (None, None)
    return Reading(
        name=plan.rule.name,
        kind=plan.kind,
        value=fsum(means) / len(means) if means else None,
        cases=len(means),
        low=low,
        high=high,
        points=points,
    )


def _point(plan: MetricPlan, case: PlannedCase, cells: Sequence[Cell]) -> Point | None:
    if not applies(plan.rule.name, case.graders):
        return None
    values = [value(plan.rule.name, plan.kind, cell) for cell in cells]
    known = [each for each in values if each is not None]
    return Point(value=fsum(known) / len(known), draws=len(known)) if known else None


def _interval(kind: Kind, means: Sequence[float]) -> tuple[float | None, float | None]:
    """Wilson's for shares, Student's for scores, with cases as the unit; unknown for one score alone."""
    mean, n = fsum(means) / len(means), len(means)
    if kind == "binary":
        low = stats.wilson_lower(mean * n, n, Z)
        return low, 1.0 - stats.wilson_lower((1.0 - mean) * n, n, Z)
    if n < LEAST:
        return None, None
    spread = sqrt(fsum((each - mean) ** 2 for each in means) / (n - 1) / n)
    half = stats.t_quantile(LEVEL, n - 1) * spread
    return max(0.0, mean - half), min(1.0, mean + half)
