"""Everything a run found, gathered into one Report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mergefloor import config, golden, graders, prompts
from mergefloor.core import causes, lifecycle, outcomes, planted, unchecked, unseen, verdict
from mergefloor.core.calibration import hearing
from mergefloor.core.evidence import MetricDecision
from mergefloor.core.plan import OWN_SET
from mergefloor.core.report import PinnedModel, Report, SuiteReport
from mergefloor.core.semver import VersionCheck
from mergefloor.core.settings import PASS_RATE, Suite
from mergefloor.core.standing import visible_drop
from mergefloor.core.targets import label
from mergefloor.core.types import Failure
from mergefloor.core.verdict import Ruling
from mergefloor.modes import comparability, notices, pass_rates
from mergefloor.modes.hearing import judge_report
from mergefloor.modes.integrity import Examined
from mergefloor.modes.kinship import own_judges
from mergefloor.modes.measure import Measured, due
from mergefloor.modes.rules import Rules, Sides
from mergefloor.modes.selection import Selected
from mergefloor.modes.suites import SuitePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One gate run, complete: what was asked, read, planned and measured. `today`: days since 1970."""

    base_ref: str
    head_ref: str
    sides: Sides
    rules: Rules
    selected: Selected
    measured: Measured
    duration_s: float
    today: int
    examined: Examined
    remarks: tuple[str, ...] = ()
    versions: Mapping[str, VersionCheck] = field(default_factory=dict)


def report(run: Run) -> Report:
    """The run as one value, ready to be rendered."""
    policy = run.rules.policy.policy
    table = config.model_table(run.rules.policy.models)
    models = notices.in_use(run.selected.plans, run.selected.toolbox, table, run.today)
    rulings = {plan.suite.name: _suite_ruling(plan, run) for plan in run.selected.plans}
    failed = causes.failures(run.measured.cells.values())
    tampered = verdict.of_tampering(run.examined.tampering)
    final = verdict.of_run(
        [*rulings.values(), _pin_ruling(models, run), _canary_ruling(run), _hearing_ruling(run), tampered]
    )
    final = verdict.CANCELLED if causes.cancelled(failed) else final
    suites = [_suite(plan, rulings[plan.suite.name], run) for plan in run.selected.plans]
    ledger = run.measured.ledger
    advice = (*planted.advice(run.measured.missed), *causes.sentences(failed))
    return Report(
        verdict=final.verdict,
        exit_code=verdict.exit_code(final.verdict, policy),
        reasons=final.reasons,
        advice=advice if final.verdict == "error" else (),
        base_ref=run.base_ref,
        base_sha=run.sides.base.sha,
        merge_base_sha=run.sides.fork.sha,
        head_ref=run.head_ref,
        head_sha=run.sides.head.sha,
        suites=(*suites, *map(_idle, run.selected.idle)),
        cost=ledger.cost(),
        duration_s=run.duration_s,
        config_path=run.rules.policy.path,
        judge=judge_report(run.selected.toolbox.judges, run.measured.heard.hearings),
        models=models,
        unseen=_unseen(run, final),
        notes=(
            *run.selected.notes,
            *run.remarks,
            *comparability.aged(run.selected.plans, run.rules, run.measured.cells, run.today),
        ),
        scripted=ledger.scripted,
        first_run=run.rules.first_run,
        tampering=run.examined.tampering,
        notices=lifecycle.notices(_uses(run), table, run.today),
        files=len(run.selected.changes),
        judged=run.measured.heard.hearings,
        rates=pass_rates.rates(run.selected.plans, run.measured.cells, run.measured.heard.hearings),
    )


def _suite_ruling(plan: SuitePlan, run: Run) -> Ruling:
    """What was measured, and whether the version promises as much."""
    if plan.head is None:
        return verdict.prompt_gone(plan.suite.name, plan.suite.prompt)
    name = plan.suite.name
    measured = verdict.of_suite(name, _decisions(plan, run)) if due(plan) else Ruling(verdict="pass")
    return verdict.of_run([measured, verdict.of_version(name, run.versions.get(name))])


def _decisions(plan: SuitePlan, run: Run) -> tuple[MetricDecision, ...]:
    names = {plan.suite.name, plan.suite.name + OWN_SET}
    return tuple(m for m in run.measured.decisions if m.suite in names)


def _suite(plan: SuitePlan, ruling: Ruling, run: Run) -> SuiteReport:
    name, metrics = plan.suite.name, _decisions(plan, run)
    rates = [m for m in metrics if m.rule.name == PASS_RATE]
    sides = outcomes.changed_sides(
        plan.binding,
        run.measured.cells,
        frozenset(case for m in rates for case in m.confirmed_broken),
        frozenset(case for m in rates for case in m.confirmed_fixed),
        frozenset(case for m in rates if m.case_class == "safety" for case in m.confirmed_broken),
    )
    ids = {case.id for case in plan.base.cases} if plan.base else set()
    mine = {case.id for case in plan.head.cases} if plan.head else set()
    return SuiteReport(
        name=name,
        prompt=_measured(plan.suite),
        verdict=ruling.verdict,
        why=plan.why,
        ran=due(plan),
        cases_total=len(plan.binding or plan.own),
        cases_unresolved=max((m.cases_unresolved for m in metrics), default=0),
        identical=sum(case.identical for case in plan.binding),
        metrics=metrics,
        broken=sides.broken,
        fixed=sides.fixed,
        uses=run.measured.ledger.uses(name) + run.measured.ledger.uses(name + OWN_SET),
        new_cases=tuple(sorted(mine - ids)) if ids else (),
        removed_cases=tuple(sorted(ids - mine)) if mine else (),
        failures=_failures(plan, run),
        semver=run.versions.get(name),
        rows=outcomes.case_rows(plan.binding or plan.own, run.measured.cells),
        not_comparable=comparability.of_suite(plan, run.rules, run.measured.cells),
    )


def _failures(plan: SuitePlan, run: Run) -> tuple[tuple[str, Failure], ...]:
    """One failure a case: the first draw that is not known."""
    found: dict[str, Failure] = {}
    for sample, cell in run.measured.cells.items():
        if sample.suite in (plan.suite.name, plan.suite.name + OWN_SET) and isinstance(cell.output, Failure):
            found.setdefault(sample.case, cell.output)
    return tuple(sorted(found.items()))


def _idle(suite: Suite) -> SuiteReport:
    return SuiteReport(
        name=suite.name,
        prompt=_measured(suite),
        verdict="pass",
        why=(verdict.UNTOUCHED,),
        ran=False,
        cases_total=0,
        cases_unresolved=0,
        identical=0,
    )


def _measured(suite: Suite) -> str:
    """What a suite measures: the path of its prompt, or its target in a few words."""
    return suite.prompt or (label(suite.target) if suite.target is not None else "")


def _uses(run: Run) -> Iterator[lifecycle.Use]:
    judged = run.selected.toolbox.judge is not None
    return notices.gate_uses(run.rules, run.selected.plans, judged=judged)


def _pin_ruling(models: tuple[PinnedModel, ...], run: Run) -> Ruling:
    """A floating name may mean another model tomorrow: the base's policy says whether that blocks. Embedding models
    have no dated snapshots, their names are versions."""
    floating = {m.name: m.instead for m in models if not m.pinned and m.used_for in ("head", "judge")}
    return verdict.of_pins(dict(sorted(floating.items())), run.rules.policy.policy)


def _canary_ruling(run: Run) -> Ruling:
    return verdict.of_canaries(run.measured.missed, gates=bool(run.measured.silenced))


def _hearing_ruling(run: Run) -> Ruling:
    """A check that is to block and could not be held against people leaves the run undecided: an outage is no reason
    to let a change in."""
    lost = [each for each in run.measured.heard.hearings if each.wanted and each.undecided]
    return Ruling(verdict="error" if lost else "pass", reasons=tuple(map(hearing.undecided, lost)))


def _unseen(run: Run, final: Ruling) -> tuple[str, ...]:
    judged = sum(graders.judged(spec) for p in run.selected.plans for c in p.planned for spec in c.graders)
    judge = " + ".join(map(str, run.selected.toolbox.judges))
    told = _hearings(run)
    silenced = bool(run.measured.silenced)
    alone = judge and not run.selected.judge_gates and not silenced and not told
    found = [unseen.uncalibrated_judge(judge, judged)] if alone else []
    found += told
    found += [unseen.own_judge(names, model) for model, names in own_judges(run.selected)]
    missed = run.measured.missed
    found += [unseen.canaries(missed)] if missed and (not silenced or final.verdict != "error") else []
    audited = run.measured.audited
    if audited is not None and audited.differing:
        found += [unseen.unconfirmed(audited.differing, audited.examined, dropped=audited.convicts)]
    uncovered = _uncovered(run)
    found += [unseen.uncovered(uncovered)] if uncovered else []
    found += [unseen.unsearched(run.examined.unread)] if run.examined.unread else []
    for plan in run.selected.plans:
        found += [unseen.unread_base(plan.suite.name, note) for note in plan.notes]
        found += [unseen.unmatched(plan.suite.name, glob) for glob in _unmatched(plan, run)]
        found += unchecked.unchecked(plan.suite.name, plan.binding or plan.own)
        found += [unseen.hopeless_base(plan.suite.name)] if _hopeless(plan, run) else []
        unmeasured = sum(c.identical and (c.suite, c.case.id) not in _drawn(run) for c in plan.binding)
        found += [unseen.unmeasured(plan.suite.name, unmeasured)] if unmeasured and due(plan) else []
    return tuple(found)


def _hearings(run: Run) -> list[str]:
    """A line a judged check that has labels or would need them."""
    heard, judge = run.measured.heard, " + ".join(map(str, run.selected.toolbox.judges))
    found = [hearing.line(each, visible_drop(each.grader, run.measured.decisions)) for each in heard.hearings]
    found += [told for told in map(hearing.by_length, heard.hearings) if told is not None]
    found += [hearing.unheard(name, judge) for name in heard.unheard]
    return found + [hearing.unread(problem, judge) for problem in heard.problems]


def _unmatched(plan: SuitePlan, run: Run) -> list[str]:
    own = [glob for glob in plan.suite.golden if not golden.is_shipped(glob)]
    return [glob for glob in own if not config.select([glob], run.sides.head.files)]


def _hopeless(plan: SuitePlan, run: Run) -> bool:
    rates = [m for m in _decisions(plan, run) if m.rule.name == PASS_RATE and m.case_class == "regression"]
    return any(m.base == 0 for m in rates)


def _drawn(run: Run) -> set[tuple[str, str]]:
    return {(sample.suite, sample.case) for sample in run.measured.cells}


def _uncovered(run: Run) -> tuple[str, ...]:
    """Changed prompt files that no suite runs."""
    covered = {suite.prompt for suite, _ in run.rules.suites()} | {s.prompt for s in run.rules.head.suites}
    return tuple(
        change.path
        for change in run.selected.changes
        if change.kind != "deleted" and prompts.is_prompt(change.path) and change.path not in covered
    )
