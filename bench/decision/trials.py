"""One simulated gate run of each kind, by name: every function takes a random source and says block and calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from golden_worlds import Truth, coin, evidence, grade, play, population
from rival_rules import RIVALS

from mergefloor.core import exact
from mergefloor.core.decision import flips
from mergefloor.core.settings import MetricRule

Run = Callable[..., tuple[bool, int]]
SCORE_NOISE = 0.16  # run-to-run standard deviation of one score
RULE = MetricRule(name="pass_rate")


def tolerant(random: Random, n: int, drop: float, max_drop: float) -> tuple[bool, int]:
    """The shipped rule with another tolerated loss."""
    truth, draw = population(random, n, drop), coin(random)
    rule = MetricRule(name="pass_rate", max_drop=max_drop)
    played = play([evidence(truth, draw, 5, rule)], [truth], [draw])
    return played.blocked, played.calls


def ours(random: Random, n: int, drop: float, history: int = 5, left: float = 0.0) -> tuple[bool, int]:
    """The shipped rule on a binary metric."""
    truth, draw = population(random, n, drop, left), coin(random)
    played = play([evidence(truth, draw, history, RULE)], [truth], [draw])
    return played.blocked, played.calls


def rival(random: Random, n: int, drop: float, name: str, left: float = 0.0) -> tuple[bool, int]:
    """One of the other rules."""
    return RIVALS[name](random, population(random, n, drop, left))


def score(random: Random, n: int, drop: float) -> tuple[bool, int]:
    """The shipped rule on a score: levels around .8, every case loses `drop`."""
    levels = [random.betavariate(8, 2) for _ in range(n)]
    truth = Truth(base=levels, head=[level - drop for level in levels], before=levels)
    draw = grade(random, SCORE_NOISE)
    played = play([evidence(truth, draw, 5, RULE, "score")], [truth], [draw])
    return played.blocked, played.calls


def floor(random: Random, n: int, above: float, naive: bool) -> tuple[bool, int]:
    """A set whose true mean lies `above` its floor, unchanged by the edit; `naive`: block on the point estimate."""
    truth, draw = population(random, n, 0.0), coin(random)
    rule = MetricRule(name="pass_rate", floor=max(0.0, sum(truth.base) / n - above))
    metric = replace(evidence(truth, draw, 5, rule), head_only=True)  # the floor rule alone
    if naive:
        return sum(case.head[0] or 0.0 for case in metric.cases) / n < (rule.floor or 0.0) - 1e-9, n
    played = play([metric], [truth], [draw])
    return played.blocked, played.calls


def drifted(random: Random, n: int, judged_by_history: bool) -> tuple[bool, int]:
    """The provider lost 5 points since the history was drawn, in both arms; the edit is harmless (trap 2)."""
    world, draw = population(random, n, 0.05), coin(random)
    truth = Truth(base=world.head, head=world.head, before=world.base)
    metric = evidence(truth, draw, 5, RULE)
    if not judged_by_history:
        played = play([metric], [truth], [draw])
        return played.blocked, played.calls
    strata = []
    for (
        case
    ) in metric.cases:  # six outcomes of which one is head's: it passes with the share of passes in all six
        head = round(case.head[0] or 0.0)
        share = (sum(value or 0.0 for value in case.history) + head) / 6
        strata.append(exact.Stratum((1 - share, share), head) if 0 < share < 1 else exact.SILENT)
    return exact.tail(strata) <= 0.05, n


# n, cases broken for good, cases with a gain, their rate before and after: never a net loss
DIFFUSE = {
    "100: 4 broken, 40 from .8 to .9": (100, 4, 40, 0.8, 0.9),
    "100: 6 broken, 30 from .5 to .7": (100, 6, 30, 0.5, 0.7),
    "200: 15 broken, 50 from .6 to .9": (200, 15, 50, 0.6, 0.9),
}


def diffuse(random: Random, name: str, history: int, by_sign: bool) -> tuple[bool, int]:
    """A set built so that a few visible breaks are paid for by many small gains (trap 4)."""
    n, broken, gains, low, high = DIFFUSE[name]
    rest = [1.0] * (n - broken - gains)
    base, head = [1.0] * broken + [low] * gains + rest, [0.0] * broken + [high] * gains + rest
    truth, draw = Truth(base=base, head=head, before=base), coin(random)
    return _with_sign(truth, draw, history, by_sign)


def either(random: Random, n: int, drop: float, history: int, by_sign: bool) -> tuple[bool, int]:
    """The rule with the sign or the sum of each case forced, whatever its history."""
    truth, draw = population(random, n, drop), coin(random)
    return _with_sign(truth, draw, history, by_sign)


def _with_sign(truth: Truth, draw: Callable[[float], float], history: int, by_sign: bool) -> tuple[bool, int]:
    shipped, flips.SIGN_BELOW = flips.SIGN_BELOW, 99 if by_sign else 0
    try:
        played = play([evidence(truth, draw, history, RULE)], [truth], [draw])
    finally:
        flips.SIGN_BELOW = shipped
    return played.blocked, played.calls


def six(random: Random, n: int, kind: str, together: bool) -> tuple[bool, int]:
    """Six harmless metrics of one suite, with noise of their own: as one family, or each alone (trap 6)."""
    truths = [population(random, n, 0.0) for _ in range(6)]
    draw = coin(random) if kind == "binary" else grade(random, SCORE_NOISE)
    rules = [MetricRule(name=f"m{i}") for i in range(6)]
    metrics = [evidence(t, draw, 5, rule, kind) for t, rule in zip(truths, rules, strict=True)]
    if together:
        played = play(metrics, truths, [draw] * 6)
        return played.blocked, played.calls
    runs = [play([metric], [truth], [draw]) for metric, truth in zip(metrics, truths, strict=True)]
    return any(run.blocked for run in runs), sum(run.calls for run in runs)


def frozen(random: Random, n: int, kind: str) -> tuple[bool, int]:
    """One base draw reused by 100 harmless changes: are more than a fifth of them blocked (trap 1)?"""
    truth, draw = population(random, n, 0.0), coin(random)
    once = evidence(truth, draw, 1 if kind == "2 pt" else 5, RULE)
    blocks = 0
    for _ in range(100):
        metric = evidence(truth, draw, 0, RULE)
        pairs = zip(once.cases, metric.cases, strict=True)
        cases = tuple(replace(new, history=old.history) for old, new in pairs)
        if kind == "2 pt":
            gone = sum((case.history[0] or 0.0) - (case.head[0] or 0.0) for case in cases)
            blocks += gone / n > 0.02 + 1e-9
        else:
            blocks += play([replace(metric, cases=cases)], [truth], [draw]).blocked
    return blocks > 20, n


RUNS: dict[str, Run] = {
    "ours": ours,
    "tolerant": tolerant,
    "rival": rival,
    "score": score,
    "floor": floor,
    "drifted": drifted,
    "diffuse": diffuse,
    "either": either,
    "six": six,
    "frozen": frozen,
}
