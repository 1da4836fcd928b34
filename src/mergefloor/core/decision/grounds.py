"""What a verdict on one metric stands on, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mergefloor.core.decision import because, family, flips, scores, worlds
from mergefloor.core.decision.finding import Finding
from mergefloor.core.decision.floors import Floor
from mergefloor.core.decision.trial import Trial
from mergefloor.core.decision.worlds import World
from mergefloor.core.evidence import CaseEvidence, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Floor, convictions, collapsed critical cases, unknown cases, interval and power of one metric."""

    floor: Floor | None = None
    convicted: frozenset[World] = frozenset()
    collapsed: Mapping[World, tuple[str, ...]] = field(default_factory=dict)
    unresolved: tuple[CaseEvidence, ...] = ()
    interval: tuple[float, float] | None = None
    smallest: float | None = None
    looks: tuple[Finding, ...] = ()

    def blocks(self, world: World) -> bool:
        """Whether anything blocks in this world."""
        return bool(world in self.convicted or self.collapsed[world] or self._under(world))

    def _under(self, world: World) -> bool:
        if self.floor is None:
            return False
        return self.floor.blocks_worst if world == "worst" else self.floor.blocks_best


def reasons(grounds: Grounds, trial: Trial, verdict: Verdict, world: World) -> tuple[str, ...]:
    """Why this verdict, the deciding fact first."""
    if trial.defect is not None:
        return (because.unusable(trial.defect) if trial.metric.cases else because.nothing(),)
    return (
        *_unknown(grounds, trial, verdict),
        *_critical(grounds, verdict),
        *_regression(grounds, trial, world),
        *_certainty(grounds, trial, verdict),
        *_floor(grounds, trial),
    )


def _unknown(grounds: Grounds, trial: Trial, verdict: Verdict) -> Iterator[str]:
    count, total = len(grounds.unresolved), len(trial.metric.cases)
    if verdict == "error":
        few = worlds.tolerable(grounds.unresolved, total, trial.policy.max_unresolved)
        yield because.all_unknown(total) if count == total else because.undecided(count, total, matters=few)
    elif count:
        yield because.unresolved(count, total)


def _critical(grounds: Grounds, verdict: Verdict) -> Iterator[str]:
    if verdict == "block" and grounds.collapsed["best"]:
        yield because.critical(grounds.collapsed["best"])


def _regression(grounds: Grounds, trial: Trial, world: World) -> Iterator[str]:
    """The last look, or why there was none."""
    tested = [finding for finding in grounds.looks if world in finding.tests]
    if tested:
        assumed = bool(grounds.unresolved) and world == "worst"
        yield from _last_look(tested[-1], trial, world, unresolved=assumed)
    elif not trial.compared:
        yield because.no_base() if grounds.floor else because.no_yardstick()
    elif not worlds.changed(trial.metric):
        yield because.unchanged(len(trial.metric.cases))
    elif not grounds.unresolved:
        differences = [worlds.difference(case, world) for case in trial.metric.cases]
        moved = worlds.mean(differences)
        yield because.no_drop(moved) if trial.gating else because.shown_move(moved)


def _last_look(finding: Finding, trial: Trial, world: World, *, unresolved: bool) -> Iterator[str]:
    test, limit = finding.tests[world], finding.limits[world]
    say = because.confirmed if world in finding.convicted else because.not_confirmed
    if unresolved:
        yield because.counted_against()
    yield say(tested=test.cases, worse=test.worse, better=test.better, p=test.p, limit=limit)
    if world not in finding.convicted and family.within(test.p, limit) and not trial.enough(test.net):
        yield because.tolerated(net=test.net, limit=_tolerance(trial), binary=trial.binary)


def _tolerance(trial: Trial) -> float:
    drop = trial.metric.rule.max_drop
    if trial.binary:
        return flips.tolerated(drop, len(trial.metric.cases))
    return scores.tolerated(drop)


def _certainty(grounds: Grounds, trial: Trial, verdict: Verdict) -> Iterator[str]:
    if verdict == "inconclusive" and trial.compared and trial.gating:
        margin = trial.policy.margin if trial.binary else trial.policy.score_margin
        lower = grounds.interval[0] if grounds.interval else None
        yield because.too_wide(lower=lower, margin=margin, smallest=grounds.smallest)


def _floor(grounds: Grounds, trial: Trial) -> Iterator[str]:
    floor = grounds.floor
    if floor is None or len(grounds.unresolved) == len(trial.metric.cases):
        return
    if floor.excused:
        yield because.base_under_floor(floor=floor.floor)
    elif floor.blocks_best:
        yield because.under_floor(estimate=floor.estimate, upper=floor.upper, floor=floor.floor)
    elif floor.suspected:
        yield because.floor_unproven(estimate=floor.estimate, upper=floor.upper, floor=floor.floor)
    else:
        yield because.floor_held(estimate=floor.estimate, floor=floor.floor, certified=floor.certified)
    if floor.unmeasured:
        yield because.unmeasured(floor.unmeasured)
