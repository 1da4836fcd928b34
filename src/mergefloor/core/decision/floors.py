"""The absolute minimum of a metric: a point estimate under it is a suspicion, more draws make it a block.

Cases with identical requests never need a draw of the head: the base's history is theirs. Where there is none
either, they count as 1 against a block and as 0 for a certificate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from mergefloor.core.decision import worlds
from mergefloor.core.decision.worlds import World
from mergefloor.core.evidence import CaseEvidence, MetricEvidence, Value
from mergefloor.core.stats import EPSILON, Z95, wilson_lower

DRAWS = 3
WIDEST = 0.25  # variance of a value in [0, 1] that was drawn once


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """One metric against its floor. `blocks`, `upper`: in the worst and the best world; `unmeasured`: identical
    cases without any draw; `excused`: the base itself is under the floor."""

    floor: float
    estimate: float
    blocks_worst: bool
    blocks_best: bool
    upper: float
    suspected: bool
    excused: bool
    certified: bool
    unmeasured: int


def suspected(metric: MetricEvidence, world: World) -> bool:
    """Whether head's first draws lie under the floor and the base's history does not."""
    floor = metric.rule.floor
    return floor is not None and not excused(metric, world) and _point(metric, world) < floor - EPSILON


def excused(metric: MetricEvidence, world: World) -> bool:
    """Whether the base itself is under the floor: then the change did not bring it there."""
    floor = metric.rule.floor
    if floor is None or not worlds.has_base(metric):
        return False
    means = [worlds.mean([worlds.base(v, world) for v in _base(case)]) for case in metric.cases]
    return worlds.mean(means) < floor - EPSILON


def against(metric: MetricEvidence, floor: float) -> Floor:
    """The floor rule on whatever draws there are; a NaN anywhere blocks."""
    upper = {world: _upper(metric, world) for world in worlds.WORLDS}
    blocks = {
        world: suspected(metric, world) and not (upper[world] >= floor - EPSILON) for world in worlds.WORLDS
    }
    point = _point(metric, "worst")
    units = len({worlds.unit(case) for case in metric.cases})
    unmeasured = sum(not _draws(case, 1) for case in metric.cases)
    sure = point - unmeasured / len(metric.cases)
    return Floor(
        floor=floor,
        estimate=point,
        blocks_worst=blocks["worst"],
        blocks_best=blocks["best"],
        upper=upper["best"] if blocks["best"] else upper["worst"],
        suspected=suspected(metric, "worst"),
        excused=excused(metric, "best") and point < floor - EPSILON,
        certified=wilson_lower(sure * units, units) >= floor,
        unmeasured=unmeasured,
    )


def _base(case: CaseEvidence) -> Sequence[Value]:
    """The base's draws; an identical case that was never drawn counts as 1, as it does for the head."""
    if case.identical:
        return _draws(case, 1) or (1.0,)
    return worlds.history(case)


def _draws(case: CaseEvidence, count: int) -> Sequence[Value]:
    """Up to `count` draws of the head; of an identical case every known draw of either arm."""
    if case.identical:
        return worlds.known((*case.history, *case.head))
    return case.head[:count] or (None,)


def _point(metric: MetricEvidence, world: World) -> float:
    return worlds.mean([_mean(_draws(case, 1), world) for case in metric.cases])


def _mean(draws: Sequence[Value], world: World) -> float:
    return worlds.mean([worlds.head(value, world) for value in draws]) if draws else 1.0


def _upper(metric: MetricEvidence, world: World) -> float:
    """One-sided 95 % upper bound of head's expected mean on these very cases, from run-to-run noise alone."""
    rows = [_draws(case, DRAWS) for case in metric.cases]
    variance = fsum(_variance(draws, world) for draws in rows) / len(rows) ** 2
    return worlds.mean([_mean(draws, world) for draws in rows]) + Z95 * sqrt(variance)


def _variance(draws: Sequence[Value], world: World) -> float:
    """Variance of a case's mean. Unknown draws at their least spread in the worst world, at their widest in the best.

    The spread is convex in a draw, so that its maximum has every unknown draw at 0 or 1.
    """
    n, values = len(draws), worlds.known(draws)
    if not n:
        return 0.0
    if n == 1:
        return WIDEST if world == "best" or values else 0.0
    unknown = n - len(values)
    if world == "worst":
        return _squares(values) / (n - 1) / n
    return (
        max(_squares((*values, *([1.0] * k), *([0.0] * (unknown - k)))) for k in range(unknown + 1))
        / (n - 1)
        / n
    )


def _squares(values: Sequence[float]) -> float:
    if not values:
        return 0.0
    centre = worlds.mean(values)
    return fsum((value - centre) ** 2 for value in values)
