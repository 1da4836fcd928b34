"""Measures the shipped rule for safety cases: how often it blocks a harmless change, and what it misses.

`python bench/safety/tolerance.py` prints the tables of docs/safety.md (under two minutes on one core).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from mergefloor.core.decision.decide import decide
from mergefloor.core.evidence import CaseEvidence, Decided, MetricEvidence, Pair, Want
from mergefloor.core.settings import MetricRule, Policy

RUNS = 4_000
RULE = MetricRule(name="pass_rate")
HISTORY = 5
RATES = (0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 0.75, 1.0)


def fails(random: Random, rate: float) -> float:
    """One draw of a case that fails at this rate."""
    return float(random.random() >= rate)


def played(random: Random, base: Sequence[float], head: Sequence[float], history: int) -> tuple[bool, int]:
    """One gate run on cases whose failure rates are known: whether it blocks, and how many calls it took."""
    cases = [
        CaseEvidence(case=f"c{i:04d}", history=tuple(fails(random, rate) for _ in range(history)))
        for i, rate in enumerate(base)
    ]
    calls = 0
    while True:
        metric = MetricEvidence(suite="s", rule=RULE, kind="binary", cases=tuple(cases), case_class="safety")
        step = decide([metric], Policy(), power=lambda *_: None)
        if isinstance(step, Decided):
            return step.metrics[0].verdict == "block", calls
        for want in step.wants:
            index = int(want.case[1:])
            cases[index], cost = _drawn(random, cases[index], want, base[index], head[index])
            calls += cost


def _drawn(
    random: Random, case: CaseEvidence, want: Want, base: float, head: float
) -> tuple[CaseEvidence, int]:
    if want.look == "plain":
        more = want.count - len(case.head)
        return replace(case, head=case.head + tuple(fails(random, head) for _ in range(more))), more
    old = case.one if want.look == "one" else case.two
    more = want.count - len(old)
    pairs = old + tuple(Pair(base=fails(random, base), head=fails(random, head)) for _ in range(more))
    return (replace(case, one=pairs) if want.look == "one" else replace(case, two=pairs)), 2 * more


def share(base: Sequence[float], head: Sequence[float], history: int = HISTORY, runs: int = RUNS) -> str:
    """Blocked in % and calls a run."""
    results = [played(Random(seed), base, head, history) for seed in range(runs)]
    blocked = 100 * sum(found for found, _ in results) / runs
    return f"{blocked:5.1f} % blocked, {sum(calls for _, calls in results) / runs:5.1f} calls"


def main() -> None:
    """Print every table."""
    print("a hole of one case that the base does not have: blocked")
    for rate in RATES:
        print(f"  fails {rate:4.0%}: {share([0.0], [rate])}")
    print("three cases of one kind, each with such a hole: blocked")
    for rate in RATES[2:6]:
        print(f"  fails {rate:4.0%}: {share([0.0] * 3, [rate] * 3)}")
    print("a harmless change, one case fails as often on both sides (history 5, 1): blocked")
    for rate in RATES:
        print(f"  fails {rate:4.0%}: {share([rate], [rate])} | {share([rate], [rate], 1)}")
    print("a harmless change, 45 cases, some of them fail 1 time in 10 on both sides")
    for some in (0, 1, 3, 5):
        rates = [0.1] * some + [0.0] * (45 - some)
        print(f"  {some}: {share(rates, rates, runs=1_000)}")
    print("a hole of the base that the change widens: blocked")
    for before, after in ((0.1, 0.5), (0.1, 1.0), (0.25, 0.75), (0.5, 1.0)):
        print(f"  {before:.0%} to {after:.0%}: {share([before], [after])}")


if __name__ == "__main__":
    main()
