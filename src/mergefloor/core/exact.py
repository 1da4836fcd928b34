"""Exact one-sided tests of "head passes as often as base", by convolving the null law of every unit."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import comb, fsum, prod
from typing import NamedTuple


class Stratum(NamedTuple):
    """One unit's evidence: the null law of what it adds to head's count, from its least value up, and what was
    seen, counted from that least value. A unit with one possible value says nothing."""

    law: tuple[float, ...]
    seen: int

    @property
    def top(self) -> int:
        """The largest value that `seen` could have taken."""
        return len(self.law) - 1


SILENT = Stratum((1.0,), 0)


@cache
def _shares(draws: int, passes: int) -> tuple[float, ...]:
    """Law of head's passes when `passes` of 2 x `draws` fresh outcomes passed and the arms are exchangeable."""
    least, most = max(0, passes - draws), min(draws, passes)
    ways = comb(2 * draws, draws)
    return tuple(comb(passes, h) * comb(2 * draws - passes, draws - h) / ways for h in range(least, most + 1))


def passes(draws: int, base: int, head: int) -> Stratum:
    """A case with `draws` fresh pairs: head's passes are hypergeometric given both arms' total (Fisher).

    One pair a case is McNemar's exact test.
    """
    total = base + head
    return Stratum(_shares(draws, total), head - max(0, total - draws))


def sign(difference: float) -> Stratum:
    """A unit that counts once whatever its size: better or worse with even odds."""
    return Stratum((0.5, 0.5), int(difference > 0)) if difference else SILENT


def swap(difference: int) -> Stratum:
    """A cluster of cases: only its arms as a whole are exchangeable, so its difference has either sign."""
    size = abs(difference)
    if not size:
        return SILENT
    return Stratum((0.5, *([0.0] * (size - 1)), 0.5), size if difference > 0 else 0)


def tail(strata: Iterable[Stratum]) -> float:
    """P(head's count <= the count seen) under the null; 1.0 without evidence. Independent of the order."""
    ordered = sorted(strata)
    limit = sum(stratum.seen for stratum in ordered)
    mass = [1.0]
    for law, _ in ordered:
        if len(law) > 1:
            mass = _added(mass, law)[: limit + 1]
    return min(1.0, fsum(mass))


def least(strata: Iterable[Stratum]) -> float:
    """The smallest p-value that these margins allow (Tarone 1990): every unit at its least value."""
    return prod(sorted(stratum.law[0] for stratum in strata))


def _added(mass: list[float], law: tuple[float, ...]) -> list[float]:
    out = [0.0] * (len(mass) + len(law) - 1)
    for shift, weight in enumerate(law):
        if weight:
            for index, share in enumerate(mass, shift):
                out[index] += share * weight
    return out
