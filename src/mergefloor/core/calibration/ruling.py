"""What the judge said of labelled outputs, once or several times, and how often it contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import fsum


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One verdict of the judge: as its check passes outputs, with its score in [0, 1]. `reason` is foreign text."""

    passed: bool
    score: float
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """The judge asked again about the same outputs. `agreement`: the share of pairs of its runs that pass or fail
    alike, averaged over the outputs; `steady`: outputs on which all its runs do."""

    outputs: int
    steady: int
    agreement: float


def repeats(rulings: Iterable[Sequence[Ruling]]) -> Repeats | None:
    """Self-agreement over the outputs that were judged more than once; None where none was."""
    shares = [_alike(each) for each in rulings if len(each) > 1]
    if not shares:
        return None
    return Repeats(
        outputs=len(shares),
        steady=sum(share == 1 for share in shares),
        agreement=fsum(shares) / len(shares),
    )


def _alike(rulings: Sequence[Ruling]) -> float:
    pairs = [one.passed == other.passed for one, other in combinations(rulings, 2)]
    return sum(pairs) / len(pairs)
