"""Measures what a model update says of a suite, on made-up golden sets whose truth is known.

`python bench/decision/both_ways.py [RUNS]` prints how often a suite is called worse, better, the same or neither, and
what it takes in calls (docs/updates.md). One process; about two minutes at the default of 300 runs.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random

from golden_worlds import Sample, Truth, _cost, _filled, coin, evidence, population

from mergefloor.core.decision.decide import decide
from mergefloor.core.decision.reverse import turned
from mergefloor.core.evidence import Decided, MetricDecision, MetricEvidence
from mergefloor.core.settings import MetricRule, Policy
from mergefloor.core.updating.direction import direction

RUNS = 300
SIZES = (50, 100, 200)
HISTORY = 5
World = Callable[[Random, int], Truth]


def harmless(random: Random, n: int) -> Truth:
    """The new model answers like the old one."""
    return population(random, n, 0.0)


def gain(share: float) -> World:
    """The new model mends what a bad one had broken."""

    def made(random: Random, n: int) -> Truth:
        found = population(random, n, share)
        return Truth(base=found.head, head=found.base, before=found.head)

    return made


def loss(random: Random, n: int) -> Truth:
    """The new model breaks eight cases in a hundred for good."""
    return population(random, n, 0.08)


def mixed(random: Random, n: int) -> Truth:
    """Another model altogether: a tenth of the cases is broken, as many are mended, nothing is won or lost."""
    found = population(random, n, 0.0)
    base, head = list(found.base), list(found.head)
    for turn, index in enumerate(random.sample(range(n), 2 * (n // 10))):
        side, other = (base, head) if turn % 2 else (head, base)
        side[index], other[index] = 0.03, 0.97
    return Truth(base=base, head=head, before=base)


def drifted(random: Random, n: int) -> Truth:
    """The provider lost five points since the history was drawn, under both names: no difference now."""
    found = population(random, n, 0.05)
    return Truth(base=found.head, head=found.head, before=found.base)


WORLDS: dict[str, World] = {
    "the same": harmless,
    "a tenth broken, a tenth mended": mixed,
    "both drifted by -5 pt": drifted,
    "-8 pt": loss,
    "+8 pt": gain(0.08),
    "+15 pt": gain(0.15),
}


def tried(metric: MetricEvidence, truth: Truth, draw: Sample) -> tuple[str, int]:
    """What is said of one suite, and the calls that it took."""
    calls = len(metric.cases)
    told: list[tuple[MetricDecision, ...]] = []
    for back in (False, True):
        while True:
            seen = turned(metric) if back else metric
            step = decide([seen], Policy(), power=lambda *_: None)
            if isinstance(step, Decided):
                told.append(step.metrics)
                break
            calls += sum(_cost(want, metric) for want in step.wants)
            metric = _filled(metric, step, truth, draw)
    return direction(told[0], told[1], Policy()), calls


def main(runs: int) -> None:
    """Print the table."""
    print(f"{'truth':32}" + "".join(f"{f'n = {n}: worse better same neither calls':>46}" for n in SIZES))
    for name, world in WORLDS.items():
        row = f"{name:32}"
        for n in SIZES:
            counted: Counter[str] = Counter()
            calls = 0
            for seed in range(runs):
                random = Random(f"{name}{n}{seed}")
                truth, draw = world(random, n), coin(random)
                found = evidence(truth, draw, HISTORY, MetricRule(name="pass_rate"))
                said, spent = tried(replace(found), truth, draw)
                counted[said] += 1
                calls += spent
            rates = [100 * counted[word] / runs for word in ("worse", "better", "same", "unclear")]
            row += f"{'  '.join(f'{rate:.1f}' for rate in rates):>38}{calls / runs:8.0f}"
        print(row, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
