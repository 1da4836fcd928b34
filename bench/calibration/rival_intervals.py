"""Intervals of kappa that were tried and not taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import atanh, fsum, sqrt, tanh
from statistics import NormalDist

from worlds import Pair

from mergefloor.core.calibration.agreement import Cost, beyond_chance
from mergefloor.core.calibration.interval import quantile, resampled

Interval = tuple[float, float]
Rival = Callable[[Sequence[Pair], Cost[float]], "Interval | None"]
NORMAL = NormalDist()
Z = NORMAL.inv_cdf(0.975)


@lru_cache(maxsize=1)  # two rivals resample one sample
def _resampled(pairs: tuple[Pair, ...], cost: Cost[float]) -> list[float]:
    return sorted(resampled(Counter(pairs), len(pairs), cost, seed=1))


def percentile(pairs: Sequence[Pair], cost: Cost[float]) -> Interval | None:
    """The plain percentile bootstrap."""
    known = _resampled(tuple(pairs), cost)
    return (quantile(known, 0.025), quantile(known, 0.975)) if known else None


def accelerated(pairs: Sequence[Pair], cost: Cost[float]) -> Interval | None:
    """BCa (Efron 1987): bias from the share of resamples below, acceleration from leaving one pair out."""
    table = Counter(pairs)
    value = beyond_chance(table, cost)
    known = _resampled(tuple(pairs), cost)
    if value is None or not known:
        return None
    below = sum(each < value for each in known) + sum(each == value for each in known) / 2
    bias = NORMAL.inv_cdf(min(max(below / len(known), 1e-4), 1 - 1e-4))
    pull = _acceleration(table, cost)

    def end(share: float) -> float:
        z = bias + NORMAL.inv_cdf(share)
        return quantile(known, NORMAL.cdf(bias + z / (1 - pull * z)))

    return end(0.025), end(0.975)


def _acceleration(table: Counter[Pair], cost: Cost[float]) -> float:
    left: list[tuple[float, int]] = []
    for cell, count in table.items():
        value = beyond_chance(table - Counter([cell]), cost)
        if value is not None:
            left.append((value, count))
    total = sum(count for _, count in left)
    if not total:
        return 0.0
    mean = fsum(value * count for value, count in left) / total
    squares = fsum((mean - value) ** 2 * count for value, count in left)
    cubes = fsum((mean - value) ** 3 * count for value, count in left)
    return cubes / (6 * squares**1.5) if squares > 0 else 0.0


def fisher(pairs: Sequence[Pair], cost: Cost[float]) -> Interval | None:
    """The large-sample error of kappa (Fleiss, Cohen and Everitt 1969), on Fisher's scale."""
    value = beyond_chance(Counter(pairs), cost)
    if value is None:
        return None
    if value >= 1:
        return value, value
    half = Z * _error(Counter(pairs), cost) / (1 - value * value)
    return tanh(atanh(value) - half), tanh(atanh(value) + half)


def _error(table: Counter[Pair], cost: Cost[float]) -> float:
    n = table.total()
    first, second = Counter[float](), Counter[float]()
    for (one, other), count in table.items():
        first[one] += count
        second[other] += count
    seen = fsum(cost(*cell) * count for cell, count in table.items()) / n
    chance = fsum(cost(a, b) * first[a] * second[b] for a in first for b in second) / n**2
    slopes = {
        (one, other): -cost(one, other) / chance
        + seen
        / chance**2
        * fsum(
            [*(cost(one, b) * second[b] / n for b in second), *(cost(a, other) * first[a] / n for a in first)]
        )
        for one, other in table
    }
    mean = fsum(slopes[cell] * count for cell, count in table.items()) / n
    return sqrt(max(0.0, fsum(slopes[cell] ** 2 * count for cell, count in table.items()) / n - mean**2) / n)


RIVALS: dict[str, Rival] = {
    "percentile bootstrap": percentile,
    "BCa bootstrap": accelerated,
    "Fisher's scale": fisher,
}
