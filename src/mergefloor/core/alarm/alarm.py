"""Every metric of every suite as its chart stands after the last run."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import fsum

from mergefloor.core.drift.series import Alert, Series, Watched
from mergefloor.core.drift.watch import watch
from mergefloor.core.history.history import History, Measured
from mergefloor.core.history.watched import runs_of, watched

MOST_CASES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallen:
    """One case: its mean over the baseline before the change, and since."""

    case: str
    before: float
    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One metric of one suite. `runs` are those of the series, in its order; `watched`: the suite is in the config."""

    series: Series
    found: Watched
    runs: tuple[Measured, ...]
    watched: bool = True

    @property
    def alert(self) -> Alert:
        """The alarm proper: of a drop."""
        return self.found.worse

    @property
    def open(self) -> bool:
        """Somebody should look."""
        return self.watched and self.alert.open

    @property
    def raised(self) -> Measured | None:
        """The run that raised the alert."""
        return self._run(self.alert.raised)

    @property
    def onset(self) -> Measured | None:
        """The run from which on the drop is counted."""
        return self._run(self.alert.onset)

    @property
    def levels(self) -> tuple[float | None, float | None]:
        """The metric as it was before the change and as it is since: means over runs, of the baseline at hand."""
        if self.alert.onset is None:
            return None, None
        onset = self.alert.onset
        return _level(self.runs[self.found.start : onset]), _level(self.runs[onset : self._until])

    def fallen(self) -> tuple[Fallen, ...]:
        """The cases that dropped, the most first, at most eight of them."""
        onset = self.alert.onset
        if onset is None:
            return ()
        before = _means(self.runs[self.found.start : onset])
        since = _means(self.runs[onset : self._until])
        rows = [
            Fallen(case=case, before=before[case], since=since[case])
            for case in before.keys() & since.keys()
            if since[case] < before[case]
        ]
        return tuple(sorted(rows, key=lambda row: (row.since - row.before, row.case))[:MOST_CASES])

    @property
    def _until(self) -> int:
        return len(self.runs) if self.alert.recovered is None else self.alert.recovered

    def _run(self, index: int | None) -> Measured | None:
        return None if index is None else self.runs[index]


def alarms(history: History, suites: Collection[str]) -> tuple[Alarm, ...]:
    """Every metric that scheduled runs ever measured. `suites`: those that there are today."""
    return tuple(
        Alarm(
            series=series,
            found=watch(series),
            runs=runs_of(history, suite, metric),
            watched=suite in suites,
        )
        for suite in history.suites()
        for metric in history.metrics(suite)
        if (series := watched(history, suite, metric)) is not None
    )


def _level(runs: tuple[Measured, ...]) -> float | None:
    known = [run.reading.value for run in runs if run.reading.value is not None]
    return fsum(known) / len(known) if known else None


def _means(runs: tuple[Measured, ...]) -> dict[str, float]:
    """Every case's mean over runs, each draw weighing the same."""
    sums: dict[str, tuple[float, int]] = {}
    for run in runs:
        for case, point in run.cases.items():
            if point is not None:
                total, draws = sums.get(case, (0.0, 0))
                sums[case] = (total + point.value * point.draws, draws + point.draws)
    return {case: total / draws for case, (total, draws) in sums.items()}
