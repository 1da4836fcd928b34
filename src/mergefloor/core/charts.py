"""What the pictures of a report show: numbers with their labels, and each picture told in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.case_table import HALF, Found, State
from mergefloor.core.evidence import MetricDecision
from mergefloor.core.phrases import metric_name
from mergefloor.core.report import ArmUse, Report, SuiteReport
from mergefloor.core.standing import result
from mergefloor.core.tables import Tone, tone
from mergefloor.core.wording import (
    Kind,
    Name,
    Words,
    apart,
    change,
    count,
    finite,
    level,
    points,
    say,
    seconds,
    span,
    usd,
)

NARROWEST = 0.1
MOST_POINTS = 20_000  # worst first; nobody can tell more marks apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One metric's change with its interval, and the drop that is tolerated; shares of 1."""

    name: Words
    label: str
    tone: Tone
    delta: float | None
    interval: tuple[float, float] | None
    tolerated: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One metric on both sides against its floor; shares of 1."""

    name: Words
    label: str
    tone: Tone
    base: float | None
    head: float | None
    floor: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """One arm of a suite: its cost, and how long half and 95 % of its answers took, in seconds."""

    name: Words
    usd: float | None
    usd_label: str
    p50: float | None
    p95: float | None
    time_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One case by its pass rates."""

    case: str
    base: float
    head: float
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """Cases by their pass rate on base and head, and how many lie in each corner."""

    points: tuple[Point, ...]
    broken: int
    fixed: int
    passing: int
    failing: int
    unknown: int
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """Every picture of a report. `reach`: the change that the axis of changes must show."""

    changes: tuple[Change, ...]
    levels: tuple[Level, ...]
    reach: float
    told: tuple[Words, ...]
    scatter: Scatter
    bars: tuple[Bars, ...]


def charts(report: Report, cases: tuple[Found, ...], most: int) -> Charts:
    """The pictures' numbers; at most `most` metrics and arms."""
    metrics = [(suite, metric) for suite in report.suites for metric in suite.metrics][:most]
    uses = [(suite, use) for suite in report.suites for use in suite.uses][:most]
    several = len({suite.name for suite in report.suites if suite.ran}) > 1
    return Charts(
        changes=tuple(_change(suite, metric, several) for suite, metric in metrics),
        levels=tuple(_level(suite, metric, several) for suite, metric in metrics),
        reach=_reach([metric for _, metric in metrics]),
        told=_told(metrics, several),
        scatter=_scatter(cases),
        bars=tuple(_bars(suite, use, several) for suite, use in uses),
    )


def _name(suite: SuiteReport, metric: MetricDecision, several: bool) -> Words:
    return say("{}{}", metric_name(metric), say(" of {}", Name(suite.name)) if several else ())


def _change(suite: SuiteReport, metric: MetricDecision, several: bool) -> Change:
    label = change(metric.kind, metric.delta)
    interval = _interval(metric)
    between = f" ({span(metric.kind, interval)})" if interval else ""
    return Change(
        name=_name(suite, metric, several),
        label=f"{label}{between}",
        tone=_tone(metric),
        delta=finite(metric.delta),
        interval=interval,
        tolerated=finite(metric.rule.max_drop) if metric.rule.gating else None,
    )


def _interval(metric: MetricDecision) -> tuple[float, float] | None:
    low, high = (finite(end) for end in metric.interval or (None, None))
    return None if low is None or high is None else (low, high)


def _level(suite: SuiteReport, metric: MetricDecision, several: bool) -> Level:
    base, head = apart(metric.kind, metric.base, metric.head)
    floor = _floor_label(metric.kind, metric.rule.floor)
    return Level(
        name=_name(suite, metric, several),
        label=f"{base} \u2192 {head}{floor}",
        tone=_tone(metric),
        base=finite(metric.base),
        head=finite(metric.head),
        floor=finite(metric.rule.floor),
    )


def _floor_label(kind: Kind, floor: float | None) -> str:
    return "" if floor is None else f", floor {level(kind, floor)}"


def _tone(metric: MetricDecision) -> Tone:
    return tone(metric.verdict, 0) if metric.rule.gating else "unsure"


def _reach(metrics: list[MetricDecision]) -> float:
    """Wide enough for every metric that can block; one that is only shown may run out of the picture."""
    gating = [metric for metric in metrics if metric.rule.gating] or metrics
    ends = [abs(end) for metric in gating for end in _interval(metric) or ()]
    drops = [2 * (finite(metric.rule.max_drop) or 0.0) for metric in gating]
    return min(1.0, 1.15 * max([NARROWEST, *ends, *drops]))


def _told(metrics: list[tuple[SuiteReport, MetricDecision]], several: bool) -> tuple[Words, ...]:
    return tuple(
        say(
            "{}: {}, 90 % interval {}, a drop of {} is tolerated, {}.",
            _name(suite, metric, several),
            change(metric.kind, metric.delta),
            span(metric.kind, metric.interval),
            points(metric.kind, metric.rule.max_drop),
            result(metric),
        )
        for suite, metric in metrics
    )


def _scatter(cases: tuple[Found, ...]) -> Scatter:
    known = [
        Point(case=f"{each.suite.name}/{each.row.case}", base=base, head=head, state=each.state)
        for each in cases
        if (base := each.row.base_rate) is not None and (head := each.row.head_rate) is not None
    ]
    corners = [(point.base >= HALF, point.head >= HALF) for point in known]
    broken, fixed = corners.count((True, False)), corners.count((False, True))
    passing, failing = corners.count((True, True)), corners.count((False, False))
    unknown = len(cases) - len(known)
    told = (
        f"{count(passing, 'case')} mostly pass on both sides, {failing:,} mostly fail on both, "
        f"{broken:,} passed on the base and fail on the head, {fixed:,} the other way round."
    )
    left = f" {count(unknown, 'case')} not drawn: not run on both sides or not known." if unknown else ""
    return Scatter(
        points=tuple(known[:MOST_POINTS]),
        broken=broken,
        fixed=fixed,
        passing=passing,
        failing=failing,
        unknown=unknown,
        told=told + left,
    )


def _bars(suite: SuiteReport, use: ArmUse, several: bool) -> Bars:
    where = say("{} \u00b7 ", Name(suite.name)) if several else ()
    times = f"{seconds(use.latency_p50)}, slowest 5 % over {seconds(use.latency_p95)}"
    return Bars(
        name=say("{}{} \u00b7 {}", where, use.arm, Name(use.model)),
        usd=finite(use.usd),
        usd_label=usd(use.usd),
        p50=finite(use.latency_p50),
        p95=finite(use.latency_p95),
        time_label=times if use.latency_p50 is not None else "",
    )
