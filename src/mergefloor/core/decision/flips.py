"""Regression of a binary metric: history selects the cases that flip, fresh pairs of both arms convict.

Everything here is one metric's evidence in one world; which metrics are tested together is decided in decide.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import fsum, prod, sqrt
from typing import Literal, NamedTuple

from mergefloor.core import exact
from mergefloor.core.decision import worlds
from mergefloor.core.decision.worlds import World
from mergefloor.core.evidence import CaseEvidence, MetricEvidence, Pair
from mergefloor.core.stats import EPSILON, Z95

PAIRS_ONE, PAIRS_TWO = 3, 4
SHARE = {"one": 0.5, "two": 0.5}  # of alpha, a look
LEAST_NET = 1.5  # cases: fewer are never a regression, whatever p says
SIGN_BELOW = 3  # draws of history under which a case counts by its sign (figures: docs/decision.md)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """The cases of a suite that fresh pairs test. `sure`: those picked whatever unknown draws were."""

    cases: frozenset[str]
    sure: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What the fresh pairs say in one world: p, the net change (binary: cases; score: mean), cases a direction."""

    p: float
    net: float
    cases: int
    worse: int
    better: int


def mixed(case: CaseEvidence) -> bool:
    """Whether the known outcomes of look 0 disagree."""
    return not case.identical and len({*worlds.known((*case.history, *case.head[:1]))}) > 1


def unsure(case: CaseEvidence) -> bool:
    """Whether look 0 holds an unknown draw."""
    return not case.identical and None in (*worlds.history(case), worlds.first(case))


def drops(metric: MetricEvidence, world: World) -> bool:
    """Whether head's first draws are below the history's mean; equal is no drop."""
    return fsum(worlds.difference(case, world) for case in metric.cases) < -EPSILON


def pairs(case: CaseEvidence, look: str) -> tuple[Pair, ...]:
    """The fresh pairs that a look tests: look 2 pools look 1's."""
    return case.one[:PAIRS_ONE] + (case.two[:PAIRS_TWO] if look == "two" else ())


def complete(case: CaseEvidence, look: str) -> bool:
    """Whether every pair of a look was drawn."""
    return len(pairs(case, look)) == PAIRS_ONE + (PAIRS_TWO if look == "two" else 0)


def picked(metric: MetricEvidence, pick: Pick) -> tuple[CaseEvidence, ...]:
    """The picked cases that the metric has."""
    return tuple(case for case in worlds.changed(metric) if case.case in pick.cases)


def tested(metric: MetricEvidence, pick: Pick, look: str, world: World) -> Tested:
    """The exact test of one look over the picked cases of one metric."""
    gaps = [_gap(case, pick, look, world) for case in picked(metric, pick)]
    return Tested(
        p=exact.tail(_stratum(unit, pick, look, world) for unit in _units(metric, pick)),
        net=sum(gaps) / (PAIRS_ONE + (PAIRS_TWO if look == "two" else 0)),
        cases=len(gaps),
        worse=sum(gap < 0 for gap in gaps),
        better=sum(gap > 0 for gap in gaps),
    )


def reachable(metric: MetricEvidence, pick: Pick, look: str) -> tuple[float, float]:
    """The smallest p that the margins allow: in some world, and in every world."""
    low, high = 1.0, 1.0
    for unit in _units(metric, pick):
        if _settled(unit.cases, pick, look):
            least = _stratum(unit, pick, look, "worst").law[0]
            low, high = low * least, high * least
        else:
            low *= _least(unit, look)
    return low, high


def lowest(metric: MetricEvidence, pick: Pick, look: str) -> float:
    """The smallest p that any outcome of a look could give: known before its pairs are drawn."""
    return prod(_least(unit, look) for unit in _units(metric, pick))


def tolerated(max_drop: float, cases: int) -> float:
    """The net loss, in cases, that the owner tolerates."""
    return max(LEAST_NET, max_drop * cases)


def enough(net: float, metric: MetricEvidence) -> bool:
    """Whether a net loss, in cases, is more than the owner tolerates."""
    return net <= -tolerated(metric.rule.max_drop, len(metric.cases)) + EPSILON


def bounds(metric: MetricEvidence) -> tuple[float, float]:
    """Two-sided 90 % interval of the difference from look 0, holding in every world; by cluster totals.

    One pseudo-loss of a whole case is added to the spread, so that a small set without any flip is not certain.
    """
    cases, n = worlds.changed(metric), len(metric.cases)
    if not cases:
        return 0.0, 0.0
    low, high, squares = [], [], []
    for group in _grouped(cases):
        least = fsum(worlds.difference(case, "worst") for case in group)
        most = fsum(worlds.difference(case, "best") for case in group)
        low.append(least)
        high.append(most)
        squares.append(max(least * least, most * most))
    half = Z95 * sqrt(fsum(squares) + 1)
    return max(-1.0, (fsum(low) - half) / n), min(1.0, (fsum(high) + half) / n)


def collapsed(case: CaseEvidence, world: World) -> bool:
    """A critical case that base never failed and head never passed: 4 of 4 against history and 3 fresh."""
    if case.identical or not case.history or len(case.one) < PAIRS_ONE:
        return False
    fresh = case.one[:PAIRS_ONE]
    base = [*case.history, *(pair.base for pair in fresh)]
    head = [worlds.first(case), *(pair.head for pair in fresh)]
    return all(worlds.base(v, world) == 1 for v in base) and all(worlds.head(v, world) == 0 for v in head)


def alarming(case: CaseEvidence) -> bool:
    """A critical case that always passed and fails at look 0: it gets its fresh pairs whatever the others do."""
    return (
        case.critical
        and not case.identical
        and bool(case.history)
        and all(value == 1 for value in case.history)
        and worlds.first(case) == 0
    )


def consistent(cases: Sequence[CaseEvidence], *, base: float) -> tuple[str, ...]:
    """Cases whose known fresh draws agree without exception: base always `base`, head always the opposite."""
    found = []
    for case in cases:
        drawn = pairs(case, "two")
        if len(drawn) >= PAIRS_ONE and all(pair.base == base and pair.head == 1 - base for pair in drawn):
            found.append(case.case)
    return tuple(sorted(found))


# The smallest probability of any single stratum: 3 of 6 at look 1, 7 of 14 at look 2, all of them the base's.
_LOWEST = {"one": exact.passes(3, 3, 0).law[0], "two": exact.passes(7, 7, 0).law[0]}


def _grouped(cases: Sequence[CaseEvidence]) -> list[list[CaseEvidence]]:
    """Cases by cluster, in an order of their names; a case without a cluster is its own unit."""
    groups: dict[tuple[bool, str], list[CaseEvidence]] = defaultdict(list)
    for case in cases:
        groups[worlds.unit(case)].append(case)
    return [group for _, group in sorted(groups.items(), key=lambda item: item[0])]


class _Unit(NamedTuple):
    """Picked cases that count together, and by which null law: what they are does not depend on the picking."""

    cases: list[CaseEvidence]
    law: Literal["passes", "sign", "swap"]


def _units(metric: MetricEvidence, pick: Pick) -> list[_Unit]:
    units = []
    for group in _grouped(worlds.changed(metric)):
        if chosen := [case for case in group if case.case in pick.cases]:
            units.append(_Unit(chosen, _law(group)))
    return units


def _law(group: Sequence[CaseEvidence]) -> Literal["passes", "sign", "swap"]:
    if any(len(case.history) < SIGN_BELOW for case in group):
        return "sign"
    return "swap" if len(group) > 1 else "passes"


def _settled(group: Collection[CaseEvidence], pick: Pick, look: str) -> bool:
    return all(case.case in pick.sure and worlds.pairs_known(pairs(case, look)) for case in group)


def _least(unit: _Unit, look: str) -> float:
    return _LOWEST[look] if unit.law == "passes" else 0.5


def _stratum(unit: _Unit, pick: Pick, look: str, world: World) -> exact.Stratum:
    if unit.law == "passes":
        return _single(unit.cases[0], pick, look, world)
    gap = sum(_gap(case, pick, look, world) for case in unit.cases)
    return exact.sign(gap) if unit.law == "sign" else exact.swap(gap)


def _gap(case: CaseEvidence, pick: Pick, look: str, world: World) -> int:
    """Head's fresh passes minus base's, one-sided for a case that some world would not have picked."""
    gap = round(worlds.gap(pairs(case, look), world))
    if case.case in pick.sure:
        return gap
    return min(0, gap) if world == "worst" else max(0, gap)


def _single(case: CaseEvidence, pick: Pick, look: str, world: World) -> exact.Stratum:
    """One case with history. Where picking it depends on unknown draws, the extreme of its law (or leaving it out)
    bounds p in every world: adding a unit at its least value never raises p, at its largest never lowers it."""
    drawn = pairs(case, look)
    base = round(sum(worlds.base(pair.base, world) for pair in drawn))
    head = round(sum(worlds.head(pair.head, world) for pair in drawn))
    stratum = exact.passes(len(drawn), base, head)
    if case.case in pick.sure:
        return stratum
    silent = stratum.top if world == "worst" else 0
    if stratum.seen == silent:
        return exact.SILENT
    return exact.Stratum(stratum.law, 0 if world == "worst" else stratum.top)
