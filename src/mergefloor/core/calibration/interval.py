"""How far a figure of agreement can be trusted: a seeded bootstrap over the table of pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from random import Random
from typing import TypeVar

from mergefloor.core.calibration.agreement import Cost, Pairs, beyond_chance
from mergefloor.core.calibration.corrected import IMAGINARY, Estimate

T = TypeVar("T")
RESAMPLES = 2_000
# Where kappa is undefined in more resamples than this, there is no interval.
MOST_UNDEFINED = 0.1


def kappa_interval(
    pairs: Pairs[T], classes: Sequence[T], cost: Cost[T], *, seed: int, level: float = 0.95
) -> Estimate | None:
    """Kappa with its percentile interval (Efron 1979) over 2,000 resamples of the smoothed table; the same seed, the
    same interval. Without the smoothing a sample in which all agree would give [1, 1].

    `classes`: all that either side could have said. None where kappa is undefined.
    """
    table = Counter(pairs)
    value = beyond_chance(table, cost)
    if value is None:
        return None
    known = sorted(resampled(smoothed(table, classes), len(pairs), cost, seed=seed))
    if len(known) < (1 - MOST_UNDEFINED) * RESAMPLES:
        return None
    tail = (1 - level) / 2
    # The imaginary pairs disagree: with a handful of labels they may lift no end above what was seen.
    return Estimate(
        value=value, low=min(value, quantile(known, tail)), high=max(value, quantile(known, 1 - tail))
    )


def smoothed(table: Mapping[tuple[T, T], int], classes: Sequence[T]) -> dict[tuple[T, T], int]:
    """The table with the imaginary pairs, an equal part of them in every cell; scaled up to whole numbers."""
    cells = list(product(classes, classes))
    return {cell: len(cells) * table.get(cell, 0) + IMAGINARY for cell in cells}


def resampled(table: Mapping[tuple[T, T], int], n: int, cost: Cost[T], *, seed: int) -> list[float]:
    """Kappa of 2,000 tables of `n` pairs drawn from this one, where it is defined."""
    rng = Random(seed)  # noqa: S311 - resampling needs no secrecy, and has to come out the same
    cells = list(table)
    urn = [index for index, cell in enumerate(cells) for _ in range(table[cell])]
    found: list[float] = []
    for _ in range(RESAMPLES):
        drawn = Counter(rng.choices(urn, k=n))
        value = beyond_chance({cells[index]: count for index, count in drawn.items()}, cost)
        if value is not None:
            found.append(value)
    return found


def quantile(ordered: Sequence[float], share: float) -> float:
    """Linear between the two nearest ranks (Hyndman and Fan's type 7); `ordered` is not empty."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
