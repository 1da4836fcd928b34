"""What repeated runs of a case would do, from its stored draws: the law of every number that the rule looks at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, product
from math import comb, exp, fsum, lgamma
from typing import NamedTuple

from mergefloor.core import exact
from mergefloor.core.decision import flips, worlds
from mergefloor.core.evidence import CaseEvidence, MetricEvidence


class Seen(NamedTuple):
    """What one case adds to one look: net change in draws; and of the test's count its distance from the null's
    mean, its null variance and its null fourth cumulant."""

    net: float = 0.0
    distance: float = 0.0
    variance: float = 0.0
    fourth: float = 0.0


Outcome = tuple[float, ...]  # what is added to d0, then Seen of look one, then Seen of both looks pooled
Law = tuple[tuple[Outcome, ...], tuple[float, ...]]


class Kind(NamedTuple):
    """Cases with the same stored draws: how many, their expected rate, the law of a whole and of a broken one."""

    cases: int
    rate: float
    whole: Law
    broken: Law


def kinds(metric: MetricEvidence) -> tuple[Kind, ...]:
    """The cases that a change can move, by their stored draws."""
    stored = [unit for unit in _units(worlds.changed(metric)) if unit[0]]
    draws, passes = sum(draws for draws, _ in stored), sum(passed for _, passed in stored)
    # half a pass and half a fail for the set: a spotless history does not mean a rate of exactly 1
    average = min(0.999, max(0.001, round((passes + 0.5) / (draws + 1), 3)))
    rows = sorted(Counter(stored).items())
    return tuple(
        Kind(count, (passed + average) / (draws + 1), *_laws(draws, passed, average))
        for (draws, passed), count in rows
    )


def _units(cases: Sequence[CaseEvidence]) -> list[tuple[int, int]]:
    """(draws, passes) a unit. A cluster counts as one case with the mean rate of its cases."""
    groups: dict[tuple[bool, str], list[tuple[float, ...]]] = defaultdict(list)
    for case in cases:
        groups[worlds.unit(case)].append(worlds.known(case.history))
    units = []
    for group in groups.values():
        rates = [worlds.mean(history) for history in group if history]
        draws = min(len(history) for history in group)
        units.append((draws, round(draws * worlds.mean(rates)) if rates else 0))
    return units


@lru_cache(maxsize=512)
def _laws(draws: int, passed: int, average: float) -> tuple[Law, Law]:
    """The laws given the history, with a prior of one draw at the set's average: rates near 0 and 1 are the rule."""
    a, b = passed + average, draws - passed + 1 - average
    ones, twos = flips.PAIRS_ONE, flips.PAIRS_TWO
    whole: dict[Outcome, float] = defaultdict(float)
    broken: dict[Outcome, float] = defaultdict(float)
    fresh = ones + twos
    held = [_chance(a, b, passes, 1 + 2 * fresh - passes) for passes in range(2 + 2 * fresh)]
    lost = [_chance(a, b, passes, fresh - passes) for passes in range(1 + fresh)]
    spans = (2, ones + 1, ones + 1, twos + 1, twos + 1)
    for start, base1, head1, base2, head2 in product(*map(range, spans)):
        ways = comb(ones, base1) * comb(ones, head1) * comb(twos, base2) * comb(twos, head2)
        outcome = _outcome((draws, passed, start), (base1, head1), (base2, head2))
        passes = start + base1 + head1 + base2 + head2
        whole[outcome] += ways * held[passes]
        if start == head1 == head2 == 0:
            broken[outcome] += ways * lost[passes]
    return _law(whole), _law(broken)


def _law(chances: dict[Outcome, float]) -> Law:
    return tuple(chances), tuple(accumulate(chances.values()))


def _chance(a: float, b: float, passes: int, fails: int) -> float:
    """Chance of one order of passes and fails when the rate is Beta(a, b)."""
    joint = lgamma(a + passes) + lgamma(b + fails) - lgamma(a + b + passes + fails)
    return exp(joint - lgamma(a) - lgamma(b) + lgamma(a + b))


def _outcome(old: tuple[int, int, int], one: tuple[int, int], two: tuple[int, int]) -> Outcome:
    draws, passed, start = old
    before = start - passed / draws
    if not 0 < passed + start < draws + 1:
        return (before, *Seen(), *Seen())
    first = _seen(draws, flips.PAIRS_ONE, *one)
    return (
        before,
        *first,
        *_seen(draws, flips.PAIRS_ONE + flips.PAIRS_TWO, one[0] + two[0], one[1] + two[1]),
    )


@lru_cache(maxsize=4096)
def _seen(history: int, draws: int, base: int, head: int) -> Seen:
    by_sign = history < flips.SIGN_BELOW
    stratum = exact.sign(head - base) if by_sign else exact.passes(draws, base, head)
    centre = stratum.top / 2  # every law here is symmetric
    variance = fsum(p * (x - centre) ** 2 for x, p in enumerate(stratum.law))
    fourth = fsum(p * (x - centre) ** 4 for x, p in enumerate(stratum.law)) - 3 * variance**2
    return Seen((head - base) / draws, stratum.seen - centre, variance, fourth)
