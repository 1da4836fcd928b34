"""All suites of a history in the week that ends today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from mergefloor.core.classes import CLASSES
from mergefloor.core.history.entry import Entry
from mergefloor.core.history.history import History
from mergefloor.core.history.watched import SCHEDULED
from mergefloor.core.weekly.days import DAY_S, day_of
from mergefloor.core.weekly.flaky import FlakyCase
from mergefloor.core.weekly.suite import MetricWeek, SuiteWeek, suite_week

FAMILY = 0.05  # chance that a week in which nothing moved is told to have moved anything
MOST_SUITES = 200
Standing: TypeAlias = Literal["fell", "drifting", "rose", "steady", "unknown", "idle"]
# Worst first: the order in which suites are listed.
STANDINGS: tuple[Standing, ...] = ("fell", "drifting", "idle", "rose", "unknown", "steady")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A suite with its place in the list. `moved`: the metric that put it there, the worst first."""

    week: SuiteWeek
    standing: Standing
    moved: MetricWeek | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """`today`: the last day of the week. `compared`: metrics that have a difference to the week before. `future`:
    lines from after today, which are not shown; `more`: suites that are not shown."""

    today: int
    suites: tuple[Listed, ...]
    compared: int
    future: int
    more: int

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes of the suites, strictest first, others after them."""
        found = {each.week.case_class for each in self.suites}
        return (*(each for each in CLASSES if each in found), *sorted(found - set(CLASSES)))

    @property
    def flaky(self) -> tuple[FlakyCase, ...]:
        """Cases of all suites, those that flip most first."""
        found = [case for each in self.suites for case in each.week.flaky]
        return tuple(sorted(found, key=lambda case: (-case.flips, case.suite, case.case)))


def board(history: History, now: float) -> Board:
    """The board of a moment (seconds since 1970), of scheduled runs."""
    today = day_of(now)
    by_suite: dict[str, list[Entry]] = {}
    future = 0
    for entry in history.entries:
        if not 0 <= entry.at < (today + 1) * DAY_S:
            future += 1
        elif entry.event in SCHEDULED:
            by_suite.setdefault(entry.suite, []).append(entry)
    shown = sorted(by_suite, key=lambda name: (-by_suite[name][-1].at, name))[:MOST_SUITES]
    weeks = [
        (suite_week(_alone(history, by_suite[name]), name, by_suite[name], today), by_suite[name])
        for name in shown
    ]
    compared = sum(metric.shift.delta is not None for week, _ in weeks for metric in week.metrics)
    listed = [_listed(week, entries, compared) for week, entries in weeks]
    return Board(
        today=today,
        suites=tuple(sorted(listed, key=lambda each: (STANDINGS.index(each.standing), each.week.name))),
        compared=compared,
        future=future,
        more=len(by_suite) - len(shown),
    )


def _alone(history: History, entries: Sequence[Entry]) -> History:
    """The history of one suite: reading it metric by metric goes through its own lines only."""
    return replace(history, entries=tuple(entries))


def _listed(week: SuiteWeek, entries: Iterable[Entry], compared: int) -> Listed:
    """A metric moved when its interval excludes 0 at a level that is corrected for all metrics of the page
    (Bonferroni), so that a calm week stays calm."""
    level = 1 - FAMILY / max(1, compared)
    sides = [(metric.shift.beyond(level), metric) for metric in week.metrics]
    down, up = ([metric for side, metric in sides if side == wanted] for wanted in (-1, 1))
    alarms = [m for m in week.metrics if m.drift is not None and m.drift.state in {"raised", "confirmed"}]
    standing: Standing
    moved: MetricWeek | None
    if not week.runs:
        standing, moved = "idle", None
    elif down:
        standing, moved = "fell", down[0]
    elif alarms:
        standing, moved = "drifting", alarms[0]
    elif up:
        standing, moved = "rose", up[0]
    elif any(metric.shift.delta is not None for metric in week.metrics):
        standing, moved = "steady", None
    else:
        standing, moved = "unknown", None
    return Listed(week=week, standing=standing, moved=moved, entries=tuple(entries))
