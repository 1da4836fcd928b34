"""What other gates do with the same golden set: block or not, and the calls it took."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from golden_worlds import Truth, coin

from mergefloor.core.exact import passes, tail

TWO_POINTS = 0.02
Rival = Callable[[Random, Truth], tuple[bool, int]]


def below_base(random: Random, truth: Truth) -> tuple[bool, int]:
    """Head's mean under base's."""
    base, head = _arms(random, truth)
    return sum(head) < sum(base), 2 * len(base)


def two_points(random: Random, truth: Truth) -> tuple[bool, int]:
    """Head's mean more than 2 points under base's."""
    base, head = _arms(random, truth)
    return _drop(base, head) > TWO_POINTS, 2 * len(base)


def retried(random: Random, truth: Truth) -> tuple[bool, int]:
    """Head's failures get two more chances, then the 2 point rule (trap 3)."""
    base, head = _arms(random, truth)
    draw = coin(random)
    calls = 2 * len(base)
    for _ in range(2):
        again = [i for i, value in enumerate(head) if not value]
        calls += len(again)
        for i in again:
            head[i] = draw(truth.head[i])
    return _drop(base, head) > TWO_POINTS, calls


def mcnemar(random: Random, truth: Truth) -> tuple[bool, int]:
    """McNemar's exact test, one-sided, alpha .05."""
    base, head = _arms(random, truth)
    p = tail(passes(1, int(b), int(h)) for b, h in zip(base, head, strict=True))
    return p <= 0.05, 2 * len(base)


RIVALS: dict[str, Rival] = {
    "head mean below base": below_base,
    "drop > 2 pt": two_points,
    "retry head's failures": retried,
    "McNemar exact": mcnemar,
}


def _arms(random: Random, truth: Truth) -> tuple[list[float], list[float]]:
    draw = coin(random)
    return [draw(rate) for rate in truth.base], [draw(rate) for rate in truth.head]


def _drop(base: list[float], head: list[float]) -> float:
    return (sum(base) - sum(head)) / len(base) - 1e-9
