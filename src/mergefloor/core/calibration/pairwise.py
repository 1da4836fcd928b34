"""A judge that compares two outputs, in both orders, against the people who did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.calibration.agreement import agreement, kappa, unequal
from mergefloor.core.calibration.corrected import Estimate, wilson
from mergefloor.core.calibration.interval import kappa_interval

Choice: TypeAlias = Literal["first", "second", "tie"]
CHOICES: tuple[Choice, ...] = ("first", "second", "tie")
SEED = 20_231_117


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two outputs of one example: which one people prefer, and which one the judge does in either order.

    All three name the *outputs*, not the places they were shown in: in `swapped` the second output stood first.
    """

    id: str
    people: Choice
    forward: Choice
    swapped: Choice

    @property
    def verdict(self) -> Choice:
        """What the judge says whatever the order; a tie where the order decides."""
        return self.forward if self.forward == self.swapped else "tie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Swap consistency: how far the judge looks at the outputs and not at their order.

    `same` comparisons of `n` keep their verdict; `agreement` is their share, `kappa` Cohen's between the orders.
    `leaning`: of the verdicts that name an output, the share that names the one shown first; a half is no leaning.
    """

    n: int
    same: int
    agreement: float | None
    kappa: float | None
    leaning: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairwise:
    """A comparing judge against people. `forward`, `swapped`, `both`: comparisons on which it is right in the one
    order, in the other, and in both; `right`: on which its verdict is, ties included; `kappa`: of the verdict over both orders, in which a tie is never people's choice
    unless they say so too."""

    n: int
    forward: int
    swapped: int
    both: int
    right: int
    kappa: Estimate | None
    sides: tuple[tuple[int, int], tuple[int, int]]
    swap: Swap

    @property
    def failures(self) -> int:
        """How often people prefer the output that they prefer less often: which one is called first is arbitrary."""
        return min(trials for _, trials in self.sides)

    @property
    def specificity(self) -> Estimate | None:
        """Of the comparisons that one output wins, the share that the judge gives it in both orders: of the two
        outputs the one with the lower bound. None where one never wins."""
        found = [wilson(right, trials) for right, trials in self.sides]
        known = [each for each in found if each is not None]
        return min(known, key=lambda each: each.low) if len(known) == len(found) else None


def compare(comparisons: Iterable[Comparison], *, seed: int = SEED) -> Pairwise:
    """Every figure of a comparing judge."""
    rows = list(comparisons)
    verdicts = [(row.people, row.verdict) for row in rows]
    return Pairwise(
        n=len(rows),
        forward=sum(row.forward == row.people for row in rows),
        swapped=sum(row.swapped == row.people for row in rows),
        both=sum(row.forward == row.swapped == row.people for row in rows),
        right=sum(people == verdict for people, verdict in verdicts),
        kappa=kappa_interval(verdicts, CHOICES, unequal, seed=seed),
        sides=(_side(rows, "first"), _side(rows, "second")),
        swap=swap(rows),
    )


def swap(rows: Sequence[Comparison]) -> Swap:
    """Swap consistency; people's choices do not matter for it."""
    orders = [(row.forward, row.swapped) for row in rows]
    ahead = [row.forward == "first" for row in rows if row.forward != "tie"]
    ahead += [row.swapped == "second" for row in rows if row.swapped != "tie"]
    return Swap(
        n=len(rows),
        same=sum(one == other for one, other in orders),
        agreement=agreement(orders),
        kappa=kappa(orders),
        leaning=sum(ahead) / len(ahead) if ahead else None,
    )


def _side(rows: Sequence[Comparison], choice: Choice) -> tuple[int, int]:
    won = [row for row in rows if row.people == choice]
    return sum(row.verdict == choice for row in won), len(won)
