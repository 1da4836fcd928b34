"""The gate's rule as a step without memory: all evidence so far in, the draws still needed or the verdicts out.

History and first draws select; only fresh pairs of both arms convict. Every statistic is computed in the world worst
for the head and in the best one, where unknown draws leave a difference (R20).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from mergefloor.core.decision import family, flips, floors, safety, scores, worlds
from mergefloor.core.decision.conclude import Power, conclude
from mergefloor.core.decision.finding import Finding, examined
from mergefloor.core.decision.flips import Pick
from mergefloor.core.decision.smallest_drop import smallest_drop
from mergefloor.core.decision.trial import FreshLook, Trial, opened
from mergefloor.core.evidence import CaseEvidence, Decided, LookName, MetricEvidence, Needs, Want
from mergefloor.core.settings import Policy

Findings = Mapping[int, Finding]
Key = tuple[str, str, LookName]


def decide(
    metrics: Sequence[MetricEvidence], policy: Policy, *, power: Power = smallest_drop
) -> Needs | Decided:
    """The draws still needed, or a decision for every metric in their order (DECISION 1-4).

    Obtain what is wanted (None where a draw fails) and ask again with all evidence: at most three rounds of wants.
    Metrics that do not gate want nothing and are decided for show from what the others drew. `power` says which
    true drop a metric's golden set would have blocked.
    """
    trials = tuple(opened(metric, policy) for metric in metrics)
    alone = tuple(_safety_wants(trials))
    if openings := tuple(_openings(trials)):
        return Needs(wants=_united((*openings, *alone)))
    picks = _picks(trials)
    if wants := _united((*_floor_wants(trials), *_first_wants(trials, picks), *alone)):
        return Needs(wants=wants)
    one = _look("one", trials, picks, policy)
    if wants := _united(_second_wants(trials, picks, one)):
        return Needs(wants=wants)
    two = _look("two", trials, picks, policy, one)
    return Decided(
        metrics=tuple(
            conclude(trial, picks[trial.metric.suite], (one.get(i), two.get(i)), power)
            for i, trial in enumerate(trials)
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shortfall:
    """Draws that one case lacks."""

    key: Key
    count: int


def _united(missing: Iterable[_Shortfall]) -> tuple[Want, ...]:
    """One want a case and look, the largest count, in a fixed order."""
    most: dict[Key, int] = {}
    for item in missing:
        most[item.key] = max(item.count, most.get(item.key, 0))
    return tuple(Want(suite=s, case=c, look=look, count=n) for (s, c, look), n in sorted(most.items()))


def _lacks(trial: Trial, case: CaseEvidence, look: LookName, count: int) -> list[_Shortfall]:
    drawn = {"plain": len(case.head), "one": len(case.one), "two": len(case.two)}[look]
    return [_Shortfall(key=(trial.metric.suite, case.case, look), count=count)] if drawn < count else []


def _openings(trials: Iterable[Trial]) -> Iterable[_Shortfall]:
    """Look 0: one draw of the head for every case that the change can have moved."""
    for trial in trials:
        if trial.gating:
            for case in worlds.changed(trial.metric):
                yield from _lacks(trial, case, "plain", 1)


def _floor_wants(trials: Iterable[Trial]) -> Iterable[_Shortfall]:
    """A suspected floor wants three draws of the head of every case."""
    for trial in trials:
        if trial.gating and trial.suspects & trial.alive:
            for case in worlds.changed(trial.metric):
                yield from _lacks(trial, case, "plain", floors.DRAWS)


def _safety_wants(trials: Iterable[Trial]) -> Iterable[_Shortfall]:
    """What safety cases lack at whichever look they are."""
    for trial in trials:
        for case, look, count in safety.missing(trial):
            yield from _lacks(trial, case, look, count)


def _picks(trials: Iterable[Trial]) -> dict[str, Pick]:
    """The flipping cases of every suite: the union over its gating binary metrics that dropped at look 0."""
    picks: dict[str, tuple[set[str], set[str]]] = {}
    for trial in trials:
        cases, sure = picks.setdefault(trial.metric.suite, (set(), set()))
        if not (trial.gating and trial.binary and trial.drops & trial.alive):
            continue
        flipping = {case.case for case in trial.metric.cases if flips.mixed(case)}
        cases |= flipping | {case.case for case in trial.metric.cases if flips.unsure(case)}
        sure |= flipping if "best" in trial.drops else set()
    return {
        suite: Pick(cases=frozenset(cases), sure=frozenset(sure)) for suite, (cases, sure) in picks.items()
    }


def _first_wants(trials: Iterable[Trial], picks: Mapping[str, Pick]) -> Iterable[_Shortfall]:
    """Look 1: three fresh pairs of the picked cases, one of every case for a score, three for a broken critical."""
    for trial in trials:
        if trial.gating and trial.drops & trial.alive:
            count = flips.PAIRS_ONE if trial.binary else scores.PAIRS["one"]
            for case in trial.cases(picks[trial.metric.suite]):
                yield from _lacks(trial, case, "one", count)
        if trial.gating and trial.binary:
            for case in filter(flips.alarming, trial.metric.cases):
                yield from _lacks(trial, case, "one", flips.PAIRS_ONE)


def _second_wants(trials: Iterable[Trial], picks: Mapping[str, Pick], one: Findings) -> Iterable[_Shortfall]:
    """Look 2: four more pairs of the picked cases, or for a score two more of every case."""
    for index, trial in enumerate(trials):
        if trial.gating and index in one and _open(one[index], trial, picks):
            look: LookName = "two" if trial.binary else "one"
            count = flips.PAIRS_TWO if trial.binary else scores.PAIRS["two"]
            for case in trial.cases(picks[trial.metric.suite]):
                yield from _lacks(trial, case, look, count)


def _open(finding: Finding, trial: Trial, picks: Mapping[str, Pick]) -> bool:
    return finding.open and trial.hopeful(picks[trial.metric.suite], "two")


def _look(
    look: FreshLook,
    trials: Sequence[Trial],
    picks: Mapping[str, Pick],
    policy: Policy,
    prior: Findings = MappingProxyType({}),
) -> Findings:
    """Test every metric that dropped at look 0; the gating ones as one family, each other one alone."""
    found = {
        index: examined(look, trial, picks[trial.metric.suite], prior.get(index))
        for index, trial in enumerate(trials)
        if trial.drops
    }
    together = [index for index in found if trials[index].gating]
    for group in (together, *([index] for index in found if not trials[index].gating)):
        for world in worlds.WORLDS:
            members = [found[index].member for index in group]
            limits = family.limits(members, policy.alpha, world)
            for index, limit in zip(group, limits, strict=True):
                found[index] = found[index].judged(world, limit)
    return found
