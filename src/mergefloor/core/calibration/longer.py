"""Length bias of a judge that compares two outputs: does it err for the longer output more often than against it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import comb, fsum

from mergefloor.core.calibration.length import ALPHA, LEAST
from mergefloor.core.calibration.pairwise import Comparison

SLACK = 1e-7  # shares of a table's chance that differ by less are equal ones, as in R and scipy


@dataclass(frozen=True, slots=True, kw_only=True)
class Longer:
    """Comparisons that people decide, by which output they choose. `for_longer` of `shorter`: people choose the
    shorter output and the judge the longer one in both orders; `against_longer` of `longer`: the other way round.

    `p`: how often chance alone parts the two shares this much (Fisher's exact test, two-sided); None below 50
    comparisons, and where people always choose the shorter, or always the longer.
    """

    for_longer: int
    shorter: int
    against_longer: int
    longer: int
    p: float | None

    @property
    def biased(self) -> bool:
        """Too much for chance, one time in twenty."""
        return self.p is not None and self.p < ALPHA


def longer_wins(rows: Iterable[tuple[Comparison, int, int]]) -> Longer:
    """Rows are comparisons with the lengths of their first and second output; equal lengths say nothing."""
    short: list[bool] = []
    long: list[bool] = []
    for row, first, second in rows:
        if first == second or row.people == "tie":
            continue
        wrong = row.verdict not in (row.people, "tie")
        (long if (first > second) == (row.people == "first") else short).append(wrong)
    enough = len(short) + len(long) >= LEAST and short and long
    return Longer(
        for_longer=sum(short),
        shorter=len(short),
        against_longer=sum(long),
        longer=len(long),
        p=fisher((sum(short), len(short)), (sum(long), len(long))) if enough else None,
    )


def fisher(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Fisher's exact test (1935), two-sided: (hits, trials) twice; all tables that are no likelier than this one."""
    (hits, trials), (more, others) = one, other
    drawn = hits + more
    ways = [
        comb(trials, k) * comb(others, drawn - k)
        for k in range(max(0, drawn - others), min(trials, drawn) + 1)
    ]
    seen = comb(trials, hits) * comb(others, more)
    whole = comb(trials + others, drawn)
    return min(1.0, fsum(way / whole for way in ways if way <= seen * (1 + SLACK)))
