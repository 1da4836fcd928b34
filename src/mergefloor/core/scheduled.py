"""A scheduled run as a value: a line of history a suite, what the charts say now, and where an alarm comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from mergefloor.core.alarm.alarm import Alarm
from mergefloor.core.alarm.issues import Closing
from mergefloor.core.drift.attribution import Attribution
from mergefloor.core.effects import AppendHistory
from mergefloor.core.history.entry import Entry
from mergefloor.core.queries.found import QueriesFound
from mergefloor.core.report import Cost
from mergefloor.core.types import Failure

# measured: every draw that was wanted has an outcome. partial: some lack one; the history says how many. stalled: the
# budget does not pay for a single call. refused: no call to a model can succeed. judge: a planted verdict came back
# wrong, so that no verdict of this run is believed. cancelled: a signal ended the run.
Ending: TypeAlias = Literal["measured", "partial", "stalled", "refused", "judge", "cancelled"]
EXIT_CODES: Mapping[Ending, Literal[0, 2]] = {
    "measured": 0,
    "partial": 0,
    "stalled": 2,
    "refused": 2,
    "judge": 2,
    "cancelled": 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteRun:
    """One suite in this run. `unsafe`: safety cases that failed."""

    entry: Entry
    cases: int
    unsafe: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """The whole run. `origins`: by fingerprint; `notes`: about the branch of data and GitHub, in sentences; `owners`: whom
    to mention, by suite; `closings`: issues that are over; `append`: what the branch of data lacks;
    `queries`: what people ask, of suites with a log; `drifted`: those of them that an issue should tell of."""

    ref: str
    sha: str
    ending: Ending
    suites: tuple[SuiteRun, ...]
    alarms: tuple[Alarm, ...]
    origins: Mapping[str, Attribution]
    cost: Cost
    duration_s: float
    failures: tuple[Failure, ...] = ()
    planted: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    scripted: bool = False
    owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    closings: tuple[Closing, ...] = ()
    append: AppendHistory | None = None
    queries: tuple[QueriesFound, ...] = ()
    drifted: tuple[QueriesFound, ...] = ()

    @property
    def exit_code(self) -> Literal[0, 2]:
        """0 unless somebody must mend the workflow: drift, outages and budgets never turn a default branch red."""
        return EXIT_CODES[self.ending]

    @property
    def standing(self) -> tuple[Alarm, ...]:
        """Alerts that stand."""
        return tuple(alarm for alarm in self.alarms if alarm.open)
