"""Two ways to be wrong about a pass rate: labels of other outputs, and labels that the judge's verdicts chose.

    python bench/calibration/transfer.py

Prints the two tables of docs/calibration.md, "What a correction assumes"; about ten seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tabulate import tabulate

from mergefloor.core.calibration.confusion import Confusion
from mergefloor.core.calibration.corrected import Estimate, ppi_share, rogan_gladen

RUNS, LABELS, OUTPUTS = 1_000, 100, 200
SENSITIVITY, SPECIFICITY = 0.9, 0.7
BASE, HEAD = 0.85, 0.7  # what people pass
Pair = tuple[bool, bool]


def drawn(random: Random, rate: float, number: int) -> list[Pair]:
    """Outputs as people and the judge pass them."""
    people = [random.random() < rate for _ in range(number)]
    return [(each, random.random() < (SENSITIVITY if each else 1 - SPECIFICITY)) for each in people]


def by_judge(random: Random) -> list[Pair]:
    """Half of the labelled outputs are such as the judge failed."""
    pool = drawn(random, BASE, 20 * LABELS)
    passed, failed = ([pair for pair in pool if pair[1] == side] for side in (True, False))
    return passed[: LABELS // 2] + failed[: LABELS // 2]


def by_people(random: Random) -> list[Pair]:
    """A third of the labelled outputs are failures, whatever the judge says of them."""
    pool = drawn(random, BASE, 20 * LABELS)
    good, bad = ([pair for pair in pool if pair[0] == side] for side in (True, False))
    return good[: LABELS - LABELS // 3] + bad[: LABELS // 3]


def gladen(labels: list[Pair], outputs: list[Pair]) -> Estimate | None:
    """Rogan and Gladen's rate of these outputs by these labels."""
    table = Confusion.of(labels)
    return rogan_gladen(
        sum(judged for _, judged in outputs),
        len(outputs),
        sensitivity=(table.pass_pass, table.passes),
        specificity=(table.fail_fail, table.failures),
    )


def plus(labels: list[Pair], outputs: list[Pair]) -> Estimate | None:
    """PPI++ of these outputs by these labels."""
    return ppi_share([(float(a), float(b)) for a, b in labels], [float(judged) for _, judged in outputs])


def other_outputs() -> Iterator[list[str]]:
    """Labels at random from the base's outputs, pass rates of base and head."""
    for name, method in (("PPI++", plus), ("Rogan-Gladen", gladen)):
        for side, rate in (("base", BASE), ("head", HEAD)):
            random = Random(f"{name} {side}")
            found = [method(drawn(random, BASE, LABELS), drawn(random, rate, OUTPUTS)) for _ in range(RUNS)]
            yield [name, side, f"{rate:.0%}", *told([each for each in found if each is not None], rate)]


def chosen() -> Iterator[list[str]]:
    """Labels chosen in three ways, pass rate of the base."""
    ways = {
        "at random": lambda random: drawn(random, BASE, LABELS),
        "a third are failures": by_people,
        "by the judge's verdicts, half and half": by_judge,
    }
    for name, way in ways.items():
        random = Random(name)
        sheets = [way(random) for _ in range(RUNS)]
        tables = [Confusion.of(sheet) for sheet in sheets]
        seen = sum(table.fail_fail for table in tables) / sum(table.failures for table in tables)
        found = [gladen(sheet, drawn(random, BASE, OUTPUTS)) for sheet in sheets]
        yield [name, f"{seen:.0%}", *told([each for each in found if each is not None], BASE)]


def told(found: list[Estimate], truth: float) -> list[str]:
    """The mean estimate, and how often the interval holds the truth."""
    inside = sum(each.low <= truth <= each.high for each in found) / len(found)
    return [f"{sum(each.value for each in found) / len(found):.0%}", f"{inside:.1%}"]


if __name__ == "__main__":
    print(tabulate(other_outputs(), ["method", "side", "truth", "mean", "interval holds it"], "github"))
    print()
    ways = ["labels", "specificity (70 %)", "pass rate (85 %)", "interval holds it"]
    print(tabulate(chosen(), ways, "github"))
