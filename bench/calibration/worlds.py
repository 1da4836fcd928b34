"""Judges and people whose truth is known, and samples of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from mergefloor.core.calibration.agreement import Cost, beyond_chance, squared, unequal

Pair = tuple[float, float]  # people, judge
BINARY = (0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """People pass a share of the outputs; the judge passes `sensitivity` of those and fails `specificity` of the
    rest."""

    name: str
    share: float
    sensitivity: float
    specificity: float

    def table(self) -> dict[Pair, float]:
        """The probability of every pair."""
        good, bad = self.share, 1 - self.share
        return {
            (1.0, 1.0): good * self.sensitivity,
            (1.0, 0.0): good * (1 - self.sensitivity),
            (0.0, 1.0): bad * (1 - self.specificity),
            (0.0, 0.0): bad * self.specificity,
        }

    def judged(self, random: Random, n: int) -> list[float]:
        """The judge's verdicts on outputs that nobody labelled."""
        return [judge for _, judge in draw(random, self.table(), n)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Ordered classes: the judge errs on a share of the outputs, mostly by one step."""

    name: str
    shares: Sequence[float]
    errors: float

    def table(self) -> dict[Pair, float]:
        """The probability of every pair."""
        found: dict[Pair, float] = {}
        size = len(self.shares)
        for true, share in enumerate(self.shares):
            wrong = {said: (0.7 if abs(said - true) == 1 else 0.1) for said in range(size) if said != true}
            total = sum(wrong.values())
            found[float(true), float(true)] = share * (1 - self.errors)
            for said, weight in wrong.items():
                found[float(true), float(said)] = share * self.errors * weight / total
        return found


World = Judge | Scale
WORLDS: dict[str, World] = {
    world.name: world
    for world in (
        Judge(name="good judge", share=0.7, sensitivity=0.9, specificity=0.8),
        Judge(name="misses failures", share=0.7, sensitivity=0.85, specificity=0.6),
        Judge(name="few failures", share=0.9, sensitivity=0.97, specificity=0.6),
        Judge(name="nearly perfect", share=0.7, sensitivity=0.98, specificity=0.95),
        Judge(name="weak judge", share=0.6, sensitivity=0.7, specificity=0.7),
        Scale(name="3 classes", shares=(0.2, 0.3, 0.5), errors=0.2),
        Scale(name="5 classes", shares=(0.1, 0.1, 0.2, 0.3, 0.3), errors=0.35),
    )
}


def classes(world: World) -> Sequence[float]:
    """All that either side can say."""
    return BINARY if isinstance(world, Judge) else tuple(map(float, range(len(world.shares))))


COSTS: dict[str, Cost[float]] = {
    world.name: squared(classes(world)) for world in WORLDS.values() if isinstance(world, Scale)
}


def cost(world: World) -> Cost[float]:
    """Plain kappa for pass and fail, quadratic weights for ordered classes."""
    return COSTS.get(world.name, unequal)


def true_kappa(world: World) -> float:
    """Kappa of the whole population."""
    found = beyond_chance(world.table(), cost(world))
    assert found is not None
    return found


def draw(random: Random, table: dict[Pair, float], n: int) -> list[Pair]:
    """A random sample of pairs."""
    return random.choices(list(table), weights=list(table.values()), k=n)


def enriched(random: Random, judge: Judge, n: int, failures: float) -> tuple[Pair, Pair]:
    """Labels with a fixed share of failures: (right, trials) among people's passes and among their failures."""
    bad = round(n * failures)
    good = n - bad
    right = sum(random.random() < judge.sensitivity for _ in range(good))
    seen = sum(random.random() < judge.specificity for _ in range(bad))
    return (right, good), (seen, bad)
