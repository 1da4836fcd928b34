"""Regression of a score in [0, 1]: a lenient screen on old data, then paired t-tests on fresh pairs of every case.

An unknown draw makes a difference an interval. The mean and the spread are bounded over all of them, so the worst
world has the lowest mean with the least spread and the best world the highest mean with the most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from mergefloor.core import stats
from mergefloor.core.decision import worlds
from mergefloor.core.decision.flips import Tested
from mergefloor.core.decision.worlds import World
from mergefloor.core.evidence import CaseEvidence, MetricEvidence, Pair
from mergefloor.core.stats import EPSILON

SCREEN = 0.30
PAIRS = {"one": 1, "two": 3}  # pooled: look two counts look one's pair again
SHARE = {"one": 0.4, "two": 0.6}  # of alpha, a look
LEAST_LOSS = 0.02
LEAST_UNITS = 5  # 2 ** -5 is the first sign test under .05: fewer units bound nothing

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """n differences: bounds of their mean, and of the sum of squares about it."""

    n: int
    low: float
    high: float
    least: float
    most: float

    def p(self, world: World) -> float:
        """One-sided p of "no drop" in a world."""
        mean, squares = (self.low, self.least) if world == "worst" else (self.high, self.most)
        return stats.drop_p(mean, squares, self.n)


def drops(metric: MetricEvidence, world: World) -> bool:
    """Whether look 0 gives reason to draw fresh pairs: a drop with p < .30 (or too few cases to say)."""
    spread = _spread(_look_zero(worlds.changed(metric)))
    mean = spread.low if world == "worst" else spread.high
    return mean < -EPSILON and (spread.p(world) < SCREEN or spread.n <= 1)


def pairs(case: CaseEvidence, look: str) -> tuple[Pair, ...]:
    """The fresh pairs that a look tests."""
    return case.one[: PAIRS[look]]


def complete(case: CaseEvidence, look: str) -> bool:
    """Whether every pair of a look was drawn."""
    return len(case.one) >= PAIRS[look]


def tested(metric: MetricEvidence, look: str, world: World) -> Tested:
    """The paired t-test of one look over every case that the change can have moved."""
    cases = worlds.changed(metric)
    fresh = [(case, *_fresh(case, look)) for case in cases]
    spread = _spread(fresh)
    moved = [low if world == "worst" else high for _, low, high in fresh]
    return Tested(
        p=spread.p(world),
        net=(spread.low if world == "worst" else spread.high) * len(cases) / len(metric.cases),
        cases=len(cases),
        worse=sum(difference < -EPSILON for difference in moved),
        better=sum(difference > EPSILON for difference in moved),
    )


def tolerated(max_drop: float) -> float:
    """The mean loss that the owner tolerates."""
    return max(LEAST_LOSS, max_drop)


def enough(net: float, metric: MetricEvidence) -> bool:
    """Whether a mean loss over all cases is more than the owner tolerates."""
    return net <= -tolerated(metric.rule.max_drop) + EPSILON


def bounds(metric: MetricEvidence) -> Bounds | None:
    """Two-sided 90 % t-interval of the difference from look 0, holding in every world; None for under 5 units."""
    cases = worlds.changed(metric)
    if not cases:
        return 0.0, 0.0
    spread = _spread(_look_zero(cases))
    if spread.n < LEAST_UNITS:
        return None
    half = stats.t_quantile(0.95, spread.n - 1) * sqrt(spread.most / (spread.n - 1) / spread.n)
    share = len(cases) / len(metric.cases)
    return max(-1.0, (spread.low - half) * share), min(1.0, (spread.high + half) * share)


def _look_zero(cases: Sequence[CaseEvidence]) -> list[tuple[CaseEvidence, float, float]]:
    return [(case, worlds.difference(case, "worst"), worlds.difference(case, "best")) for case in cases]


def _fresh(case: CaseEvidence, look: str) -> Bounds:
    drawn = pairs(case, look)
    return worlds.gap(drawn, "worst") / len(drawn), worlds.gap(drawn, "best") / len(drawn)


def _spread(rows: Sequence[tuple[CaseEvidence, float, float]]) -> Spread:
    """Bounds over units; a cluster's unit is its total, scaled so that the mean stays the mean over cases."""
    units: dict[tuple[bool, str], list[Bounds]] = defaultdict(list)
    for case, low, high in rows:
        units[worlds.unit(case)].append((low, high))
    scale = len(units) / len(rows) if rows else 0.0
    ends = [(fsum(low for low, _ in u) * scale, fsum(high for _, high in u) * scale) for u in units.values()]
    return _measured(ends)


def _measured(ends: Sequence[Bounds]) -> Spread:
    """Any centre bounds the squares from above; those of the known units alone bound them from below."""
    if not ends:
        return Spread(n=0, low=0.0, high=0.0, least=0.0, most=0.0)
    sure = [low for low, high in ends if high - low <= EPSILON]
    centre = worlds.mean(sure) if sure else 0.0
    return Spread(
        n=len(ends),
        low=worlds.mean([low for low, _ in ends]),
        high=worlds.mean([high for _, high in ends]),
        least=fsum((value - centre) ** 2 for value in sure),
        most=fsum(max((low - centre) ** 2, (high - centre) ** 2) for low, high in ends),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Standard errors of a mean over cases from run-to-run noise: of look 0's difference, of one fresh pair's."""

    before: float
    pair: float


def noise(cases: Sequence[CaseEvidence]) -> Noise:
    """From repeated draws of the base where most cases have two, else from the spread of look 0's differences."""
    repeated = [worlds.known(case.history) for case in cases if len(worlds.known(case.history)) > 1]
    thinner = worlds.mean([1 / len(worlds.known(case.history)) for case in cases])
    if 2 * len(repeated) >= len(cases):
        squares = fsum(fsum((v - worlds.mean(row)) ** 2 for v in row) for row in repeated)
        variance = squares / sum(len(row) - 1 for row in repeated)
    else:
        spread = _spread(_look_zero(cases))
        variance = spread.least / max(1, spread.n - 1) / (1 + thinner)
    return Noise(before=sqrt(variance * (1 + thinner) / len(cases)), pair=sqrt(2 * variance / len(cases)))
