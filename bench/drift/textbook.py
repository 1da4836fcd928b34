"""What the charts themselves can do: normal runs, a baseline that is known or estimated from so many of them."""

from __future__ import annotations

from math import sqrt
from random import Random
from statistics import mean, median, stdev

from tabulate import tabulate

from mergefloor.core.drift.series import Terms
from mergefloor.core.drift.track import Track

CALM, WATCHED, AFTER = 30, 90, 60
HISTORIES: dict[str, int | None] = {"known": None, "20 runs": 20, "60 runs": 60}
LIMITS = (2.7, 2.5, 2.3)


def table(samples: int) -> str:
    """One row a limit and a baseline."""
    rows = []
    for name, history in HISTORIES.items():
        for limit in LIMITS:
            terms = Terms(limit=limit)
            calm = [_first(Random(f"calm {i}"), terms, history, WATCHED, None) for i in range(samples)]
            drop = [_first(Random(f"drop {i}"), terms, history, CALM + AFTER, CALM) for i in range(samples)]
            worse = [each["worse"] for each in calm]
            either = [min(each.values()) for each in calm]
            late = [each["worse"] - CALM + 1 for each in drop if each["worse"] >= CALM]
            alarms = [f"{100 * sum(at < WATCHED for at in side) / samples:.0f} %" for side in (worse, either)]
            rows.append([name, f"{limit:g}", *alarms, f"{mean(late):.1f} ({median(late):.0f})"])
    heads = [
        "baseline",
        "L",
        f"false alarms of drops in {WATCHED} runs",
        "of either side",
        "2 sd: mean (median) runs",
    ]
    return "\n## EWMA(.2, L) of normal runs\n\n" + tabulate(rows, heads, "pipe")


def _first(random: Random, terms: Terms, history: int | None, runs: int, drop: int | None) -> dict[str, int]:
    """The run at which each side is first raised; `runs` for never."""
    base = [random.gauss(0, 1) for _ in range(history or 0)]
    centre, sd = (mean(base), stdev(base) * sqrt(1 + 1 / len(base))) if base else (0.0, 1.0)
    tracks = (Track(direction="worse", terms=terms), Track(direction="better", terms=terms))
    first: dict[str, int] = {"worse": runs, "better": runs}
    ewma, left = 0.0, 1 - terms.weight
    for index in range(runs):
        x = random.gauss(0 if drop is None or index < drop else -2, 1)
        ewma += terms.weight * ((x - centre) / sd - ewma)
        limit = terms.limit * sqrt(terms.weight / (1 + left) * (1 - left ** (2 * index + 2)))
        for track in tracks:
            track.step(index, (x - centre) / sd, ewma, limit)
            if track.open:
                first[track.direction] = min(index, first[track.direction])
    return first
