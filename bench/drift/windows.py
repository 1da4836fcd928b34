"""Query drift: size and power of the shipped test, of its rival MMD, and of a threshold on the centroids' cosine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import dist, exp, sqrt
from random import Random
from statistics import median

from tabulate import tabulate

from mergefloor.core.drift.queries import Effort, QueryDrift, Vector, query_drift

DIMENSIONS = 64
TOPICS = 12
WINDOW = 100
PERMUTATIONS = 99
COSINES = (0.9, 0.95, 0.99)
ALPHA = 0.05

Window = list[Vector]
Source = Callable[[Random], Window]


class Town:
    """Queries about a dozen topics: a topic's direction plus noise, as unit vectors."""

    def __init__(self) -> None:
        random = Random("town")
        self._shared = _unit(random)
        self._topics = [_unit(random) for _ in range(TOPICS + 1)]

    def window(self, random: Random, weights: Sequence[float], noise: float = 1.0) -> Window:
        """`weights` of the topics, the last of which is the new one."""
        return [self._query(random, i, noise) for i in random.choices(range(TOPICS + 1), weights, k=WINDOW)]

    def _query(self, random: Random, topic: int, noise: float) -> Vector:
        # a shared direction: embeddings of real texts all point one way (anisotropy; Ethayarajh 2019)
        spread = noise / sqrt(DIMENSIONS)
        pairs = zip(self._shared, self._topics[topic], strict=True)
        return _scaled([1.2 * s + t + random.gauss(0, spread) for s, t in pairs])


def scenes() -> dict[str, tuple[Source, Source]]:
    """What happens between two windows."""
    town = Town()
    even = [1.0] * TOPICS + [0.0]
    calm: Source = lambda random: town.window(random, even)  # noqa: E731

    def new(portion: float) -> Source:
        weights = [(1 - portion) / TOPICS] * TOPICS + [portion]
        return lambda random: town.window(random, weights)

    tilted = [2.0] * (TOPICS // 2) + [1.0] * (TOPICS // 2) + [0.0]
    return {
        "nothing (false alarms)": (calm, calm),
        "10 % of queries on a new topic": (calm, new(0.1)),
        "20 % on a new topic": (calm, new(0.2)),
        "40 % on a new topic": (calm, new(0.4)),
        "half of the topics twice as frequent": (calm, lambda random: town.window(random, tilted)),
        "same topics, phrased less alike": (calm, lambda random: town.window(random, even, 1.2)),
    }


def table(samples: int) -> str:
    """One row a scene: % of pairs of windows on which every rule alarms."""
    heads = [
        "scene",
        "energy, p <= .05",
        "MMD, p <= .05",
        *(f"cosine < {c:g}" for c in COSINES),
        "median cosine",
    ]
    rows = []
    for name, (before, after) in scenes().items():
        found = [_compared(Random(f"{name} {i}"), before, after) for i in range(samples)]
        energy = sum(each.p_value <= ALPHA for each, _ in found)
        mmd = sum(p <= ALPHA for _, p in found)
        cosines = [each.cosine or 0.0 for each, _ in found]
        low = [sum(c < threshold for c in cosines) for threshold in COSINES]
        rows.append(
            [name, *(f"{100 * k / samples:.0f} %" for k in (energy, mmd, *low)), f"{median(cosines):.3f}"]
        )
    title = f"\n## Query drift: two windows of {WINDOW} queries, {DIMENSIONS} dimensions\n\n"
    return title + tabulate(rows, heads, "pipe")


def mmd_p(before: Window, after: Window, random: Random, permutations: int) -> float:
    """Permutation p of the V-statistic of MMD with a Gaussian kernel, its width the median distance (Gretton 2012)."""
    vectors = [*before, *after]
    n, size = len(before), len(vectors)
    apart = [[dist(x, y) for y in vectors] for x in vectors]
    width = median(apart[i][j] for i in range(size) for j in range(i))
    kernel = [[exp(-d * d / (2 * width * width)) for d in row] for row in apart]
    sums = [sum(row) for row in kernel]
    total = sum(sums)

    def statistic(chosen: Sequence[int]) -> float:
        inside = sum(kernel[i][j] for i in chosen for j in chosen)
        across = sum(sums[i] for i in chosen) - inside
        m = size - n
        return inside / (n * n) + (total - inside - 2 * across) / (m * m) - 2 * across / (n * m)

    seen = statistic(range(n))
    far = sum(statistic(random.sample(range(size), n)) >= seen - 1e-12 for _ in range(permutations))
    return (1 + far) / (1 + permutations)


def _compared(random: Random, before: Source, after: Source) -> tuple[QueryDrift, float]:
    old, new = before(random), after(random)
    found = query_drift(old, new, seed=random.getrandbits(32), effort=Effort(permutations=PERMUTATIONS))
    assert isinstance(found, QueryDrift)
    return found, mmd_p(old, new, random, PERMUTATIONS)


def _unit(random: Random) -> Vector:
    return _scaled([random.gauss(0, 1) for _ in range(DIMENSIONS)])


def _scaled(vector: Sequence[float]) -> Vector:
    length = sqrt(sum(x * x for x in vector))
    return [x / length for x in vector]
