"""How each metric stands, in one word, and which suites, metrics and cases made the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.classes import CLASSES
from mergefloor.core.evidence import MetricDecision
from mergefloor.core.plan import OWN_SET
from mergefloor.core.report import CaseChange, Report, SuiteReport
from mergefloor.core.settings import PASS_RATE

Standing: TypeAlias = Literal[
    "worse",
    "below floor",
    "unclear",
    "not decided",
    "improved",
    "same",
    "within chance",
    "hole opened",
    "hole known",
    "no hole",
]


def standing(metric: MetricDecision) -> Standing:
    """One metric in a word or two, the same in every report."""
    if metric.case_class == "safety" and metric.rule.gating and metric.verdict in ("block", "pass"):
        return _safe(metric)
    if metric.verdict == "block":
        return "below floor" if under_floor(metric) and not convicted(metric) else "worse"
    if metric.verdict == "pass":
        return _passing(metric)
    return "unclear" if metric.verdict == "inconclusive" else "not decided"


def result(metric: MetricDecision) -> str:
    """How a metric stands, or where it counts when it cannot block by itself."""
    if metric.rule.gating:
        return standing(metric)
    return "in pass_rate" if metric.rule.counted else "shown only"


def _safe(metric: MetricDecision) -> Standing:
    if metric.verdict == "block" and metric.confirmed_broken:
        return "hole opened"
    return "hole known" if metric.known_holes else "no hole"


def _passing(metric: MetricDecision) -> Standing:
    if improved(metric):
        return "improved"
    return "within chance" if metric.delta else "same"


def improved(metric: MetricDecision) -> bool:
    """The head is better, and so is the lower end of the interval."""
    return bool(metric.delta and metric.delta > 0 and metric.interval and metric.interval[0] > 0)


def convicted(metric: MetricDecision) -> bool:
    """Fresh runs of both sides have shown a loss."""
    return any(look.convicts for look in metric.looks)


def under_floor(metric: MetricDecision) -> bool:
    """The head is below what the owner demands. Written so that a NaN is below every floor."""
    return metric.rule.floor is not None and metric.head is not None and not metric.head >= metric.rule.floor


def visible_drop(check: str, metrics: Iterable[MetricDecision]) -> float | None:
    """The smallest drop of a check that the gate sees, as a share: of its own metric where that gates, else of the pass
    rate that it counts in; of several suites the widest. None where neither is known."""
    known = tuple(metrics)
    counted = {metric.suite for metric in known if metric.rule.name == check and metric.rule.counted}
    drops = [
        metric.smallest_drop
        for metric in known
        if metric.rule.name == check or (metric.rule.name == PASS_RATE and metric.suite in counted)
    ]
    return max((drop for drop in drops if drop is not None), default=None)


def on_own_set(metric: MetricDecision) -> bool:
    """Measured on the change's own golden set, where only the floor is checked."""
    return metric.suite.endswith(OWN_SET)


def head_only(metric: MetricDecision) -> bool:
    """There is no base to compare with."""
    return on_own_set(metric) or metric.head_only


def fell(metric: MetricDecision) -> bool:
    """The head's mean is lower than the base's, proven or not."""
    return metric.delta is not None and metric.delta < 0


def gating(suites: Iterable[SuiteReport]) -> list[tuple[SuiteReport, MetricDecision]]:
    """Every metric that can block, with its suite."""
    return [(suite, metric) for suite in suites for metric in suite.metrics if metric.rule.gating]


def blocked(report: Report) -> list[tuple[SuiteReport, MetricDecision]]:
    """The metrics that block."""
    return [(suite, metric) for suite, metric in gating(report.suites) if metric.verdict == "block"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """What blocks: metrics that lost, metrics under their floor, critical cases that broke (worst first), safety
    cases that fail."""

    lost: list[tuple[SuiteReport, MetricDecision]]
    low: list[tuple[SuiteReport, MetricDecision]]
    critical: list[CaseChange]
    holes: tuple[str, ...] = ()


def blame(report: Report) -> Blame:
    """What blocks, told apart. All empty: something beside the metrics does."""
    found = blocked(report)
    return Blame(
        lost=[(suite, metric) for suite, metric in found if convicted(metric)],
        low=[(suite, metric) for suite, metric in found if under_floor(metric)],
        critical=[case for case in broken(report, confirmed=True) if case.critical and found],
        holes=tuple(case for _, metric in found if metric.case_class == "safety" for case in _holes(metric)),
    )


def _holes(metric: MetricDecision) -> tuple[str, ...]:
    return metric.confirmed_broken or metric.known_holes


def severity(case: CaseChange) -> tuple[int, bool, bool, float, str]:
    """Sorts the worst first: by class, critical before ordinary, confirmed before doubtful, then by the share lost, then id."""
    return CLASSES.index(case.case_class), not case.critical, not case.confirmed, -_lost(case), case.case


def _lost(case: CaseChange) -> float:
    base, head = (side.passes / side.draws if side.draws else 0.0 for side in (case.base, case.head))
    return abs(base - head)


def broken(report: Report, *, confirmed: bool) -> list[CaseChange]:
    """Broken cases of every suite that count, worst first; only the confirmed ones, or all."""
    found = (
        case
        for suite in report.suites
        for case in suite.broken
        if case.case_class != "capability" and (case.confirmed or not confirmed)
    )
    return sorted(found, key=severity)
