"""How well a golden set covers what people ask: the distance of each query to the golden question nearest to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, dist, inf
from typing import NamedTuple

from mergefloor.core.drift.queries import Vector

USUAL = 0.9  # the quantile that says how far a query usually is at most
SHOWN = 5


class _Near(NamedTuple):
    distance: float
    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """A golden case and the queries that it is the nearest question of."""

    case: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Distances are those of the embedding. `middle`: the median of the older window and of the newer one; `usual`:
    the distance that nine of ten of the older queries keep; `beyond`: the share of the newer ones that is farther.

    `stands`: the cases nearest to more queries than before, most gained first. `far`: indices of the newer queries
    farthest from any case, with their distances, farthest first.
    """

    cases: int
    middle: tuple[float, float]
    usual: float
    beyond: float
    stands: tuple[Stands, ...]
    far: tuple[tuple[int, float], ...]


def coverage(
    before: Sequence[Vector], after: Sequence[Vector], golden: Mapping[str, Vector]
) -> Coverage | None:
    """Both windows against the golden questions, by case id; None where one of the three is empty."""
    if not before or not after or not golden:
        return None
    old, new = ([_nearest(vector, golden) for vector in side] for side in (before, after))
    usual = _quantile([near.distance for near in old], USUAL)
    ranked = sorted(enumerate(near.distance for near in new), key=lambda each: (-each[1], each[0]))
    return Coverage(
        cases=len(golden),
        middle=(_quantile([n.distance for n in old], 0.5), _quantile([n.distance for n in new], 0.5)),
        usual=usual,
        beyond=sum(near.distance > usual for near in new) / len(new),
        stands=_gained(old, new),
        far=tuple(ranked[:SHOWN]),
    )


def _nearest(vector: Vector, golden: Mapping[str, Vector]) -> _Near:
    """The first of the nearest: equal distances are told apart by the order of the golden set."""
    found = _Near(inf, "")
    for case, other in golden.items():
        if (distance := dist(vector, other)) < found.distance:
            found = _Near(distance, case)
    return found


def _quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of all does not exceed."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def _gained(old: Sequence[_Near], new: Sequence[_Near]) -> tuple[Stands, ...]:
    then, now = Counter(near.case for near in old), Counter(near.case for near in new)
    grown = sorted(
        (Stands(case=case, before=then[case], after=now[case]) for case in now),
        key=lambda each: (each.before / len(old) - each.after / len(new), each.case),
    )
    return tuple(e for e in grown[:SHOWN] if e.after / len(new) > e.before / len(old))
