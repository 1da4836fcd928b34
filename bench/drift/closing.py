"""When an alert should close: alerts a lasting drop is told in, and runs until a drop that ended is over."""

from __future__ import annotations

from math import sqrt
from random import Random
from statistics import mean

from tabulate import tabulate

from mergefloor.core.drift.series import Terms
from mergefloor.core.drift.track import Track

RULES = {
    "inside the limit, 1 run": Terms(calm_share=1.0, calm_runs=1),
    "inside the limit, 3 runs": Terms(calm_share=1.0),
    "**inside half of it, 3 runs (shipped)**": Terms(),
    "above 0, 3 runs": Terms(calm_share=0.0),
}
LASTING, AFTERWARDS = 60, 60


def table(samples: int) -> str:
    """One row a rule."""
    rows = []
    for name, terms in RULES.items():
        told = [
            _played(Random(f"close {size} {i}"), terms, size) for size in (1.0, 2.0) for i in range(samples)
        ]
        half = len(told) // 2
        rows.append(
            [
                name,
                *(
                    f"{mean(column):.1f}"
                    for side in (told[:half], told[half:])
                    for column in zip(*side, strict=True)
                ),
            ]
        )
    heads = [
        "an alert closes when the EWMA was",
        "1 sd: alerts",
        "runs to recovery",
        "2 sd: alerts",
        "runs to recovery",
    ]
    return f"\n## Closing an alert: a drop of {LASTING} runs, then none\n\n" + tabulate(rows, heads, "pipe")


def _played(random: Random, terms: Terms, size: float) -> tuple[int, int]:
    """(alerts while the drop lasts, runs after it until the alert closes)."""
    track, ewma, alerts = Track(direction="worse", terms=terms), 0.0, 0
    limit = terms.limit * sqrt(terms.weight / (2 - terms.weight))
    for index in range(LASTING + AFTERWARDS):
        before = track.open
        z = random.gauss(-size if index < LASTING else 0.0, 1.0)
        ewma += terms.weight * (z - ewma)
        track.step(index, z, ewma, limit)
        alerts += track.open and not before and index < LASTING
        if index >= LASTING and not track.open:
            return alerts, index - LASTING + 1
    return alerts, AFTERWARDS
