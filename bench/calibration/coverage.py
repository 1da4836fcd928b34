"""How often every interval of a calibration holds the truth, on made-up judges whose truth is known.

    python bench/calibration/coverage.py [--fast] [--only shares|kappa] [--samples N] [--shipped] [--processes N]

Prints the tables of docs/calibration.md: coverage of the shipped 95 % intervals at 50, 100 and 200 labels, with the
share of samples on which the truth is below and above, and of those that were not taken (`--shipped`: not of these).
About 45 minutes of one core, of which the shares take 5; `--fast` about three. A sample of kappa is the same whatever
else is asked for, so a run with more samples contains one with fewer.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from multiprocessing import Pool
from random import Random

from rival_intervals import RIVALS
from tabulate import tabulate
from worlds import WORLDS, Judge, classes, cost, draw, enriched, true_kappa

from mergefloor.core.calibration.corrected import Estimate, ppi, ppi_share, rogan_gladen, wilson
from mergefloor.core.calibration.interval import kappa_interval

SIZES = (50, 100, 200)
JUDGED = 200  # outputs with the judge's verdict alone
FAILURES = 0.3  # share of failures among enriched labels
SHIPPED = "kappa"
JUDGES = [name for name, world in WORLDS.items() if isinstance(world, Judge)]
KAPPAS = (SHIPPED, *RIVALS)
SHARES = ("sensitivity", "specificity", "PPI++", "PPI++, normal interval", "Rogan-Gladen")
OFF = 2.0  # points of coverage from which on a deviation is marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """Samples of one kind: every figure is computed of each of them."""

    figures: tuple[str, ...]
    world: str
    labels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Samples of one kind: how many had an interval, how many of those had the truth below or above it."""

    runs: int = 0
    none: int = 0
    below: int = 0
    above: int = 0
    width: float = 0.0

    def __add__(self, other: Cell) -> Cell:
        return Cell(
            runs=self.runs + other.runs,
            none=self.none + other.none,
            below=self.below + other.below,
            above=self.above + other.above,
            width=self.width + other.width,
        )

    @property
    def coverage(self) -> float:
        """In %, of the samples that have an interval."""
        return 100 * (1 - (self.below + self.above) / self.runs)

    @property
    def error(self) -> float:
        """Its standard error in points."""
        p = (self.below + self.above + 0.5) / (self.runs + 1)
        return 100 * sqrt(p * (1 - p) / self.runs)

    def said(self) -> str:
        """`94.8 (2.1/3.1)`, marked where it is more than 2 points and a standard error off."""
        tails = f"({100 * self.below / self.runs:.1f}/{100 * self.above / self.runs:.1f})"
        off, most = self.coverage - 95, OFF + self.error
        mark = " LOW" if off < -most else " high" if off > most else ""
        return f"{self.coverage:.1f} {tails}{mark}"


def interval(figure: str, spec: Spec, seed: int) -> tuple[tuple[float, float] | None, float]:
    """The interval of one figure of one sample, and the truth."""
    random, world = Random(f"{spec.world} {spec.labels} {seed}"), WORLDS[spec.world]
    if figure in KAPPAS:
        pairs = draw(random, world.table(), spec.labels)
        if figure == SHIPPED:
            return _ends(kappa_interval(pairs, classes(world), cost(world), seed=1)), true_kappa(world)
        return RIVALS[figure](pairs, cost(world)), true_kappa(world)
    assert isinstance(world, Judge)
    return _ends(_share(figure, random, world, spec.labels)), _truth(figure, world)


def _share(figure: str, random: Random, judge: Judge, labels: int) -> Estimate | None:
    if figure == "Rogan-Gladen":
        sensitivity, specificity = enriched(random, judge, labels, FAILURES)
        passed = sum(judge.judged(random, JUDGED))
        return rogan_gladen(passed, JUDGED, sensitivity=sensitivity, specificity=specificity)
    pairs = draw(random, judge.table(), labels)
    if figure.startswith("PPI++"):
        return (ppi if "normal" in figure else ppi_share)(pairs, judge.judged(random, JUDGED))
    people = 1.0 if figure == "sensitivity" else 0.0
    rows = [judged == people for human, judged in pairs if human == people]
    return wilson(sum(rows), len(rows))


def _truth(figure: str, judge: Judge) -> float:
    return {"sensitivity": judge.sensitivity, "specificity": judge.specificity}.get(figure, judge.share)


def _ends(found: Estimate | None) -> tuple[float, float] | None:
    return None if found is None else (found.low, found.high)


def chunk(work: tuple[Spec, int, int]) -> tuple[Spec, list[Cell]]:
    """Some samples of one kind, a cell a figure; each sample has its own seed."""
    spec, start, end = work
    cells = [Cell() for _ in spec.figures]
    for seed in range(start, end):
        for index, figure in enumerate(spec.figures):
            cells[index] += _outcome(*interval(figure, spec, seed))
    return spec, cells


def _outcome(found: tuple[float, float] | None, truth: float) -> Cell:
    if found is None:
        return Cell(none=1)
    low, high = found
    return Cell(runs=1, below=int(truth < low - 1e-9), above=int(truth > high + 1e-9), width=high - low)


def measure(specs: Sequence[Spec], runs: int, processes: int) -> dict[Spec, list[Cell]]:
    """Every kind of sample."""
    step = max(10, runs // 10)
    work = [(spec, start, min(start + step, runs)) for spec in specs for start in range(0, runs, step)]
    found = {spec: [Cell() for _ in spec.figures] for spec in specs}
    with Pool(processes) as pool:
        for spec, cells in pool.imap_unordered(chunk, work):
            found[spec] = [old + new for old, new in zip(found[spec], cells, strict=True)]
    return found


def table(figures: tuple[str, ...], worlds: Iterable[str], runs: int, processes: int) -> str:
    """Coverage of every figure in every world, a row each, a column a number of labels."""
    by_world = {world: [Spec(figures=figures, world=world, labels=m) for m in SIZES] for world in worlds}
    cells = measure([spec for specs in by_world.values() for spec in specs], runs, processes)
    rows = []
    for world, specs in by_world.items():
        for index, figure in enumerate(figures):
            found = [cells[spec][index] for spec in specs]
            widths = " / ".join(f"{cell.width / cell.runs:.2f}" for cell in found)
            rows.append([world, figure, *(cell.said() for cell in found), widths])
    error = max(cell.error for row in cells.values() for cell in row)
    head = ["world", "interval", *(f"m = {size}" for size in SIZES), "widths"]
    return f"{tabulate(rows, headers=head, tablefmt='github')}\n{runs} samples a cell; standard error at most {error:.1f}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fast", action="store_true", help="fewer samples")
    parser.add_argument("--only", choices=("shares", "kappa"), help="one of the two tables")
    parser.add_argument("--samples", type=int, help="samples a cell, for both tables")
    parser.add_argument("--shipped", action="store_true", help="no intervals of kappa that were not taken")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    print("coverage % (truth below / above the interval), nominal 95; marked where more than 2 points off")
    if asked.only != "kappa":
        runs = asked.samples or (400 if asked.fast else 4_000)
        print("\n## Shares", table(SHARES, JUDGES, runs, asked.processes), sep="\n\n", flush=True)
    if asked.only != "shares":
        runs = asked.samples or (40 if asked.fast else 800)
        figures = (SHIPPED,) if asked.shipped else KAPPAS
        print("\n## Kappa (5 and 3 classes: quadratic weights)\n")
        print(table(figures, WORLDS, runs, asked.processes))


if __name__ == "__main__":
    main()
