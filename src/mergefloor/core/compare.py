"""Cells to evidence: what every draw of every case says about every metric of its suite."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mergefloor.core.classes import CLASSES, CaseClass
from mergefloor.core.evidence import CaseEvidence, MetricEvidence, Pair, Value
from mergefloor.core.plan import PlannedCase
from mergefloor.core.settings import PASS_RATE, MetricRule
from mergefloor.core.types import AnyGrade, ArmName, Cell, Failure, Grade, GraderSpec, SampleId

Kind = Literal["binary", "score"]
CaseKey = tuple[str, str]
Cells = Mapping[SampleId, Cell]
Values = Mapping[SampleId, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPlan:
    """One metric of a suite: its rule and whether its values are binary or scores."""

    rule: MetricRule
    kind: Kind


def value(metric: str, kind: Kind, cell: Cell) -> Value:
    """One draw's value of one metric, None when it is not known."""
    if isinstance(cell.output, Failure):
        return None
    return _pass_value(cell.grades) if metric == PASS_RATE else _grade_value(metric, kind, cell.grades)


def _pass_value(grades: Iterable[AnyGrade]) -> Value:
    gating = [g for g in grades if g.gating]
    if any(isinstance(g, Grade) and not g.passed for g in gating):
        return 0.0
    return 1.0 if gating and all(isinstance(g, Grade) for g in gating) else None


def _grade_value(metric: str, kind: Kind, grades: Iterable[AnyGrade]) -> Value:
    found = next((g for g in grades if g.grader == metric), None)
    if not isinstance(found, Grade):
        return None
    return float(found.passed) if kind == "binary" else found.score


def applies(metric: str, graders: Iterable[GraderSpec]) -> bool:
    """Whether a case has a check of this metric; a case without one is not in the metric's denominator."""
    return any(spec.gating if metric == PASS_RATE else spec.name == metric for spec in graders)


def evidence(
    cases: Sequence[PlannedCase], cells: Cells, metrics: Sequence[MetricPlan]
) -> tuple[MetricEvidence, ...]:
    """Every metric that any case has a check of, over one golden set and class by class; `cases` are of one suite
    and one role."""
    drawn = _by_case(cells.values())
    return tuple(
        _metric(mine, drawn, replace(plan, rule=_ruled(plan.rule, case_class)))
        for case_class in CLASSES
        if (mine := [case for case in cases if case.case_class == case_class])
        for plan in metrics
        if any(applies(plan.rule.name, case.graders) for case in mine)
    )


def _ruled(rule: MetricRule, case_class: CaseClass) -> MetricRule:
    """Floors and tolerated losses are for regression cases. A safety case gates as a whole, by its own rule, and a
    capability never does."""
    if case_class == "regression":
        return rule
    safety = case_class == "safety"
    return replace(
        rule, floor=None, gating=safety and rule.name == PASS_RATE, counted=safety and rule.counted
    )


def _metric(
    cases: Sequence[PlannedCase], drawn: Mapping[CaseKey, Sequence[Cell]], plan: MetricPlan
) -> MetricEvidence:
    rows = tuple(
        _case(planned, drawn.get((planned.suite, planned.case.id), ()), plan)
        for planned in cases
        if applies(plan.rule.name, planned.graders)
    )
    first = cases[0]
    return MetricEvidence(
        suite=first.suite,
        rule=plan.rule,
        kind=plan.kind,
        cases=rows,
        head_only=first.head_only,
        case_class=first.case_class,
    )


def _case(planned: PlannedCase, cells: Iterable[Cell], plan: MetricPlan) -> CaseEvidence:
    values = {c.job.sample: value(plan.rule.name, plan.kind, c) for c in cells}
    return CaseEvidence(
        case=planned.case.id,
        history=_draws(values, "base"),
        head=_draws(values, "head"),
        one=_pairs(values, "one"),
        two=_pairs(values, "two"),
        cluster=planned.case.cluster,
        critical=planned.case.critical,
        identical=planned.identical,
    )


def _draws(values: Values, arm: ArmName) -> tuple[Value, ...]:
    mine = [s for s in values if s.arm == arm and s.look == "plain"]
    return tuple(values[s] for s in sorted(mine, key=lambda s: s.index))


def _pairs(values: Values, look: Literal["one", "two"]) -> tuple[Pair, ...]:
    base = {s.index: v for s, v in values.items() if s.look == look and s.arm == "base"}
    head = {s.index: v for s, v in values.items() if s.look == look and s.arm == "head"}
    return tuple(Pair(base=base[i], head=head[i]) for i in sorted(base.keys() & head.keys()))


def _by_case(cells: Iterable[Cell]) -> dict[CaseKey, list[Cell]]:
    grouped: dict[CaseKey, list[Cell]] = defaultdict(list)
    for cell in cells:
        grouped[cell.job.sample.suite, cell.job.sample.case].append(cell)
    return grouped
