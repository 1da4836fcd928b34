"""One suite's week: how it stands, how it moved, what it took, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mergefloor.core.drift.series import State
from mergefloor.core.drift.watch import watch
from mergefloor.core.history.entry import Entry, Kind
from mergefloor.core.history.history import History, Measured
from mergefloor.core.history.watched import watched
from mergefloor.core.settings import PASS_RATE
from mergefloor.core.weekly.days import WEEK, day_of
from mergefloor.core.weekly.flaky import RUNS, FlakyCase, flaky_cases
from mergefloor.core.weekly.marks import Mark, marks
from mergefloor.core.weekly.onset import Turn, turn
from mergefloor.core.weekly.shift import Shift, by_cases, by_runs
from mergefloor.core.weekly.trend import USES, Level, group_of, known, level_of, mean

FLAKY = 20
MOST_METRICS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The drift watch's word on a metric. `lacking`: runs of history that are missing; `since`: the day on which an
    alert's change most likely began; `change`: how large it is, in the metric's unit. None: not watched."""

    state: State
    lacking: int = 0
    since: int | None = None
    change: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricWeek:
    """A metric this week and last. `turn`: where in the two weeks the level changed most."""

    name: str
    kind: Kind
    this: Level | None
    last: Level | None
    shift: Shift
    drift: Drift | None
    turn: Turn | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UseWeek:
    """One row of USES, a run: its mean this week and last, and the difference of the two."""

    name: str
    this: float | None
    last: float | None
    shift: Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteWeek:
    """Everything about a suite but its lines over time. `runs`, `runs_before`: of this week and the last. `failing`:
    cases of the last run whose first metric is under 1, None where its cases are not known."""

    name: str
    case_class: str
    runs: int
    runs_before: int
    last_day: int
    model: str | None
    metrics: tuple[MetricWeek, ...]
    uses: tuple[UseWeek, ...]
    usd: float | None
    usd_before: float | None
    marks: tuple[Mark, ...]
    flaky: tuple[FlakyCase, ...]
    failing: int | None

    @property
    def main(self) -> MetricWeek | None:
        """The metric by which a suite is listed: its pass rate, else its first one."""
        return self.metrics[0] if self.metrics else None

    def use(self, name: str) -> UseWeek:
        """One row of USES."""
        return next(each for each in self.uses if each.name == name)


def suite_week(history: History, name: str, entries: Sequence[Entry], today: int) -> SuiteWeek:
    """The week that ends with `today`. `history`: of this suite's `entries` alone, at least one."""
    recent = replace(history, entries=_recent(entries, today))
    metrics = ordered(recent.metrics(name))
    series = {metric: recent.series(name, metric) for metric in metrics}
    this, before = (_within(entries, today - back) for back in (0, WEEK))
    main = series[metrics[0]] if metrics else ()
    return SuiteWeek(
        name=name,
        case_class=entries[-1].kind,
        runs=len(this),
        runs_before=len(before),
        last_day=day_of(entries[-1].at),
        model=entries[-1].model,
        metrics=tuple(_metric(history, name, metric, series[metric], today) for metric in metrics),
        uses=tuple(_use(each, this, before) for each in USES),
        usd=_total(this),
        usd_before=_total(before),
        marks=marks(entries),
        flaky=flaky_cases(name, main, FLAKY),
        failing=_failing(main),
    )


def ordered(names: Sequence[str]) -> list[str]:
    """The pass rate first, then what is about retrieval, then scores, each in the order of their appearance."""
    rank = {"outcome": 0, "retrieval": 1, "score": 2}
    return sorted(names, key=lambda name: (name != PASS_RATE, rank[group_of(name)]))[:MOST_METRICS]


def _metric(history: History, suite: str, metric: str, series: Sequence[Measured], today: int) -> MetricWeek:
    kind = series[-1].reading.kind
    alike = [each for each in series if each.reading.kind == kind]
    weeks = [[each for each in alike if _back(each.entry, today) == back] for back in (0, 1)]
    this, last = weeks
    return MetricWeek(
        name=metric,
        kind=kind,
        this=level_of(each.reading for each in this),
        last=level_of(each.reading for each in last),
        shift=by_cases(this, last),
        drift=_drift(history, suite, metric),
        turn=turn([*last, *this]),
    )


def _drift(history: History, suite: str, metric: str) -> Drift | None:
    series = watched(history, suite, metric)
    if series is None:
        return None
    found = watch(series)
    days = {entry.id: day_of(entry.at) for entry in history.entries}
    onset = found.worse.onset if found.worse.open else None
    return Drift(
        state=found.state,
        lacking=found.lacking,
        since=None if onset is None else days[series.runs[onset].name],
        change=found.worse.change if found.worse.open else None,
    )


def _use(name: str, this: Sequence[Entry], before: Sequence[Entry]) -> UseWeek:
    now, then = known(name, this), known(name, before)
    return UseWeek(name=name, this=mean(now), last=mean(then), shift=by_runs(now, then))


def _total(entries: Sequence[Entry]) -> float | None:
    """What the runs of a week cost; unknown unless every run knows."""
    found = known("usd", entries)
    return sum(found) if entries and len(found) == len(entries) else None


def _failing(series: Sequence[Measured]) -> int | None:
    points = [point for point in series[-1].cases.values() if point is not None] if series else []
    return sum(point.value < 1 for point in points) if points else None


def _back(entry: Entry, today: int) -> int:
    """How many weeks ago: 0 for the seven days that end with `today`."""
    return (today - day_of(entry.at)) // WEEK


def _recent(entries: Sequence[Entry], today: int) -> tuple[Entry, ...]:
    """The runs of the two weeks, and at least as many as flaky cases are looked for in. A metric that none of them has
    is no longer measured."""
    fortnight = sum(_back(entry, today) <= 1 for entry in entries)
    return tuple(entries[-max(RUNS, fortnight) :])


def _within(entries: Sequence[Entry], last: int) -> list[Entry]:
    return [entry for entry in entries if _back(entry, last) == 0]
