"""One direction's alarm: the EWMA raises it, the CUSUM confirms it, a calm EWMA closes it."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.drift.series import Alert, Direction, State, Terms


@dataclass(slots=True, kw_only=True)
class Track:
    """State while a series is replayed. `began`: the run after the CUSUM was last at zero, where a change that is
    still growing would have its start."""

    direction: Direction
    terms: Terms
    state: State = "quiet"
    cusum: float = 0.0
    raised: int | None = None
    confirmed: int | None = None
    recovered: int | None = None
    onset: int | None = None
    calm: int = 0
    began: int = 0

    @property
    def sign(self) -> float:
        """-1 for drops."""
        return -1.0 if self.direction == "worse" else 1.0

    @property
    def open(self) -> bool:
        """An alert stands."""
        return self.state in {"raised", "confirmed"}

    def step(self, index: int, z: float, ewma: float, limit: float) -> None:
        """Take one run in (EWMA: Roberts 1959; CUSUM: Page 1954)."""
        if self.cusum <= 0:
            self.began = index
        self.cusum = max(0.0, self.cusum + self.sign * z - self.terms.slack)
        side = self.sign * ewma
        if self.open:
            self._settle(index, side <= self.terms.calm_share * limit)
        elif side > limit:
            self._raise(index)
        if self.state == "raised" and self.cusum > self.terms.threshold:
            self.state, self.confirmed = "confirmed", index

    def _raise(self, index: int) -> None:
        self.state, self.calm = "raised", 0
        self.raised, self.confirmed, self.recovered = index, None, None
        self.onset = self.began

    def _settle(self, index: int, calm: bool) -> None:
        self.calm = self.calm + 1 if calm else 0
        if self.calm >= self.terms.calm_runs:
            self.state, self.recovered, self.cusum = "recovered", index, 0.0

    def alert(self, fingerprint: str, change: float | None) -> Alert:
        """What stands now; without an alert so far there is nothing to date."""
        return Alert(
            direction=self.direction,
            state=self.state,
            fingerprint=fingerprint,
            raised=self.raised,
            confirmed=self.confirmed,
            recovered=self.recovered,
            onset=self.onset,
            change=change,
        )
