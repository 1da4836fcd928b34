"""How often the test of length bias warns of judges that do not look at length, and of judges that do.

    python bench/calibration/length_bias.py [--samples 500]

Prints the table of docs/calibration.md. What people pass is longer than what they fail, so that a test which does not
hold their verdict fixed would take every good judge for a biased one; the last column shows that. One process.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from math import sqrt
from random import Random

from tabulate import tabulate

from mergefloor.core.calibration.length import Row, length_bias

SIZES = (50, 100, 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """People pass a share of the outputs, whose median length is `longer` times that of the rest. The judge passes
    `good` of what they pass and `bad` of the rest; `pull` more in the longer half of either than in the shorter."""

    share: float = 0.7
    good: float = 0.9
    bad: float = 0.2
    longer: float = 1.5
    pull: float = 0.0

    def draw(self, random: Random) -> Row:
        """One labelled output with the judge's verdict."""
        people = float(random.random() < self.share)
        place = random.gauss(0, 1)
        chance = (self.good if people else self.bad) + (self.pull if place > 0 else -self.pull) / 2
        passed = random.random() < chance
        return Row(people, float(passed), passed, int(400 * (self.longer if people else 1) * 2**place))


WORLDS = {
    "good judge": World(),
    "misses failures": World(good=0.85, bad=0.4),
    "few failures": World(share=0.9, good=0.97, bad=0.4),
    "nearly perfect": World(good=0.98, bad=0.05),
    "weak judge": World(share=0.6, good=0.7, bad=0.3),
    "passes 20 points more of the longer half": World(good=0.8, bad=0.3, pull=0.2),
    "passes 40 points more of the longer half": World(good=0.75, bad=0.3, pull=0.4),
}


def warned(world: World, labels: int, samples: int, *, held: bool = True) -> tuple[float, float]:
    """Percentages of samples: with a warning, and with nothing to tell. Not `held`: people's verdict is not fixed."""
    biased = untold = 0
    for seed in range(samples):
        random = Random(f"{world} {labels} {seed}")
        rows = [world.draw(random) for _ in range(labels)]
        found = length_bias(rows if held else [row._replace(people=1.0) for row in rows])
        biased += found.biased
        untold += found.p is None
    return 100 * biased / samples, 100 * untold / samples


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--samples", type=int, default=500, help="samples a cell")
    samples = parser.parse_args().samples
    rows = []
    for name, world in WORLDS.items():
        cells = [warned(world, labels, samples) for labels in SIZES]
        told = (f"{alarm:.1f}{f' ({none:.0f} untold)' if none >= 1 else ''}" for alarm, none in cells)
        loose, _ = warned(world, SIZES[-1], samples // 10, held=False)
        rows.append([name, *told, f"{loose:.0f}"])
    head = ["world", *(f"m = {size}" for size in SIZES), f"verdicts not held fixed, m = {SIZES[-1]}"]
    print("% of samples with a warning; nominal 5 where the judge does not look at length\n")
    print(tabulate(rows, headers=head, tablefmt="github", disable_numparse=True))
    print(
        f"\n{samples} samples a cell, {samples // 10} in the last column; standard error of 5 %: {100 * sqrt(0.05 * 0.95 / samples):.1f}"
    )


if __name__ == "__main__":
    main()
