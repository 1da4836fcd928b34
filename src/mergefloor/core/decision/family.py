"""Several metrics tested at once: Holm's step-down with Tarone's exclusion, per look.

A metric whose margins cannot reach the limit costs the others nothing (Tarone 1990). Holm across looks with a fixed
share of alpha a look is closed testing with Bonferroni (Ye, Li, Liu, Yao 2013), so what is convicted at look 1
counts as rejected at look 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mergefloor.core.decision.worlds import World
from mergefloor.core.stats import EPSILON

NEVER = float("inf")  # `least_sure` of a metric that some world does not test at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One metric at one look. `share`: the part of alpha that this look may spend on it. `p`: worst and best world.

    `least`: the smallest p that its margins allow in any world, `least_sure`: in every world.
    """

    share: float
    p_worst: float
    p_best: float
    least: float
    least_sure: float


def within(p: float, limit: float) -> bool:
    """Whether p convicts; a p that equals the limit but for rounding does."""
    return p <= limit * (1 + EPSILON)


def limits(family: Sequence[Member], alpha: float, world: World) -> tuple[float, ...]:
    """The p that each member must not exceed to be convicted.

    In the worst world the family is as small and the p-values as low as unknown draws allow, in the best world as
    large and as high; without unknown draws the two agree.
    """
    size = _size([(m.least_sure if world == "worst" else m.least) / m.share for m in family], alpha)
    reachable = [m.least if world == "worst" else m.least_sure for m in family]
    weighted = [(m.p_worst if world == "worst" else m.p_best) / m.share for m in family]
    order = sorted((q, i) for i, q in enumerate(weighted) if reachable[i] / family[i].share <= alpha / size)
    out, left, tied = [alpha / size] * len(family), size, dict[float, float]()
    for q, index in order:
        out[index] = tied.setdefault(q, alpha / max(1, left))  # equal p, equal limit: no order among metrics
        left -= within(q, out[index])
    return tuple(m.share * limit for m, limit in zip(family, out, strict=True))


def _size(least: Sequence[float], alpha: float) -> int:
    """The smallest k for which at most k members can reach alpha / k."""
    size = 1
    while sum(p <= alpha / size for p in least) > size:
        size += 1
    return size
