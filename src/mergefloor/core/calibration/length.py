"""Length bias: whether a judge gives longer outputs more than people do, among outputs that people call equal.

Stratified by what people say, so that good outputs may well be longer ones: only what the judge makes of length
beyond that counts. It warns and never blocks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import factorial, fsum, prod, sqrt
from operator import mul
from random import Random
from typing import Literal, NamedTuple, TypeAlias

from mergefloor.core.calibration.agreement import ranks

LEAST = 50  # outputs, as for every figure of a calibration (DECISION 8)
ALPHA = 0.05
EXACT = 20_000  # arrangements up to which all of them are counted
DRAWS = 1_999
SEED = 20_231_117
SLACK = 1e-9  # sums that differ by less are equal ones added in another order

Untold: TypeAlias = Literal["few", "alike"]


class Row(NamedTuple):
    """One output: what people say of it (their class), the judge's score and verdict, and its length in characters."""

    people: float
    score: float
    passed: bool
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthBias:
    """Of `n` outputs. `untold`: why nothing can be said, `few` labels, or outputs that people call equal are `alike`:
    all of one length, or all with one score of the judge.

    `p`: how often chance alone makes score and length go together this much, in either direction. `lean` in [-1, 1]:
    their rank correlation within the classes of people, above 0 where longer outputs get more. `longer`, `shorter`:
    the share that the judge passes of the longer and of the shorter half of the outputs that people call equal.
    """

    n: int
    untold: Untold | None = None
    p: float | None = None
    lean: float | None = None
    longer: float | None = None
    shorter: float | None = None

    @property
    def biased(self) -> bool:
        """Too much for chance, one time in twenty."""
        return self.p is not None and self.p < ALPHA


class _Stratum(NamedTuple):
    """Ranks of one class about their mean. `weight`: 1 / (n + 1), after van Elteren (1960)."""

    lengths: tuple[float, ...]
    scores: tuple[float, ...]
    weight: float

    @property
    def together(self) -> float:
        return self.weight * fsum(map(mul, self.lengths, self.scores))

    def steps(self) -> list[tuple[float, int]]:
        """Every score but the commonest, as its distance from that, and how often: the rest of the sum is 0, since
        the lengths' ranks add up to 0."""
        counted = Counter(self.scores).most_common()
        return [(self.weight * (score - counted[0][0]), count) for score, count in counted[1:]]

    def arrangements(self) -> int:
        """In how many ways the scores can be dealt to the outputs."""
        return factorial(len(self.scores)) // prod(map(factorial, Counter(self.scores).values()))


def length_bias(rows: Iterable[Row], *, seed: int = SEED) -> LengthBias:
    """Deal the judge's scores anew among outputs of one class of people and see how often they go with length as
    much as they do: all ways to deal where there are at most 20,000, else 1,999 seeded ones."""
    listed = list(rows)
    n = len(listed)
    if n < LEAST:
        return LengthBias(n=n, untold="few")
    levels = sorted({row.people for row in listed})
    classes = [[row for row in listed if row.people == level] for level in levels]
    told = [each for each in map(_stratum, classes) if any(each.lengths) and any(each.scores)]
    if not told:
        return LengthBias(n=n, untold="alike")
    longer, shorter = _halves(classes)
    seen = fsum(each.together for each in told)
    return LengthBias(
        n=n, p=_chance(told, seen, seed), lean=_lean(told, seen), longer=longer, shorter=shorter
    )


def _stratum(rows: Sequence[Row]) -> _Stratum:
    middle = (len(rows) + 1) / 2
    return _Stratum(
        lengths=tuple(rank - middle for rank in ranks([row.length for row in rows])),
        scores=tuple(rank - middle for rank in ranks([row.score for row in rows])),
        weight=1 / (len(rows) + 1),
    )


def _lean(strata: Sequence[_Stratum], seen: float) -> float:
    lengths = fsum(each.weight * rank * rank for each in strata for rank in each.lengths)
    scores = fsum(each.weight * rank * rank for each in strata for rank in each.scores)
    return seen / sqrt(lengths * scores)


def _chance(strata: Sequence[_Stratum], seen: float, seed: int) -> float:
    least = abs(seen) - SLACK
    if prod(each.arrangements() for each in strata) <= EXACT:
        sums = [list(_every(each.lengths, each.steps())) for each in strata]
        found = [abs(fsum(parts)) >= least for parts in product(*sums)]
        return found.count(True) / len(found)
    rng = Random(seed)  # noqa: S311 - dealing anew needs no secrecy, and has to come out the same
    hands = [(each.lengths, [step for step, count in each.steps() for _ in range(count)]) for each in strata]
    hits = sum(
        abs(fsum(fsum(map(mul, steps, rng.sample(lengths, len(steps)))) for lengths, steps in hands)) >= least
        for _ in range(DRAWS)
    )
    return (hits + 1) / (DRAWS + 1)


def _every(free: Sequence[float], steps: Sequence[tuple[float, int]]) -> Iterator[float]:
    """The sum of every arrangement, each once."""
    if not steps:
        yield 0.0
        return
    (step, count), *rest = steps
    for chosen in combinations(range(len(free)), count):
        left = [rank for place, rank in enumerate(free) if place not in chosen]
        got = step * fsum(free[place] for place in chosen)
        yield from (got + more for more in _every(left, rest))


def _halves(classes: Sequence[Sequence[Row]]) -> tuple[float, float]:
    """Shares that pass, longer half first: of every class those above and below its mean rank of length, weighted by
    the size of the class, so that neither half holds more of what people pass. Lengths differ in one class at least."""
    found: list[tuple[int, float, float]] = []
    for rows in classes:
        ranked = list(zip(rows, _stratum(rows).lengths, strict=True))
        longer = [row.passed for row, rank in ranked if rank > 0]
        shorter = [row.passed for row, rank in ranked if rank < 0]
        if longer:
            found.append((len(rows), sum(longer) / len(longer), sum(shorter) / len(shorter)))
    whole = sum(size for size, _, _ in found)
    return (
        fsum(size * share for size, share, _ in found) / whole,
        fsum(size * share for size, _, share in found) / whole,
    )
