"""What is normal: every case's own mean and noise over its baseline runs, and how far a new run is from them.

A case counts against nothing but itself, so cases that come or go move no statistic: they only change over how many
cases it is summed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import fsum, sqrt

from mergefloor.core.drift.series import Seen, Terms
from mergefloor.core.wording import Kind

PRIOR = 1.0  # draws that the average case is worth when a case's own noise is estimated
LEAST_FLIPS = 0.5  # variance of a run's passes, in squared flips of one draw
LEAST_ERROR = 0.005  # of a score's mean: half a point is no drift, however steady the scores are


@dataclass(slots=True, kw_only=True)
class CaseRecord:
    """Sums over one case's baseline runs; a mean of d draws weighs d. `freedom`: squares that are independent."""

    runs: int = 0
    draws: int = 0
    total: float = 0.0
    squares: float = 0.0
    freedom: int = -1

    def add(self, seen: Seen, kind: Kind) -> None:
        """One run more. Passes and fails are their own squares, so a mean of them tells about every draw."""
        total = seen.draws * seen.mean
        self.runs += 1
        self.draws += seen.draws
        self.total += total
        self.squares += total if kind == "binary" else total * seen.mean
        self.freedom += seen.draws if kind == "binary" else 1

    @property
    def mean(self) -> float:
        """The baseline's mean."""
        return self.total / self.draws

    @property
    def residual(self) -> float:
        """The sum of squares about the mean."""
        return max(0.0, self.squares - self.total * self.total / self.draws)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """A run against the baseline, summed over `cases`. `own`: variance of the run's means; `known`: of the
    baseline's, an error which all runs share."""

    cases: int
    total: float
    own: float
    known: float

    @property
    def mean(self) -> float:
        """In the metric's unit."""
        return self.total / self.cases


class Baseline:
    """What has been learnt since the last acknowledged change."""

    def __init__(self, kind: Kind, terms: Terms) -> None:
        self._kind = kind
        self._terms = terms
        self._records: dict[str, CaseRecord] = {}
        self._learnt: list[Mapping[str, Seen]] = []
        self._squares: list[float] = []
        self._facts: dict[str, tuple[float, float, float]] = {}

    def learn(self, known: Mapping[str, Seen], raw: float | None = None) -> None:
        """Take a run's known cases in; `raw`: its z before the division by `spread`, where it had one."""
        for case, seen in known.items():
            record = self._records.setdefault(case, CaseRecord())
            if record.runs < self._terms.most_history:
                record.add(seen, self._kind)
                self._facts.clear()
        if raw is None:
            self._learnt.append(known)
        elif len(self._squares) < self._terms.most_history:
            self._squares.append(raw * raw)

    def ready(self, known: Mapping[str, Seen]) -> dict[str, Seen]:
        """The cases that have enough history to count."""
        least = self._terms.history
        return {case: seen for case, seen in known.items() if self._runs(case) >= least}

    def lacking(self, known: Mapping[str, Seen]) -> int:
        """Runs of history that are missing until the least number of these cases counts."""
        longest = sorted((self._runs(case) for case in known), reverse=True)
        reached = longest[: self._terms.least_cases]
        least = reached[-1] if len(reached) == self._terms.least_cases else 0
        return max(0, self._terms.history - least)

    def deviation(self, ready: Mapping[str, Seen]) -> Deviation:
        """How far a run is from the baseline. Every case weighs the same, as in the metric itself."""
        return self._deviation(ready, 1.0)

    def spread(self) -> float:
        """How much more runs vary than independent draws would, as a factor of the standard error, at least 1.

        The root mean square of the baseline runs' own z (the dispersion of McCullagh and Nelder 1989, 4.5): what
        moves all cases of a run together shows there and nowhere else.
        """
        if not self._squares:
            self._squares = [self._inside(known) for known in self._learnt]
        return sqrt(max(1.0, fsum(self._squares) / len(self._squares)))

    def _runs(self, case: str) -> int:
        return self._records[case].runs if case in self._records else 0

    def _inside(self, known: Mapping[str, Seen]) -> float:
        """z squared of a run that is itself part of the means: Var(x - mean) = own - known."""
        found = self._deviation(known, -1.0)
        variance = found.own + found.known
        return found.total**2 / variance if variance > 0 else 1.0

    def _deviation(self, known: Mapping[str, Seen], sign: float) -> Deviation:
        facts = self._facts or self._weighed()
        rows = [(*facts[case], seen) for case, seen in known.items()]
        own = fsum(noise / seen.draws for _, noise, _, seen in rows)
        return Deviation(
            cases=len(rows),
            total=fsum(seen.mean - mean for mean, _, _, seen in rows),
            own=max(own, self._least(known.values())),
            known=sign * fsum(error for _, _, error, _ in rows),
        )

    def _weighed(self) -> dict[str, tuple[float, float, float]]:
        """Every case's mean, the variance of one draw, and that of its mean; kept until something is learnt."""
        average = _pooled([each for each in self._records.values() if each.runs >= self._terms.history])
        for case, record in self._records.items():
            noise = _noise(record, average)
            self._facts[case] = record.mean, noise, noise / record.draws
        return self._facts

    def _least(self, seen: Collection[Seen]) -> float:
        """The variance that even a suite which never varied is given, so that one draw that flips is no drift."""
        if self._kind == "score":
            return (LEAST_ERROR * len(seen)) ** 2
        return LEAST_FLIPS * (fsum(1 / each.draws for each in seen) / len(seen)) ** 2


def _noise(record: CaseRecord, average: float) -> float:
    """Variance of one draw: the unbiased estimate, shrunk to the average case's as if by a draw of it."""
    return (record.residual + PRIOR * average) / (record.freedom + PRIOR)


def _pooled(records: Collection[CaseRecord]) -> float:
    return fsum(each.residual for each in records) / sum(each.freedom for each in records)
