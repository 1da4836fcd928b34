"""Measures the shipped decision rule on made-up golden sets whose truth is known.

`python bench/decision/simulate.py [--fast]` prints every table of docs/decision.md: the rule beside four others, what
was expected of it, and standard errors. Two processes; about 7 minutes, `--fast` about one.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from multiprocessing import Pool
from random import Random

from golden_worlds import coin, evidence, population
from trials import DIFFUSE, RULE, RUNS

from mergefloor.core.decision.smallest_drop import smallest_drop

SIZES = (20, 50, 100, 200)
Spec = tuple[str, tuple[object, ...]]
# false block / miss of -8 pt / miss of -15 pt in %, calls for a harmless change, at n = 20, 50, 100, 200
EXPECTED = {
    "head mean below base": ((33, 25, 7, 40), (39, 7, 0.5, 100), (43, 1, 0, 200), (46, 0, 0, 400)),
    "drop > 2 pt": ((33, 25, 7, 40), (21, 16, 2, 100), (18, 5, 0, 200), (12, 1, 0, 400)),
    "retry head's failures": ((4, 58, 23, 42), (0.5, 60, 15, 106), (0.1, 60, 5, 212), (0, 57, 1, 425)),
    "McNemar exact": ((0, 97, 82, 40), (0.5, 70, 25, 100), (2, 34, 3, 200), (3, 7, 0, 400)),
    "flip-confirm": ((0.3, 57, 21, 34), (0.9, 11, 0.6, 85), (1.5, 0.9, 0, 177), (1.4, 0, 0, 362)),
}
DROPS = {20: 16, 30: 11, 50: 7, 100: 5, 200: 3, 500: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Runs of one kind: how many, how many blocked, calls in all."""

    runs: int
    blocks: int
    calls: int

    @property
    def rate(self) -> float:
        """Blocked, in %."""
        return 100 * self.blocks / self.runs

    @property
    def error(self) -> float:
        """Standard error in points, never 0: half a run is added on both sides."""
        p = (self.blocks + 0.5) / (self.runs + 1)
        return 100 * sqrt(p * (1 - p) / self.runs)

    def said(self) -> str:
        """Rate with its standard error."""
        return f"{self.rate:.1f}±{self.error:.1f}"


class Bench:
    """Runs cells on two processes; every run has its own seed."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.pool = Pool(2)

    def cells(self, specs: Sequence[Spec], runs: int) -> dict[Spec, Cell]:
        """Every kind of run, `runs` times (scaled)."""
        count = max(20, round(runs * self.scale))
        step = max(5, count // 16)
        chunks = [
            (spec, start, min(start + step, count)) for spec in specs for start in range(0, count, step)
        ]
        found = dict.fromkeys(specs, Cell(runs=0, blocks=0, calls=0))
        for spec, part in self.pool.imap_unordered(_chunk, chunks):
            old = found[spec]
            found[spec] = Cell(
                runs=old.runs + part.runs, blocks=old.blocks + part.blocks, calls=old.calls + part.calls
            )
        return found


def _chunk(work: tuple[Spec, int, int]) -> tuple[Spec, Cell]:
    (name, args), start, end = work[0], work[1], work[2]
    results = [RUNS[name](Random(f"{name}{args}{seed}"), *args) for seed in range(start, end)]
    return work[0], Cell(
        runs=end - start, blocks=sum(block for block, _ in results), calls=sum(calls for _, calls in results)
    )


def rules(bench: Bench) -> Iterable[str]:
    """The rule beside others."""
    yield "\n## Rules: false block % / miss of -8 pt % / miss of -15 pt % / calls for a harmless change"
    specs: dict[tuple[str, int, float], Spec] = {}
    for name in EXPECTED:
        for n in SIZES:
            for drop in (0.0, 0.08, 0.15):
                specs[name, n, drop] = (
                    ("ours", (n, drop)) if name == "flip-confirm" else ("rival", (n, drop, name))
                )
    cells = bench.cells(list(specs.values()), 1500)
    for name, expected in EXPECTED.items():
        for n, want in zip(SIZES, expected, strict=True):
            row = [cells[specs[name, n, drop]] for drop in (0.0, 0.08, 0.15)]
            calls = row[0].calls / row[0].runs
            got = [row[0].rate, 100 - row[1].rate, 100 - row[2].rate]
            text = " / ".join(f"{g:.1f}±{cell.error:.1f}" for g, cell in zip(got, row, strict=True))
            off = [abs(g - w) / cell.error > 3 for g, w, cell in zip(got, want, row, strict=False)]
            mark = "  <- beyond 3 standard errors" if any(off) else ""
            yield f"{name:22} n={n:3}  {text} / {calls:.0f}   expected {' / '.join(map(str, want))}{mark}"


def powers(bench: Bench) -> Iterable[str]:
    """The smallest drop that is blocked 4 times in 5, and what the product says of such sets."""
    yield "\n## Smallest true drop (points) blocked 4 times in 5; `said`: median and range of the product's own figure"
    for n, want in DROPS.items():
        found = _least(bench, n, 5)
        first = _least(bench, n, 1)
        said = sorted(_said(n, 5, seed) for seed in range(11))
        alone = sorted(_said(n, 1, seed) for seed in range(11))
        yield (
            f"n={n:3}  history 5: {found} (expected {want}), said {said[5]:.0f} ({said[0]:.0f}..{said[-1]:.0f})   "
            f"first run: {first}, said {alone[5]:.0f} ({alone[0]:.0f}..{alone[-1]:.0f})"
        )


def _said(n: int, history: int, seed: int) -> float:
    random = Random(f"said{n}{history}{seed}")
    return 100 * (
        smallest_drop(evidence(population(random, n, 0.0), coin(random), history, RULE), 0.05) or 1.0
    )


def _least(bench: Bench, n: int, history: int) -> str:
    """By bisection over whole points, 300 runs each (standard error of the power 2.3 points)."""
    low, high = 0, 60
    while high - low > 1:
        middle = (low + high) // 2
        spec: Spec = ("ours", (n, middle / 100, history))
        enough = bench.cells([spec], 300)[spec].rate >= 80
        low, high = (low, middle) if enough else (middle, high)
    return f"{high}" if high < 60 else "none under 60"


def others(bench: Bench) -> Iterable[str]:
    """First run, scores, floors and the traps."""
    yield "\n## Blocks by (n, true drop, tolerated drop)"
    small = [("tolerant", (n, drop, m)) for n, drop in ((200, 0.03), (500, 0.02)) for m in (0.0, 0.02)]
    yield from _lines(bench, small, 400)
    yield "\n## Blocks of a -8 pt change whose broken cases still pass one time in ten, by (n, drop, rule, rate left)"
    weak: list[Spec] = [("ours", (n, 0.08, 5, 0.1)) for n in SIZES]
    weak += [("rival", (n, 0.08, name, 0.1)) for name in EXPECTED if name != "flip-confirm" for n in SIZES]
    yield from _lines(bench, weak, 1000)
    yield "\n## First run (history 1, sign rule): false block / miss of -8 / miss of -15 / calls"
    yield from _misses(bench, "ours", (0.0, 0.08, 0.15), (1,), 800)
    yield "\n## Scores: false block / miss of -.05 / calls (expected 1.2-1.4; 26, 6.5, .2 at n = 50, 100, 200)"
    yield from _misses(bench, "score", (0.0, 0.05), (), 800)
    yield "\n## Floors: true mean 1 pt above the floor, false blocks % (expected 22.6 naive, 0.7 ours at n = 100)"
    yield from _lines(
        bench, [("floor", (n, 0.01, naive)) for n in (50, 100, 200) for naive in (True, False)], 2000
    )
    yield "\n## Trap 1: share of frozen base draws that make over a fifth of harmless changes block (expected 33 %)"
    yield from _lines(bench, [("frozen", (100, "2 pt")), ("frozen", (100, "ours"))], 60)
    yield "\n## Trap 2: provider drifts -5 pt in both arms, false blocks (expected 42 and 75 by history, 2.5 ours)"
    yield from _lines(bench, [("drifted", (n, old)) for n in (100, 200) for old in (True, False)], 600)
    yield "\n## Trap 4: no net loss, false blocks by (set, draws of history, by sign)"
    sets = [("diffuse", (name, k, sign)) for name in DIFFUSE for k in (1, 2, 3, 5) for sign in (False, True)]
    yield from _lines(bench, sets, 300)
    yield "\n## What the sign costs: blocks of a -8 pt change by (n, drop, draws of history, by sign)"
    yield from _lines(
        bench, [("either", (100, 0.08, k, sign)) for k in (1, 2, 3, 5) for sign in (False, True)], 300
    )
    yield "\n## Trap 6: six harmless metrics, any block (expected 10 binary, 18 scores unadjusted), by (n, kind, family)"
    kinds = [("six", (100, kind, family)) for kind in ("binary", "score") for family in (False, True)]
    yield from _lines(bench, kinds, 200)


def _misses(
    bench: Bench, name: str, drops: tuple[float, ...], more: tuple[object, ...], runs: int
) -> Iterable[str]:
    cells = bench.cells([(name, (n, drop, *more)) for n in SIZES for drop in drops], runs)
    for n in SIZES:
        row = [cells[name, (n, drop, *more)] for drop in drops]
        misses = " / ".join(f"{100 - cell.rate:.1f}±{cell.error:.1f}" for cell in row[1:])
        yield f"n={n:3}  {row[0].said()} / {misses} / {row[0].calls / row[0].runs:.0f}"


def _lines(bench: Bench, specs: Sequence[Spec], runs: int) -> Iterable[str]:
    cells = bench.cells(specs, runs)
    for spec in specs:
        yield f"{', '.join(map(str, spec[1])):60} {cells[spec].said()} %, {cells[spec].calls / cells[spec].runs:.0f} calls"


def main() -> None:
    """Every table, as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true", help="a tenth of the runs or less: about a minute")
    bench = Bench(0.05 if parser.parse_args().fast else 1.0)
    started = time.monotonic()
    for part in (rules, powers, others):
        for line in part(bench):
            print(line, flush=True)
    print(f"\n{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
