"""The tables of the week, cell by cell: the same in Markdown and on the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mergefloor.core.tables import Tone
from mergefloor.core.weekly.board import Board, Listed, Standing
from mergefloor.core.weekly.days import iso, short
from mergefloor.core.weekly.page_words import CLASS, DRIFT, STANDING
from mergefloor.core.weekly.shift import Shift
from mergefloor.core.weekly.suite import Drift, MetricWeek, UseWeek
from mergefloor.core.weekly.trend import SHARES
from mergefloor.core.wording import UNKNOWN, Kind, Name, Words, change, count, level, say, share, span, usd

TONES: dict[Standing, Tone] = {
    "fell": "bad",
    "drifting": "bad",
    "idle": "unsure",
    "rose": "good",
    "unknown": "unsure",
    "steady": "good",
}
CHANGED_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """A metric of a suite. `standing` is the suite's."""

    suite: Words
    case_class: Words
    standing: Standing
    label: str
    tone: Tone
    metric: Words
    this: str
    last: str
    change: str
    interval: str
    drift: str
    alarm: bool
    usd: str
    slow: str
    runs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """One class over its suites. `rate`: of the pass rates, each suite by its known cases."""

    name: Words
    meaning: str
    suites: int
    cases: int
    rate: str
    failing: str
    moved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRow:
    """What a run of a suite takes, this week, each with its change: in the order of HEADER."""

    suite: Words
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A fact that changed."""

    day: str
    suite: Words
    fact: str
    old: Words
    new: Words


USES = ("usd", "in", "out", "p50", "p95", "p99", "agreement", "kappa", "unresolved")
USE_TITLES = ("USD", "tokens in", "out", "p50", "p95", "p99", "agreement", "kappa", "no outcome")


def suite_rows(board: Board) -> tuple[MetricRow, ...]:
    """One row a suite: the metric that moved, else its pass rate."""
    return tuple(_row(each, each.moved or each.week.main) for each in board.suites)


def metric_rows(board: Board) -> tuple[MetricRow, ...]:
    """Every metric of every suite."""
    return tuple(_row(each, metric) for each in board.suites for metric in each.week.metrics)


def _row(listed: Listed, metric: MetricWeek | None) -> MetricRow:
    week = listed.week
    slow = week.use("p95").this
    return MetricRow(
        suite=(Name(week.name),),
        case_class=(Name(week.case_class),),
        standing=listed.standing,
        label=STANDING[listed.standing][0],
        tone=TONES[listed.standing],
        metric=() if metric is None else (Name(metric.name),),
        this=UNKNOWN if metric is None else _level(metric, this=True),
        last=UNKNOWN if metric is None else _level(metric, this=False),
        change=UNKNOWN if metric is None else _change(metric.kind, metric.shift),
        interval="" if metric is None else _interval(metric.kind, metric.shift),
        drift=_drift(None if metric is None else metric.drift),
        alarm=metric is not None
        and metric.drift is not None
        and metric.drift.state in {"raised", "confirmed"},
        usd=UNKNOWN if week.usd is None else usd(week.usd),
        slow=UNKNOWN if slow is None else _number("p95", slow),
        runs=f"{week.runs:,}" if week.runs else f"none since {short(week.last_day)}",
    )


def _level(metric: MetricWeek, *, this: bool) -> str:
    found = metric.this if this else metric.last
    return level(metric.kind, None if found is None else found.value)


def _change(kind: Kind, shift: Shift) -> str:
    """A difference, or why there is none."""
    return shift.why if shift.delta is None else change(kind, shift.delta)


def _interval(kind: Kind, shift: Shift) -> str:
    if shift.low is None or shift.high is None:
        return ""
    return span(kind, (shift.low, shift.high))


def _drift(drift: Drift | None) -> str:
    if drift is None:
        return UNKNOWN
    if drift.state == "unready":
        return f"needs {count(drift.lacking, 'more run')}" if drift.lacking else DRIFT["unready"]
    since = "" if drift.since is None else f" since {short(drift.since)}"
    return f"{DRIFT[drift.state]}{since}"


def class_rows(board: Board) -> tuple[ClassRow, ...]:
    """The classes side by side, strictest first."""
    return tuple(
        _class(name, [each for each in board.suites if each.week.case_class == name])
        for name in board.classes
    )


def _class(name: str, suites: list[Listed]) -> ClassRow:
    mains = [each.week.main for each in suites]
    levels = [m.this for m in mains if m is not None and m.this is not None and m.kind == "binary"]
    cases = sum(found.cases for found in levels)
    failing = [each.week.failing for each in suites if each.week.failing is not None]
    return ClassRow(
        name=(Name(name),),
        meaning=CLASS.get(name, ""),
        suites=len(suites),
        cases=cases,
        rate=share(sum(f.value * f.cases for f in levels) / cases if cases else None),
        failing=f"{sum(failing):,}" if failing else UNKNOWN,
        moved=sum(each.standing in {"fell", "drifting"} for each in suites),
    )


def use_rows(board: Board) -> tuple[UseRow, ...]:
    """Cost, tokens, speed and judge of every suite."""
    return tuple(
        UseRow(suite=(Name(each.week.name),), cells=tuple(_use(each.week.use(name)) for name in USES))
        for each in board.suites
    )


def _use(use: UseWeek) -> tuple[str, str]:
    if use.this is None:
        return UNKNOWN, ""
    shift = use.shift
    if shift.delta is None or shift.low is None or shift.high is None:
        return _number(use.name, use.this), ""
    ends = " to ".join(_number(use.name, end, signed=True) for end in (shift.low, shift.high))
    return _number(use.name, use.this), f"{_number(use.name, shift.delta, signed=True)} ({ends})"


def _number(name: str, value: float, *, signed: bool = False) -> str:
    sign = "+" if signed and value > 0 else "\u2212" if value < 0 else ""
    size = abs(value)
    if name in ("in", "out", "length"):
        return f"{sign}{size:,.0f}"
    if name in SHARES or name == "usd":
        return f"{sign}{size:.3f}"
    return f"{sign}{size:.1f}{' s' if name.startswith('p') and not signed else ''}"


def change_rows(board: Board) -> tuple[ChangeRow, ...]:
    """What changed in the last four weeks, the newest first."""
    found = [
        (mark.day, each.week.name, mark)
        for each in board.suites
        for mark in each.week.marks
        if board.today - mark.day < CHANGED_DAYS
    ]
    return tuple(
        ChangeRow(
            day=iso(day), suite=(Name(suite),), fact=mark.fact, old=(Name(mark.old),), new=(Name(mark.new),)
        )
        for day, suite, mark in sorted(found, key=lambda each: (-each[0], each[1], each[2].fact))
    )


def more(rows: Iterable[object], most: int) -> Words:
    """How many rows are not shown."""
    left = len(tuple(rows)) - most
    return say(f"{left:,} more are not listed.") if left > 0 else ()
