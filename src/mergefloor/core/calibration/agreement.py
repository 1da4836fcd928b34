"""Agreement between two raters, or among several. Undefined is None: perfect agreement on one class proves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from math import fsum, sqrt
from random import Random
from typing import Literal, TypeAlias, TypeVar

T = TypeVar("T", bound=Hashable)
Pairs: TypeAlias = Sequence[tuple[T, T]]
Metric: TypeAlias = Literal["nominal", "ordinal", "interval"]
RESAMPLES = 2_000
# A resample may hold one class only, where kappa is undefined; with more such than this there is no interval.
MOST_UNDEFINED = 0.1


def agreement(pairs: Pairs[T]) -> float | None:
    """Share of pairs that say the same."""
    return sum(one == other for one, other in pairs) / len(pairs) if pairs else None


def kappa(pairs: Pairs[T]) -> float | None:
    """Cohen's kappa (Cohen 1960): agreement beyond what the raters' own shares give by chance."""
    return _kappa(Counter(pairs), lambda one, other: float(one != other))


def weighted_kappa(pairs: Pairs[T], order: Sequence[T]) -> float | None:
    """Kappa with quadratic weights (Cohen 1968) for ordered classes: being two steps off costs four times one step."""
    rank = {value: index for index, value in enumerate(order)}
    return _kappa(Counter(pairs), lambda one, other: float((rank[one] - rank[other]) ** 2))


def _kappa(counts: Mapping[tuple[T, T], int], weight: Callable[[T, T], float]) -> float | None:
    n = sum(counts.values())
    if not n:
        return None
    first, second = Counter[T](), Counter[T]()
    for (one, other), count in counts.items():
        first[one] += count
        second[other] += count
    seen = fsum(weight(one, other) * count for (one, other), count in counts.items()) / n
    chance = fsum(
        weight(one, other) * share * more for one, share in first.items() for other, more in second.items()
    ) / (n * n)
    return None if chance == 0 else 1 - seen / chance


def bootstrap(
    pairs: Pairs[T], figure: Callable[[Pairs[T]], float | None], *, seed: int, level: float = 0.95
) -> tuple[float, float] | None:
    """Percentile interval of a figure over 2,000 resamples of the pairs (Efron 1979); the same seed, the same interval.

    None where the figure is undefined in more than a tenth of the resamples.
    """
    rng = Random(seed)  # noqa: S311 - resampling needs no secrecy, and has to come out the same
    found = [figure(rng.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES)] if pairs else []
    known = sorted(value for value in found if value is not None)
    if len(known) < (1 - MOST_UNDEFINED) * RESAMPLES:
        return None
    tail = (1 - level) / 2
    return _quantile(known, tail), _quantile(known, 1 - tail)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Linear between the two nearest ranks (Hyndman and Fan's type 7)."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


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
