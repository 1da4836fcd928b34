"""Agreement between two raters, or among several. Undefined is None: perfect agreement on one class proves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from math import fsum, sqrt
from typing import Literal, TypeAlias, TypeVar

T = TypeVar("T", bound=Hashable)
Pairs: TypeAlias = Sequence[tuple[T, T]]
Cost: TypeAlias = Callable[[T, T], float]
Metric: TypeAlias = Literal["nominal", "ordinal", "interval"]


def agreement(pairs: Pairs[T]) -> float | None:
    """Share of pairs that say the same."""
    return sum(one == other for one, other in pairs) / len(pairs) if pairs else None


def kappa(pairs: Pairs[T]) -> float | None:
    """Cohen's kappa (Cohen 1960): agreement beyond what the raters' own shares give by chance."""
    return beyond_chance(Counter(pairs), unequal)


def weighted_kappa(pairs: Pairs[T], order: Sequence[T]) -> float | None:
    """Kappa with quadratic weights (Cohen 1968) for ordered classes: being two steps off costs four times one step."""
    return beyond_chance(Counter(pairs), squared(order))


def unequal(one: T, other: T) -> float:
    """The cost of plain kappa: every disagreement is as bad as any other."""
    return float(one != other)


def squared(order: Sequence[T]) -> Cost[T]:
    """The cost of quadratic weights: steps between two classes of this order, squared."""
    rank = {value: index for index, value in enumerate(order)}
    return lambda one, other: float((rank[one] - rank[other]) ** 2)


def beyond_chance(table: Mapping[tuple[T, T], float], cost: Cost[T]) -> float | None:
    """Kappa for any cost of disagreement (Cohen 1968, formula 7): 1 - seen cost / cost by chance.

    `table` counts pairs of classes, whole numbers or not. None of nothing, and where chance costs nothing: both
    raters know one class only.
    """
    n = fsum(table.values())
    if n <= 0:
        return None
    first: dict[T, float] = {}
    second: dict[T, float] = {}
    for (one, other), count in table.items():
        first[one] = first.get(one, 0.0) + count
        second[other] = second.get(other, 0.0) + count
    seen = fsum(cost(one, other) * count for (one, other), count in table.items()) / n
    chance = fsum(cost(one, other) * a * b for one, a in first.items() for other, b in second.items()) / (
        n * n
    )
    return None if chance == 0 else 1 - seen / chance


def spearman(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Rank correlation (Spearman 1904), ties at their mean rank; None where one side never varies."""
    one, other = ranks([a for a, _ in pairs]), ranks([b for _, b in pairs])
    return _pearson(one, other)


def ranks(values: Sequence[float]) -> list[float]:
    """1 for the smallest; equal values share their mean rank."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            found[place] = (start + end) / 2 + 1
        start = end + 1
    return found


def _pearson(one: Sequence[float], other: Sequence[float]) -> float | None:
    n = len(one)
    if n < 2:  # noqa: PLR2004 - one point has no direction
        return None
    mean, more = fsum(one) / n, fsum(other) / n
    spread = fsum((a - mean) ** 2 for a in one) * fsum((b - more) ** 2 for b in other)
    if spread <= 0:
        return None
    return fsum((a - mean) * (b - more) for a, b in zip(one, other, strict=True)) / sqrt(spread)


def alpha(units: Sequence[Sequence[float]], metric: Metric = "nominal") -> float | None:
    """Krippendorff's alpha (2011): `units` are the ratings of one subject each, as many as there are; gaps are gone.

    Subjects with one rating say nothing. `nominal` compares by equality, `ordinal` by ranks, `interval` by squares.
    """
    paired = [unit for unit in units if len(unit) > 1]
    pooled = Counter(value for unit in paired for value in unit)
    n = sum(pooled.values())
    distance = _distance(pooled, metric)
    chance = fsum(pooled[a] * pooled[b] * distance(a, b) for a in pooled for b in pooled)
    if n < 2 or chance == 0:  # noqa: PLR2004 - one rating has nothing to agree with
        return None
    seen = fsum(fsum(distance(a, b) for a in unit for b in unit) / (len(unit) - 1) for unit in paired)
    return 1 - (n - 1) * seen / chance


def _distance(pooled: Mapping[float, int], metric: Metric) -> Callable[[float, float], float]:
    if metric == "nominal":
        return lambda a, b: float(a != b)
    if metric == "interval":
        return lambda a, b: (a - b) ** 2
    below: dict[float, float] = {}
    total = 0.0
    for value in sorted(pooled):  # the mean rank of a value, up to a constant
        below[value] = total + pooled[value] / 2
        total += pooled[value]
    return lambda a, b: (below[a] - below[b]) ** 2
