"""From a series to its state: replayed from the last acknowledged change, so that nothing is remembered elsewhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from math import fsum, sqrt

from mergefloor.core.drift.baseline import Baseline, Deviation
from mergefloor.core.drift.series import Alert, Point, Run, Seen, Series, Terms, Watched
from mergefloor.core.drift.track import Track
from mergefloor.core.wording import count


def watch(series: Series, terms: Terms | None = None) -> Watched:
    """The state of a series as of its last run. Equal series give equal answers."""
    replay = _Replay(series, terms or Terms())
    for index in range(series.start(), len(series.runs)):
        replay.take(index, series.runs[index])
    return replay.watched()


class _Replay:
    def __init__(self, series: Series, terms: Terms) -> None:
        self._series = series
        self._terms = terms
        self._baseline = Baseline(series.kind, terms)
        self._worse = Track(direction="worse", terms=terms)
        self._better = Track(direction="better", terms=terms)
        self._waiting: deque[tuple[Mapping[str, Seen], float]] = deque()
        self._points: list[Point] = []
        self._ewma = 0.0
        self._tested = 0
        self._lacking = terms.history

    def take(self, index: int, run: Run) -> None:
        """One run more: skip it, learn from it, or hold it against the baseline."""
        known = run.known()
        blank = Point(
            index=index,
            name=run.name,
            unresolved=len(run.cases) - len(known),
            ewma=self._ewma,
            cusum=self._worse.cusum,
        )
        too_few = self._too_few(run, known)
        if too_few:
            self._points.append(replace(blank, skipped=too_few))
            return
        ready = self._baseline.ready(known)
        if len(ready) < self._terms.least_cases:
            self._points.append(replace(blank, skipped=self._learn(known)))
            return
        self._lacking = 0
        self._points.append(self._test(blank, known, self._baseline.deviation(ready)))

    def watched(self) -> Watched:
        """What stands after the last run."""
        start = self._series.start()
        resets = [each for each in self._series.resets if each.index == start]
        return Watched(
            worse=self._alert(self._worse),
            better=self._alert(self._better),
            lacking=self._lacking,
            start=start,
            reset=resets[-1] if resets else None,
            points=tuple(self._points),
            retired=self._retired(),
        )

    def _too_few(self, run: Run, known: Mapping[str, Seen]) -> str:
        if len(known) >= max(self._terms.least_cases, self._terms.least_share * len(run.cases)):
            return ""
        return f"{len(known)} of {count(len(run.cases), 'case')} known: too few to compare"

    def _learn(self, known: Mapping[str, Seen]) -> str:
        """Nothing to hold the run against yet. While an alert stands, what is new is not taken for normal."""
        if self._worse.open or self._better.open:
            return "its cases are newer than the baseline, which does not grow while an alert stands"
        self._baseline.learn(known)
        self._lacking = self._baseline.lacking(known)
        return "part of the baseline"

    def _test(self, blank: Point, known: Mapping[str, Seen], found: Deviation) -> Point:
        spread = self._baseline.spread()
        raw = found.total / sqrt(found.own + found.known)
        z = raw / spread
        # A run of nothing but failures is tens of sd away: uncut, its alert would stand for weeks after all is well.
        counted = max(-self._terms.most, min(self._terms.most, z))
        self._tested += 1
        self._ewma += self._terms.weight * (counted - self._ewma)
        limit = self._limit()
        for track in (self._worse, self._better):
            track.step(blank.index, counted, self._ewma, limit)
        self._grow(known, raw, limit)
        return replace(
            blank,
            cases=found.cases,
            change=found.mean,
            z=z,
            ewma=self._ewma,
            limit=limit,
            cusum=self._worse.cusum,
        )

    def _limit(self) -> float:
        """L standard deviations of an EWMA of so many runs (Lucas and Saccucci 1990)."""
        left = 1 - self._terms.weight
        variance = self._terms.weight / (1 + left) * (1 - left ** (2 * self._tested))
        return self._terms.limit * sqrt(variance)

    def _grow(self, known: Mapping[str, Seen], raw: float, limit: float) -> None:
        """A run joins the baseline `lag` runs later, if all is calm then: what leads up to an alert never does."""
        self._waiting.append((known, raw))
        if len(self._waiting) <= self._terms.lag:
            return
        ripe, scored = self._waiting.popleft()
        if not (self._worse.open or self._better.open) and abs(self._ewma) <= limit:
            self._baseline.learn(ripe, scored)

    def _alert(self, track: Track) -> Alert:
        start = self._series.start()
        fingerprint = self._series.fingerprint(track.direction, start)
        found = track.alert(fingerprint, None)
        if self._lacking:
            found = replace(found, state="unready" if not track.open else track.state)
        if found.onset is None:
            return found
        until = len(self._series.runs) if track.recovered is None else track.recovered
        moved = [
            each.change
            for each in self._points
            if each.change is not None and found.onset <= each.index < until
        ]
        return replace(found, change=fsum(moved) / len(moved))

    def _retired(self) -> tuple[str, ...]:
        starts = self._series.starts()[:-1]
        return tuple(self._series.fingerprint(side, at) for at in starts for side in ("worse", "better"))
