"""The three classes side by side: how many cases each has, how they stand, and what that means for the merge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mergefloor.core.classes import CLASSES, CaseClass
from mergefloor.core.evidence import MetricDecision, Verdict
from mergefloor.core.report import Report
from mergefloor.core.settings import PASS_RATE
from mergefloor.core.standing import on_own_set, standing
from mergefloor.core.tables import Table, tone
from mergefloor.core.wording import Words, apart, change, count, say

_WORST: tuple[Verdict, ...] = ("block", "error", "inconclusive", "pass")
_TITLES: dict[CaseClass, str] = {
    "safety": "safety: tolerates nothing",
    "regression": "regression: gates by the rule",
    "capability": "capability: shown, never blocks",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSummary:
    """One class over all suites that ran. `base`, `head`: pass rates over its cases; `broken`: cases that fresh runs
    confirmed as broken; `known_holes`: safety cases that fail and did so before."""

    case_class: CaseClass
    cases: int
    base: float | None
    head: float | None
    broken: tuple[str, ...]
    known_holes: tuple[str, ...]
    verdict: Verdict
    words: str


def class_summaries(report: Report) -> tuple[ClassSummary, ...]:
    """Every class that has cases, strictest first."""
    rates = [m for suite in report.suites for m in suite.metrics if m.rule.name == PASS_RATE]
    found = ((name, [m for m in rates if m.case_class == name and not on_own_set(m)]) for name in CLASSES)
    return tuple(_summary(name, metrics) for name, metrics in found if metrics)


def _summary(case_class: CaseClass, metrics: Sequence[MetricDecision]) -> ClassSummary:
    worst = min(metrics, key=lambda metric: _WORST.index(metric.verdict))
    return ClassSummary(
        case_class=case_class,
        cases=sum(metric.cases_total for metric in metrics),
        base=_pooled([(metric.base, metric.cases_total) for metric in metrics]),
        head=_pooled([(metric.head, metric.cases_total) for metric in metrics]),
        broken=tuple(case for metric in metrics for case in metric.confirmed_broken),
        known_holes=tuple(case for metric in metrics for case in metric.known_holes),
        verdict="pass" if case_class == "capability" else worst.verdict,
        words="shown only" if case_class == "capability" else standing(worst),
    )


def _pooled(rates: Sequence[tuple[float | None, int]]) -> float | None:
    known = [(rate, cases) for rate, cases in rates if rate is not None]
    total = sum(cases for _, cases in known)
    return sum(rate * cases for rate, cases in known) / total if total else None


def class_table(report: Report) -> Table:
    """A row a class; none where every case is of class regression, which says nothing new."""
    found = class_summaries(report)
    if all(each.case_class == "regression" for each in found):
        found = ()
    return Table(
        title=say("By class"),
        header=("Class", "Cases", "Base", "Head", "Change", "Result"),
        names=2,
        rows=tuple(map(_row, found)),
        tones=tuple("unsure" if each.case_class == "capability" else tone(each.verdict, 0) for each in found),
    )


def _row(each: ClassSummary) -> tuple[Words, ...]:
    base, head = apart("binary", each.base, each.head)
    delta = each.head - each.base if each.head is not None and each.base is not None else None
    cells = (_TITLES[each.case_class], count(each.cases, "case"), base, head, change("binary", delta))
    return (*(say(cell) for cell in cells), say(each.words))
