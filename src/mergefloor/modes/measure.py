"""Draw, grade, compare, decide; and draw again where the decision asks for fresh pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mergefloor import graders
from mergefloor.core import compare
from mergefloor.core.cost import Ledger
from mergefloor.core.decision import decide
from mergefloor.core.decision.reverse import reversible, turned
from mergefloor.core.epoch import Epoch
from mergefloor.core.evidence import Decided, MetricDecision, MetricEvidence
from mergefloor.core.plan import PlannedCase, first_jobs, jobs_for
from mergefloor.core.ports import Canary, Toolbox
from mergefloor.core.settings import PASS_RATE
from mergefloor.core.types import Cell, Failure, Job, Output, SampleId, Vectors
from mergefloor.engine.caller import Order
from mergefloor.errors import MergefloorError
from mergefloor.modes.audit import Audited, audit, foreign_verdicts
from mergefloor.modes.epochs import outdated
from mergefloor.modes.hearing import Heard, heard, unasked
from mergefloor.modes.history import stored_history
from mergefloor.modes.rules import Rules
from mergefloor.modes.selection import Selected
from mergefloor.modes.suites import SuitePlan, judge_votes
from mergefloor.modes.world import Engine, World

# Look 0, a floor's repeats, look 1 and look 2 in any order, and one round to spare.
MAX_ROUNDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryMiss:
    """A planted judge call that came back wrong or not at all (`lost`)."""

    name: str
    got: str
    lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Everything drawn, what was decided from it, and the books. `heard`: the suites with the judged checks that may
    block; `reverse`: what would be decided about the change back, where that was asked for; `epoch`: stored outputs
    that had to be judged again; `silenced`: suites whose judge would have voted and missed a planted answer."""

    heard: Heard
    cells: Mapping[SampleId, Cell]
    decisions: tuple[MetricDecision, ...]
    ledger: Ledger
    canaries: tuple[CanaryMiss, ...] = ()
    audited: Audited | None = None
    reverse: tuple[MetricDecision, ...] = ()
    epoch: Epoch | None = None
    silenced: frozenset[str] = frozenset()

    @property
    def missed(self) -> tuple[tuple[str, str], ...]:
        """Planted answers that the judge missed: name, what came back."""
        return tuple((miss.name, miss.got) for miss in self.canaries)


def due(plan: SuitePlan) -> bool:
    """Whether anything that reaches the model changed: else no call, not even to the cache (CONTRACT 4)."""
    return any(not planned.identical for planned in plan.planned)


def run(
    selected: Selected, rules: Rules, world: World, *, offline: bool, both_ways: bool = False
) -> Measured:
    """Measure every suite that is due, all in one family of tests and one budget; first of all settle which judged
    checks may block. `both_ways`: ask about the change back too."""
    if not any(map(due, selected.plans)):
        return Measured(heard=unasked(selected, rules), cells={}, decisions=(), ledger=Ledger())
    with world.engine(rules.policy, selected.toolbox, offline) as engine:
        measured = _measured(selected, rules, world, engine, both_ways)
        if world.audit is None or offline:
            return measured
        audited = audit(engine, world.audit)
        if audited.convicts:
            world.cache.drop(foreign_verdicts(world.cache, world.audit))
            measured = _measured(selected, rules, world, engine, both_ways)
        return replace(measured, audited=audited)


def _measured(selected: Selected, rules: Rules, world: World, engine: Engine, both_ways: bool) -> Measured:
    _foresee(selected, world, engine)
    told = heard(selected, rules, engine)
    plans = [plan for plan in told.selected.plans if due(plan)]
    jobs = _first_jobs(plans, world)
    missed = canaries(jobs, selected.toolbox, engine)
    silenced = frozenset(plan.suite.name for plan in plans if missed and judge_votes(plan))
    if silenced:
        # What still convicts does so without the judge: nothing that it says is in the evidence any more.
        told = told.silenced()
        plans = [plan for plan in told.selected.plans if due(plan)]
        jobs = _first_jobs(plans, world)
    old = outdated(jobs, selected.toolbox, world.cache)
    cells: dict[SampleId, Cell] = {}
    _draw(engine, jobs, cells)
    decisions = _decide(plans, rules, engine, cells)
    reverse = _decide(plans, rules, engine, cells, back=True) if both_ways else ()
    return Measured(
        heard=told,
        cells=cells,
        decisions=decisions,
        ledger=engine.ledger,
        canaries=missed,
        reverse=reverse,
        epoch=old.told(cells),
        silenced=silenced,
    )


def _foresee(selected: Selected, world: World, engine: Engine) -> None:
    """Find out about missing keys before the judge is asked anything: it would be paid for a run that cannot draw."""
    plans = [plan for plan in selected.plans if due(plan)]
    sides = [side.model for plan in plans for side in (plan.base, plan.head) if side is not None]
    if any(map(engine.lacks, (*sides, *selected.toolbox.judges))):
        engine.foresee(_first_jobs(plans, world))


def _first_jobs(plans: Sequence[SuitePlan], world: World) -> tuple[Job, ...]:
    planned = [case for plan in plans for case in plan.planned]
    return first_jobs(planned, stored_history(planned, world.cache, world.now()))


def _draw(engine: Engine, jobs: Sequence[Job], cells: dict[SampleId, Cell]) -> None:
    fresh = [job for job in jobs if job.sample not in cells]
    cells.update((cell.job.sample, cell) for cell in engine.evaluate(fresh))


def canaries(
    jobs: Sequence[Job], toolbox: Toolbox, engine: Engine, *, anew: bool = False
) -> tuple[CanaryMiss, ...]:
    """Four planted verdicts ride with every judged run; one wrong one means that the judge cannot be believed. `anew`:
    whatever the cache holds of them, as the judge is today."""
    specs = {id(spec): spec for job in jobs for spec in job.graders}.values()
    if not any(map(graders.judged, specs)):
        return ()
    return planted(toolbox, engine, pairs=any(map(graders.compares, specs)), anew=anew)


def planted(
    toolbox: Toolbox, engine: Engine, *, pairs: bool = False, anew: bool = False
) -> tuple[CanaryMiss, ...]:
    """The planted verdicts that came back wrong, of every judge. `pairs`: planted comparisons too."""
    asked = graders.canaries(toolbox, pairs=pairs)
    asks = [canary.ask for canary in asked]
    orders = [Order(ask=ask, arm="judge", suite="") for ask in asks]
    replies = engine.anew(orders) if anew else engine.probe(asks)
    return tuple(
        CanaryMiss(name=canary.name, got=_said(canary, reply, toolbox), lost=isinstance(reply, Failure))
        for canary, reply in zip(asked, replies, strict=True)
        if canary.verdict(reply) is not canary.expected
    )


def _said(canary: Canary, reply: Output | Vectors | Failure, toolbox: Toolbox) -> str:
    by = f" by {canary.ask.request.model}" if toolbox.panel else ""
    if isinstance(reply, Failure):
        return f"no answer{by} ({reply.code}: {reply.message})"
    said = {True: "passed", False: "failed", None: "an unreadable verdict"}[canary.verdict(reply)]
    return f"{said}{by}"


def _decide(
    plans: Sequence[SuitePlan],
    rules: Rules,
    engine: Engine,
    cells: dict[SampleId, Cell],
    *,
    back: bool = False,
) -> tuple[MetricDecision, ...]:
    by_name: dict[tuple[str, str], PlannedCase] = {
        (p.suite, p.case.id): p for plan in plans for p in plan.planned
    }
    for _ in range(MAX_ROUNDS):
        evidence = _evidence(plans, cells)
        if back:
            evidence = tuple(turned(metric) for metric in evidence if reversible(metric))
        step = decide.decide(evidence, rules.policy.policy)
        if isinstance(step, Decided):
            return step.metrics
        _draw(engine, jobs_for(step.wants, by_name), cells)
    raise MergefloorError(
        "the decision asked for more draws than its rule allows", "please report this as a bug"
    )


def _evidence(plans: Sequence[SuitePlan], cells: Mapping[SampleId, Cell]) -> tuple[MetricEvidence, ...]:
    found: list[MetricEvidence] = []
    for plan in plans:
        found += compare.evidence(plan.binding, cells, plan.metrics)
        found += _own(plan, cells)
    return tuple(found)


def _own(plan: SuitePlan, cells: Mapping[SampleId, Cell]) -> tuple[MetricEvidence, ...]:
    """The head's own set can only fail a floor or a new safety case; with no base at all, it is all there is."""
    if not plan.binding:
        return compare.evidence(plan.own, cells, plan.metrics)
    floors = [metric for metric in plan.metrics if metric.rule.floor is not None]
    rates = [metric for metric in plan.metrics if metric.rule.name == PASS_RATE]
    of: dict[str, list[PlannedCase]] = {"regression": [], "safety": [], "capability": []}
    for case in plan.own:
        of[case.case_class].append(case)
    fresh = [case for case in of["safety"] if case.changed]
    return (*compare.evidence(fresh, cells, rates), *compare.evidence(of["regression"], cells, floors))
