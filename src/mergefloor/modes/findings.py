"""Everything a run found, gathered into one Report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mergefloor.core import cost, outcomes, pins, unseen, verdict
from mergefloor.core.evidence import MetricDecision
from mergefloor.core.plan import OWN_SET
from mergefloor.core.report import JudgeReport, PinnedModel, Report, SuiteReport
from mergefloor.core.settings import Suite
from mergefloor.core.types import Cell, Failure
from mergefloor.core.verdict import Ruling
from mergefloor.modes import measure
from mergefloor.modes.measure import Measured
from mergefloor.modes.rules import Rules, Sides
from mergefloor.modes.selection import Selected
from mergefloor.modes.suites import SuitePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One gate run, complete: what was asked, read, planned and measured."""

    base_ref: str
    head_ref: str
    sides: Sides
    rules: Rules
    selected: Selected
    measured: Measured
    duration_s: float


def report(run: Run) -> Report:
    """The run as one value, ready to be rendered."""
    suites = tuple(_suite(plan, run) for plan in run.selected.plans) + tuple(
        _idle(s) for s in run.selected.idle
    )
    models = _models(run)
    rulings = [_suite_ruling(plan, run) for plan in run.selected.plans]
    rulings += [_pin_ruling(models, run), _canary_ruling(run)]
    final = verdict.of_run(rulings)
    ledger, prices = run.measured.ledger, run.rules.policy.prices
    return Report(
        verdict=final.verdict,
        exit_code=verdict.exit_code(final.verdict, run.rules.policy.policy),
        reasons=final.reasons,
        advice=(),
        base_ref=run.base_ref,
        base_sha=run.sides.base.sha,
        merge_base_sha=run.sides.fork.sha,
        head_ref=run.head_ref,
        head_sha=run.sides.head.sha,
        suites=suites,
        cost=ledger.cost(),
        duration_s=run.duration_s,
        config_path=run.rules.policy.path,
        judge=_judge(run),
        models=models,
        unseen=unseen.of_run(suites, run),
        notes=run.selected.notes,
        scripted=ledger.scripted,
        first_run=run.rules.first_run,
    )
