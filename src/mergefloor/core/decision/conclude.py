"""One metric's verdict from its looks and its floor: block if even the best world blocks, pass only if the worst passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from mergefloor.core.decision import because, flips, floors, safety, scores, worlds
from mergefloor.core.decision.finding import Finding
from mergefloor.core.decision.flips import Pick
from mergefloor.core.decision.grounds import Grounds, reasons
from mergefloor.core.decision.trial import Trial
from mergefloor.core.decision.worlds import World
from mergefloor.core.evidence import CaseEvidence, Look, MetricDecision, MetricEvidence, Verdict

Power = Callable[[MetricEvidence, float], "float | None"]
Looks = tuple["Finding | None", "Finding | None"]


def conclude(trial: Trial, pick: Pick, looks: Looks, power: Power) -> MetricDecision:
    """The decision on one metric whose draws are all there."""
    found = _by_rule(trial, pick, looks, power)
    return _safely(found, trial) if safety.governs(trial) else found


def _by_rule(trial: Trial, pick: Pick, looks: Looks, power: Power) -> MetricDecision:
    grounds = _grounds(trial, pick, looks, power)
    verdict = _verdict(grounds, trial)
    world: World = "best" if verdict == "block" else "worst"
    shown = _looks(looks, world)
    sound = trial.defect is None
    cases = worlds.changed(trial.metric) if sound and trial.binary else ()
    return MetricDecision(
        suite=trial.metric.suite,
        rule=trial.metric.rule,
        kind=trial.metric.kind,
        verdict=verdict,
        reasons=reasons(grounds, trial, verdict, world),
        base=_mean([_base(case) for case in trial.metric.cases]) if sound else None,
        head=_mean([_head(case) for case in trial.metric.cases]) if sound else None,
        delta=_delta(trial) if sound else None,
        interval=grounds.interval,
        p_value=shown[-1].p if shown else None,
        looks=shown,
        smallest_drop=grounds.smallest,
        cases_total=len(trial.metric.cases),
        cases_unresolved=len(grounds.unresolved),
        head_only=trial.metric.head_only,
        confirmed_broken=flips.consistent(cases, base=1),
        confirmed_fixed=flips.consistent(cases, base=0),
        case_class=trial.metric.case_class,
    )


def _safely(found: MetricDecision, trial: Trial) -> MetricDecision:
    """The same numbers under the rule for safety cases, which knows no chance and no tolerance."""
    ruled = safety.ruled(trial)
    return replace(
        found,
        verdict=ruled.verdict,
        reasons=tuple(_safety_reasons(ruled, trial)),
        cases_unresolved=len(ruled.unknown),
        confirmed_broken=safety.named(ruled, *safety.BLOCKING),
        known_holes=safety.named(ruled, *safety.HOLES),
    )


def _safety_reasons(ruled: safety.Ruled, trial: Trial) -> Iterator[str]:
    if ruled.unknown:
        yield because.safety_unknown(len(ruled.unknown))
    for state, say in because.HOLES.items():
        if listed := [hole for hole in ruled.holes if hole.state == state]:
            yield say(len(listed), ", ".join(f"{h.case} ({because.runs(h.head, h.base)})" for h in listed))
    if not ruled.holes and not ruled.unknown:
        yield because.safe(len(worlds.changed(trial.metric)), len(trial.metric.cases))


def _grounds(trial: Trial, pick: Pick, looks: Looks, power: Power) -> Grounds:
    if trial.defect is not None:
        return Grounds()
    metric = trial.metric
    found = tuple(finding for finding in looks if finding is not None and finding.tests)
    return Grounds(
        floor=floors.against(metric, metric.rule.floor) if metric.rule.floor is not None else None,
        convicted=found[-1].convicted if found else frozenset(),
        collapsed={world: _collapsed(trial, world) for world in worlds.WORLDS},
        unresolved=trial.unresolved(pick, found[-1].look if found else "one"),
        interval=_interval(trial),
        smallest=power(metric, trial.policy.alpha) if trial.compared and trial.gating else None,
        looks=found,
    )


def _verdict(grounds: Grounds, trial: Trial) -> Verdict:
    if trial.defect is not None:
        return "error"
    if grounds.blocks("best"):
        return "block"
    total, share = len(trial.metric.cases), trial.policy.max_unresolved
    if not worlds.tolerable(grounds.unresolved, total, share) or grounds.blocks("worst"):
        return "error"
    if not trial.compared:
        return "inconclusive" if grounds.floor is None else "pass"
    if grounds.interval is not None and grounds.interval[0] > -_margin(trial):
        return "pass"
    return "error" if grounds.unresolved and trial.policy.on_inconclusive == "block" else "inconclusive"


def _margin(trial: Trial) -> float:
    return trial.policy.margin if trial.binary else trial.policy.score_margin


def _interval(trial: Trial) -> tuple[float, float] | None:
    if not trial.compared:
        return None
    return flips.bounds(trial.metric) if trial.binary else scores.bounds(trial.metric)


def _collapsed(trial: Trial, world: World) -> tuple[str, ...]:
    critical = (case for case in trial.metric.cases if case.critical and trial.binary)
    return tuple(sorted(case.case for case in critical if flips.collapsed(case, world)))


def _looks(findings: Sequence[Finding | None], world: World) -> tuple[Look, ...]:
    shown = (finding.shown(world) for finding in findings if finding is not None)
    return tuple(look for look in shown if look is not None)


def _base(case: CaseEvidence) -> float | None:
    return _mean(worlds.known(case.history))


def _head(case: CaseEvidence) -> float | None:
    return _base(case) if case.identical else worlds.first(case)


def _delta(trial: Trial) -> float | None:
    """Over cases known on both sides; a case with identical requests differs by 0 without any draw."""
    if not trial.compared:
        return None
    cases = trial.metric.cases
    return _mean([worlds.difference(case, "worst") for case in cases if not flips.unsure(case)])


def _mean(values: Sequence[float | None]) -> float | None:
    sure = worlds.known(values)
    return worlds.mean(sure) if sure else None
