"""Made-up suites whose truth is known: series of runs with a drop of known size from a known run on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from random import Random

from mergefloor.core.drift.series import Run, Seen, Series

PASS, FAIL = Seen(1.0), Seen(0.0)
HISTORY = 20
ALPHA, BETA = (
    0.93,
    0.08,
)  # mean .92, and two runs differ on 7.4 % of cases: the golden sets of docs/decision.md


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """`shock`: sd of what moves all cases of a run together, in sd of a run's mean; `memory`: its correlation with
    the run before. `growth`: cases added a run, easier or harder than the rest by `tilt`. `score`: cases yield scores."""

    shock: float = 0.0
    memory: float = 0.0
    growth: float = 0.0
    tilt: float = 0.0
    score: bool = False


WORLDS = {
    "independent": World(),
    "overdispersed": World(shock=1.0),
    "autocorrelated .5": World(shock=1.0, memory=0.5),
    "autocorrelated .9": World(shock=1.0, memory=0.9),
    "golden set doubles in 90 runs, new cases harder": World(growth=1 / 90, tilt=-0.2),
    "scores": World(score=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """`size` sd at once, or so much more each run (`ramp`), from run `at` on."""

    at: int = 10_000
    size: float = 0.0
    ramp: float = 0.0

    def of(self, run: int) -> float:
        if run < self.at:
            return 0.0
        return self.size + self.ramp * (run - self.at + 1)


def series(random: Random, world: World, cases: int, runs: int, drop: Drop) -> Series:
    """One suite from its first run on."""
    rates = [random.betavariate(ALPHA, BETA) for _ in range(cases)]
    sd = sqrt(sum(map(_variance, rates))) / cases
    shock, found = random.gauss(0, 1), []
    for index in range(runs):
        shock = world.memory * shock + sqrt(1 - world.memory**2) * random.gauss(0, 1)
        while len(rates) < cases * (1 + world.growth * max(0, index - HISTORY)) - 0.5:
            rates.append(max(0.02, random.betavariate(ALPHA, BETA) + world.tilt))
        moved = _moved(rates, sd * (world.shock * shock - drop.of(index)))
        found.append(Run(name=str(index), cases=_drawn(random, moved, world)))
    return Series(suite="s", metric="m", kind="score" if world.score else "binary", runs=tuple(found))


def _drawn(random: Random, rates: Sequence[float], world: World) -> dict[str, Seen]:
    if world.score:
        return {str(i): Seen(min(1.0, max(0.0, random.gauss(0.8 * p, 0.1)))) for i, p in enumerate(rates)}
    return {str(i): PASS if random.random() < p else FAIL for i, p in enumerate(rates)}


def _moved(rates: Sequence[float], by: float) -> list[float]:
    """Every rate moved on the logit scale, so that their mean moves by `by`."""
    if not by:
        return list(rates)
    goal = min(0.999, max(0.001, sum(rates) / len(rates) + by))
    odds = [log(max(p, 1e-9) / max(1 - p, 1e-9)) for p in rates]
    low, high = -12.0, 12.0
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if _mean(odds, middle) < goal else (low, middle)
    return [1 / (1 + exp(-o - low)) for o in odds]


def _mean(odds: Sequence[float], shift: float) -> float:
    return sum(1 / (1 + exp(-o - shift)) for o in odds) / len(odds)


def _variance(rate: float) -> float:
    return rate * (1 - rate)
