"""Whether people ask other things than before: two consecutive windows of query embeddings by their energy distance.

E = 2 E|X - Y| - E|X - X'| - E|Y - Y'| is zero for equal distributions only (Székely and Rizzo 2004). Its p-value
comes from permuting which window a query belongs to, so it assumes nothing about the embedding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import dist, fsum, isfinite, sqrt
from operator import itemgetter
from random import Random
from typing import TypeAlias

from mergefloor.core.stats import EPSILON
from mergefloor.core.wording import Words, count, say

Vector: TypeAlias = Sequence[float]

LEAST_QUERIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is computed. `most`: queries a window, beyond which it is sampled; `permutations`: B."""

    most: int = 200
    permutations: int = 999
    alpha: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryDrift:
    """Two windows compared. `distance`: the energy distance as a V-statistic (the diagonal counts, so it is never
    under 0), in the embedding's unit. `p_value`: (1 + permutations as far apart) / (1 + permutations).

    `before`, `after`: queries of each window, `used` of each after sampling. `cosine`: of the windows' centroids,
    for show: a mean hides nearly every change (docs/drift.md).
    """

    distance: float
    p_value: float
    drifted: bool
    before: int
    after: int
    used: tuple[int, int]
    cosine: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomparable:
    """The windows cannot be compared."""

    why: Words


def query_drift(
    before: Sequence[Vector], after: Sequence[Vector], *, seed: int, effort: Effort | None = None
) -> QueryDrift | Incomparable:
    """Compare two windows of embeddings, one vector a query. Equal input and seed give equal answers."""
    why = _obstacle(before, after)
    if why:
        return Incomparable(why=why)
    held = effort or Effort()
    random = Random(seed)  # noqa: S311 - permuting needs no secrecy, and has to come out the same
    old, new = _sampled(before, held.most, random), _sampled(after, held.most, random)
    distances = _Distances([*old, *new], len(old))
    p = distances.p_value(random, held.permutations)
    return QueryDrift(
        distance=distances.energy(range(len(old))),
        p_value=p,
        drifted=p <= held.alpha,
        before=len(before),
        after=len(after),
        used=(len(old), len(new)),
        cosine=centroid_cosine(before, after),
    )


def centroid_cosine(before: Sequence[Vector], after: Sequence[Vector]) -> float | None:
    """Cosine of the two mean vectors; None where one of them is zero."""
    old, new = ([fsum(axis) / len(side) for axis in zip(*side, strict=True)] for side in (before, after))
    size = sqrt(fsum(x * x for x in old)) * sqrt(fsum(y * y for y in new))
    return fsum(x * y for x, y in zip(old, new, strict=True)) / size if size > 0 else None


class _Distances:
    """All pairwise distances, so that a permutation costs sums only."""

    def __init__(self, vectors: Sequence[Vector], old: int) -> None:
        points = [tuple(vector) for vector in vectors]
        self._old = old
        self._rows = [[0.0] * len(points) for _ in points]
        for i, point in enumerate(points):
            for j in range(i):
                self._rows[i][j] = self._rows[j][i] = dist(point, points[j])
        self._sums = [fsum(row) for row in self._rows]
        self._total = fsum(self._sums)

    def energy(self, chosen: Sequence[int]) -> float:
        """The V-statistic if `chosen` were the old window; all other sums follow from the rows' totals."""
        n, m = len(chosen), len(self._rows) - len(chosen)
        pick = itemgetter(*chosen)
        inside = fsum(sum(pick(self._rows[i])) for i in chosen)
        across = fsum(pick(self._sums)) - inside
        beyond = self._total - inside - 2 * across
        return max(0.0, 2 * across / (n * m) - inside / (n * n) - beyond / (m * m))

    def p_value(self, random: Random, permutations: int) -> float:
        """Permutation p of "one distribution"; ties count against a drift, whatever rounding makes of them."""
        seen = self.energy(range(self._old)) - EPSILON
        everyone = range(len(self._rows))
        as_far = sum(
            self.energy(sorted(random.sample(everyone, self._old))) >= seen for _ in range(permutations)
        )
        return (1 + as_far) / (1 + permutations)


def _sampled(window: Sequence[Vector], most: int, random: Random) -> list[Vector]:
    if len(window) <= most:
        return list(window)
    return [window[index] for index in sorted(random.sample(range(len(window)), most))]


def _obstacle(before: Sequence[Vector], after: Sequence[Vector]) -> Words:
    fewest = min(len(before), len(after))
    if fewest < LEAST_QUERIES:
        return say("{} in a window; {} are needed", count(fewest, "query", "queries"), LEAST_QUERIES)
    sizes = sorted({len(vector) for vector in (*before, *after)})
    if len(sizes) > 1:
        return say(
            "the embeddings have {} and {} dimensions: they come from different models", sizes[0], sizes[-1]
        )
    if not all(isfinite(value) for vector in (*before, *after) for value in vector):
        return say("an embedding has a value that is not a finite number")
    return ()
