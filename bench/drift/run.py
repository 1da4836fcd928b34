"""False alarms and delays of the drift watch, and power of the query drift test, on worlds whose truth is known.

    python bench/drift/run.py [--fast]

Prints the tables of docs/drift.md. One process; about 15 minutes, `--fast` about one.
"""

from __future__ import annotations

import argparse
from random import Random
from statistics import mean, median

import closing
import origins
import textbook
import windows
from charts import LAST_RUN, RULES, alarms
from known_drops import HISTORY, WORLDS, Drop, World, series
from tabulate import tabulate

WATCHED = 90
CALM = 160  # runs after the history, for the run length in control
AFTER = 80  # runs after the drop
DROPS = {
    "step .5 sd": Drop(size=0.5),
    "1 sd": Drop(size=1.0),
    "2 sd": Drop(size=2.0),
    "3 sd": Drop(size=3.0),
    "ramp .1 sd a run": Drop(ramp=0.1),
}


def in_control(world: World, cases: int, samples: int) -> dict[str, tuple[float, float]]:
    """A rule -> (runs a false alarm, % of suites with one in 90 runs)."""
    found = [
        alarms(series(Random(f"calm {cases} {i}"), world, cases, HISTORY + CALM, Drop()))
        for i in range(samples)
    ]
    table = {}
    for rule in RULES:
        until = [each[rule][0] - HISTORY + 1 if each[rule] else CALM for each in found]
        rung = sum(bool(each[rule]) for each in found)
        early = sum(runs <= WATCHED and bool(each[rule]) for runs, each in zip(until, found, strict=True))
        table[rule] = (sum(until) / max(1, rung), 100 * early / samples)
    return table


def delays(world: World, cases: int, samples: int, calm: int, drop: Drop) -> dict[str, str]:
    """A rule -> mean and median runs until it alarms, the first run after the drop counting as 1."""
    at = HISTORY + calm
    placed = Drop(at=at, size=drop.size, ramp=drop.ramp)
    found = [
        alarms(series(Random(f"drop {cases} {i}"), world, cases, at + AFTER, placed)) for i in range(samples)
    ]
    table = {}
    for rule in RULES:
        # a chart that rang before the drop has nothing left to detect; a rule without memory starts anew each run
        fair = [each[rule] for each in found if rule in LAST_RUN or not each[rule] or each[rule][0] >= at]
        late = [next((run - at + 1 for run in runs if run >= at), AFTER) for runs in fair]
        table[rule] = f"{mean(late):.1f} ({median(late):.0f})" if late else "always rang before"
    return table


def charts(world: str, cases: int, samples: int, calm: int) -> str:
    """One table: every rule in one world."""
    control = in_control(WORLDS[world], cases, 4 * samples)
    late = {name: delays(WORLDS[world], cases, samples, calm, drop) for name, drop in DROPS.items()}
    rows = [
        [rule, f"{control[rule][0]:.0f}", f"{control[rule][1]:.0f} %", *(late[name][rule] for name in DROPS)]
        for rule in RULES
    ]
    heads = ["rule", "runs a false alarm", f"in {WATCHED} runs", *DROPS]
    return f"\n## {world}, {cases} cases, drop after {calm} calm runs\n\n" + tabulate(rows, heads, "pipe")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--fast", action="store_true", help="a tenth of the samples")
    samples = 4 if parser.parse_args().fast else 40
    print("Delays: mean (median) runs, the first run with the drop counting as 1.")
    for cases in (100, 50, 20, 200):
        print(charts("independent", cases, samples, 30), flush=True)
    print(charts("independent", 100, samples, 5), flush=True)
    print(textbook.table(100 * samples), flush=True)
    print(closing.table(10 * samples), flush=True)
    print(origins.table(10 * samples), flush=True)
    print(windows.table(3 * samples // 2), flush=True)
    for world in list(WORLDS)[1:]:
        print(charts(world, 100, samples, 30), flush=True)


if __name__ == "__main__":
    main()
