"""Environment or ours: how often the attribution is right, and how often it says that it cannot tell."""

from __future__ import annotations

from collections import Counter
from random import Random

from known_drops import ALPHA, BETA
from tabulate import tabulate

from mergefloor.core.drift.attribution import Origin, Redrawn, attribute

STORED = 5
ORIGINS: tuple[Origin, ...] = ("environment", "ours", "cannot tell")
DROP = 0.08
TRUTHS = {  # the environment's own drop, as a part of the alarm's
    "environment, all of it": 1.0,
    "environment, half of it": 0.5,
    "ours": 0.0,
}


def table(samples: int) -> str:
    """% of alarms with a drop of 8 points that are put down to each origin."""
    rows = []
    for cases in (20, 50, 100, 200):
        for fresh in (1, 3, 5):
            row: list[str] = [str(cases), str(fresh)]
            for truth, part in TRUTHS.items():
                found = Counter(
                    attribute("binary", _suite(Random(f"{truth} {i}"), cases, fresh, part), -DROP).origin
                    for i in range(samples)
                )
                row.append(" / ".join(f"{100 * found[each] / samples:.0f}" for each in ORIGINS))
            rows.append(row)
    heads = ["cases", "fresh draws", *TRUTHS]
    title = f"\n## Attribution of a drop of 8 points, {STORED} stored draws: {', '.join(ORIGINS)} %\n\n"
    return title + tabulate(rows, heads, "pipe")


def _suite(random: Random, cases: int, fresh: int, part: float) -> list[Redrawn]:
    """The environment breaks cases for good, as model updates do, so that the mean falls by its part of the drop."""
    lost = round(part * DROP * cases / (ALPHA / (ALPHA + BETA)))
    found = []
    for index in range(cases):
        rate = random.betavariate(ALPHA, BETA)
        stored = tuple(float(random.random() < rate) for _ in range(STORED))
        now = tuple(float(index >= lost and random.random() < rate) for _ in range(fresh))
        found.append(Redrawn(case=str(index), stored=stored, fresh=now))
    return found
