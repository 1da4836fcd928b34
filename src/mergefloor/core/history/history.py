"""Everything that was kept, in time order: what drift watch, weekly report and dashboard look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mergefloor.core.history.case_set import CaseSet
from mergefloor.core.history.entry import Entry, Point, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One metric in one run. `cases`: by `CaseName.key`, None where no draw is known; empty where the names are lost."""

    entry: Entry
    reading: Reading
    cases: Mapping[str, Point | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Entries in time order, no id twice, and the case sets that they name. Make it with `history_of`."""

    entries: tuple[Entry, ...] = ()
    sets: Mapping[str, CaseSet] = field(default_factory=dict)

    def suites(self) -> tuple[str, ...]:
        """Names of all suites that ever ran, sorted."""
        return tuple(sorted({entry.suite for entry in self.entries}))

    def of_suite(self, suite: str, *, events: tuple[str, ...] = ()) -> tuple[Entry, ...]:
        """The runs of a suite, oldest first. `events`: only those started so; () for all."""
        return tuple(e for e in self.entries if e.suite == suite and (not events or e.event in events))

    def metrics(self, suite: str) -> tuple[str, ...]:
        """Names of all metrics that a suite ever had, in the order in which they appeared."""
        return tuple(dict.fromkeys(r.name for entry in self.of_suite(suite) for r in entry.readings))

    def series(self, suite: str, metric: str, *, events: tuple[str, ...] = ()) -> tuple[Measured, ...]:
        """One metric over time, oldest run first; runs that did not measure it are left out."""
        found = ((entry, entry.reading(metric)) for entry in self.of_suite(suite, events=events))
        return tuple(self._measured(entry, reading) for entry, reading in found if reading is not None)

    def _measured(self, entry: Entry, reading: Reading) -> Measured:
        known = self.sets.get(entry.case_set or "")
        cases: dict[str, Point | None] = {}
        if known is not None and len(known.cases) == len(reading.points):
            cases = {case.key: point for case, point in zip(known.cases, reading.points, strict=True)}
        return Measured(entry=entry, reading=reading, cases=cases)


def history_of(entries: Iterable[Entry], sets: Iterable[CaseSet] = ()) -> History:
    """Put in order. Of several entries with one id the first counts: a repeated run says nothing new."""
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.id, entry)
    ordered = tuple(sorted(first.values(), key=lambda entry: (entry.at, entry.id)))
    return History(entries=ordered, sets={each.hash: each for each in sets})
