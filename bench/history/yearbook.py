"""A history that nobody measured: suites that run every day for years, and everything that happens to such suites.

Pass rates jitter with the draws, drift, jump with pins and prompts; golden sets change; days are missing. Runs of one
stretch are drawn from a pool, so that three years of 50 suites take seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from random import Random

from mergefloor.core.history.case_set import CaseName, CaseSet
from mergefloor.core.history.entry import Entry, Judging, Pace, Point, PromptPin, Reading, Spend
from mergefloor.core.history.history import History, history_of

DAY = 86_400
NOW = 1_795_284_000.0  # 2026-11-21, 18:00 UTC
SAMPLES = 3
POOL = 25
THEMES = (
    "support",
    "billing",
    "search",
    "legal",
    "triage",
    "summaries",
    "onboarding",
    "sql",
    "notes",
    "safety",
)
CLASSES = ("regression", "regression", "regression", "capability", "safety")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """How large a history is. `eventful` False: nothing changes and no run is missing, but that the pass rate of the
    first suite drops by `step` for the last seven days."""

    suites: int = 50
    days: int = 3 * 365
    cases: int = 100
    seed: int = 7
    eventful: bool = True
    step: float = 0.0


@dataclass(slots=True, kw_only=True)
class _Facts:
    """What a suite runs with at present."""

    prompt: int = 1
    pin: int = 0
    golden: int = 0
    epoch: int = 0
    skill: float = 0.92


def history(world: World, now: float = NOW) -> History:
    """The whole history of a world."""
    sets: dict[str, CaseSet] = {}
    entries = [entry for index in range(world.suites) for entry in _suite(world, index, now, sets)]
    return history_of(entries, sets.values())


def _suite(world: World, index: int, now: float, sets: dict[str, CaseSet]) -> Iterator[Entry]:
    rng = Random(f"{world.seed}/{index}")
    name = THEMES[index % len(THEMES)] + (f"-{index // len(THEMES) + 1}" if index >= len(THEMES) else "")
    facts = _Facts(skill=rng.uniform(0.82, 0.98))
    pool: list[tuple[Reading, ...]] = []
    begin = 0 if world.days < 400 else rng.choice((0, 0, 0, 200, 600))
    for day in range(begin, world.days):
        ago = world.days - 1 - day
        if _changes(world, facts, rng, index, ago) or not pool:
            cases = CaseSet(
                cases=tuple(
                    CaseName(id=f"{name}-{i:03}", content=f"{facts.golden:012x}") for i in range(world.cases)
                )
            )
            sets[cases.hash] = cases
            pool = _pool(facts, world, index, rng)
        if world.eventful and (rng.random() < 0.01 or (index == 3 and 20 <= ago < 34)):
            continue
        yield _entry(
            name, index, now - ago * DAY - rng.uniform(0, 1_800), facts, cases.hash, rng.choice(pool), rng
        )


def _changes(world: World, facts: _Facts, rng: Random, index: int, ago: int) -> bool:
    if world.eventful:
        return _happens(facts, rng, index, ago)
    stepped = index == 0 and ago == 6 and world.step > 0
    facts.skill -= world.step if stepped else 0.0
    return stepped


def _happens(facts: _Facts, rng: Random, index: int, ago: int) -> bool:
    """What people and providers do; suite 0 gets a bad pin six days ago, suite 1 slides since three weeks."""
    if index == 0 and ago == 6:
        facts.pin, facts.skill = facts.pin + 1, facts.skill - 0.14
        return True
    if index == 1 and ago in (21, 14, 7):
        facts.skill -= 0.025
        return True
    if ago < 35:
        return False
    draw = rng.random()
    if draw < 0.02:
        facts.prompt += 1
    elif draw < 0.025:
        facts.pin += 1
    elif draw < 0.032:
        facts.golden += 1
    elif draw < 0.036:
        facts.epoch += 1
    else:
        return False
    facts.skill = min(0.99, max(0.7, facts.skill + rng.gauss(0.002, 0.012)))
    return True


def _pool(facts: _Facts, world: World, index: int, rng: Random) -> list[tuple[Reading, ...]]:
    dice = Random(f"{world.seed}/{index}/{facts.golden}")
    easy = [1.0 if dice.random() < 0.8 else dice.betavariate(2, 1.5) for _ in range(world.cases)]
    scale = facts.skill / (sum(easy) / len(easy))
    rates = [min(1.0, rate * scale) for rate in easy]
    return [tuple(_readings(rates, index, rng)) for _ in range(POOL)]


def _readings(rates: list[float], index: int, rng: Random) -> Iterator[Reading]:
    passes = [sum(rng.random() < rate for _ in range(SAMPLES)) for rate in rates]
    yield _reading("pass_rate", "binary", [count / SAMPLES for count in passes])
    if index % 2 == 0:
        yield _reading(
            "faithfulness", "score", [min(1.0, max(0.0, rng.gauss(rate * 0.85, 0.08))) for rate in rates]
        )
    if index % 3 == 2:
        yield _reading(
            "recall@5", "score", [min(1.0, max(0.0, rng.gauss(rate * 0.8, 0.1))) for rate in rates]
        )


def _reading(name: str, kind: str, values: list[float]) -> Reading:
    n = len(values)
    mean = sum(values) / n
    half = 1.96 * sqrt(sum((v - mean) ** 2 for v in values) / max(1, n - 1) / n)
    return Reading(
        name=name,
        kind="binary" if kind == "binary" else "score",
        value=mean,
        cases=n,
        low=max(0.0, mean - half),
        high=min(1.0, mean + half),
        points=tuple(_point(round(v, 3)) for v in values),
    )


_POINTS: dict[float, Point] = {}


def _point(value: float) -> Point:
    return _POINTS.setdefault(value, Point(value=value, draws=SAMPLES))


def _entry(
    name: str, index: int, at: float, facts: _Facts, cases: str, readings: tuple[Reading, ...], rng: Random
) -> Entry:
    slow = rng.lognormvariate(0, 0.15)
    tokens = 40_000 + 3_000 * index
    return Entry(
        id=f"{int(at)}.1/{name}",
        at=at,
        sha="0" * 40,
        event="scheduled",
        suite=name,
        kind=CLASSES[index % len(CLASSES)],
        samples=SAMPLES,
        readings=readings,
        case_set=cases,
        model=f"openai/gpt-5-mini-2025-{1 + facts.pin % 12:02}-07",
        prompt=PromptPin(
            path=f"prompts/{name}.md", version=f"1.{facts.prompt}.0", hash=f"{facts.prompt:08x}"
        ),
        golden=f"{facts.golden:012x}",
        embedding_model="openai/text-embedding-3-small" if index % 3 == 2 else None,
        judging=Judging(
            model="anthropic/claude-haiku-4-5-20251001",
            epoch=f"{facts.epoch:08x}",
            agreement=min(1.0, rng.gauss(0.9, 0.01)),
            kappa=rng.gauss(0.76, 0.02),
        )
        if index % 2 == 0
        else Judging(),
        spend=Spend(
            usd=round(tokens * rng.uniform(0.9, 1.1) / 400_000, 4),
            calls=300,
            input_tokens=int(tokens * rng.uniform(0.97, 1.03)),
            output_tokens=int(tokens * 0.2 * rng.uniform(0.9, 1.1)),
        ),
        length=400 * rng.uniform(0.95, 1.05),
        pace=Pace(p50=0.9 * slow, p95=2.4 * slow, p99=4.1 * slow * rng.uniform(0.8, 1.4)),
    )
