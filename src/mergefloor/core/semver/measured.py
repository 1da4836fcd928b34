"""What the outputs of both sides say about the bump (DECISION 7, "Measured")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mergefloor.core.semver.noise import NOISE, limit
from mergefloor.core.semver.nouns import Fact

LEAST = 50  # cases below which nothing certifies a patch
DEARER = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was measured on the cases whose requests differ between the sides.

    `n`: those cases; `changed`: how many head outputs differ from every base output of their case; `unresolved`:
    how many cases lack an output; `noise`: the share of base outputs that differ from every other base output of
    their case, None where no case has two. `moved`: metrics that moved, in words. `cost`, `latency`: head over
    base, of the mean cost and the median wait; None where it is not known. `merged`: a regression was proven and
    the change is merged all the same.
    """

    n: int
    changed: int
    unresolved: int = 0
    noise: float | None = None
    moved: tuple[str, ...] = ()
    merged: bool = False
    valid_drop: str = ""
    refusals_up: str = ""
    cost: float | None = None
    latency: float | None = None

    @property
    def known(self) -> int:
        """Cases with outputs on both sides."""
        return self.n - self.unresolved


def measured(evidence: Evidence) -> tuple[Fact, ...]:
    """The facts of a measurement. Exactly one of them says whether a patch is certified, and if not, why not."""
    return (*_facts(evidence), _certificate(evidence))


def _facts(seen: Evidence) -> Iterator[Fact]:
    if seen.merged:
        yield Fact(kind="regression", why="a proven regression is merged by an override")
    if seen.valid_drop:
        yield Fact(kind="schema-valid", why=seen.valid_drop)
    if seen.refusals_up:
        yield Fact(kind="refusals", why=seen.refusals_up)
    bound = _noise_limit(seen)
    if seen.changed >= bound and seen.changed:
        yield Fact(kind="outputs-changed", why=f"{_differ(seen)} beyond run noise (limit {bound:,})")
    for moved in seen.moved:
        yield Fact(kind="metric-moved", why=moved)
    if seen.cost is not None and seen.cost > DEARER:
        yield Fact(kind="cost", why=f"the mean cost of an answer is {_percent(seen.cost)} (limit +25 %)")
    if seen.latency is not None and seen.latency > DEARER:
        yield Fact(kind="latency", why=f"the median latency is {_percent(seen.latency)} (limit +25 %)")


def _noise_limit(seen: Evidence) -> int:
    """c(n), or more where the base was seen to differ from itself more often than c(n) supposes."""
    return limit(seen.known, max(NOISE, seen.noise or 0.0))


def _certificate(seen: Evidence) -> Fact:
    """Certified only if every missing output could have changed; not refused for what missing ones might be."""
    most, bound = seen.changed + seen.unresolved, limit(seen.n)
    if seen.moved or seen.merged or seen.valid_drop or seen.refusals_up:
        return Fact(kind="uncertified", why="a patch is certified only when no metric moved")
    if seen.n < LEAST:
        return Fact(
            kind="uncertified",
            why=f"{_cases(seen.n)} cannot certify a patch: that takes {LEAST} whose requests changed",
        )
    if most < bound:
        return Fact(kind="certified", why=f"{_differ(seen)} (limit {bound:,}) and no metric moved")
    if seen.changed < bound:
        why = f"{_cases(seen.unresolved)} without an answer: whether a patch is certified is not known"
        return Fact(kind="unresolved", why=why)
    why = f"{_differ(seen)}, a patch may change fewer than {bound:,}"
    return Fact(kind="uncertified", why=why)


def _differ(seen: Evidence) -> str:
    return f"{seen.changed:,} of {seen.known:,} outputs {'differs' if seen.changed == 1 else 'differ'}"


def _cases(count: int) -> str:
    return f"{count:,} golden case" + ("" if count == 1 else "s")


def _percent(ratio: float) -> str:
    return f"{(ratio - 1) * 100:+,.0f} %"
