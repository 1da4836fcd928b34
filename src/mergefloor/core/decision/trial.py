"""One metric before the gate: its evidence, whether it can be used at all, and what look 0 says of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from mergefloor.core.decision import flips, floors, scores, worlds
from mergefloor.core.decision.flips import Pick, Tested
from mergefloor.core.decision.worlds import World
from mergefloor.core.evidence import CaseEvidence, MetricEvidence, Value
from mergefloor.core.settings import Policy

FreshLook = Literal["one", "two"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One metric's evidence with what follows from old data alone.

    `defect`: why nothing may rest on it; `compared`: there is a base; `drops`, `suspects`: the worlds in which look 0
    shows a drop, a floor missed; `tolerable`: few enough cases of look 0 are unknown.
    """

    metric: MetricEvidence
    policy: Policy
    defect: str | None
    gating: bool
    compared: bool
    drops: frozenset[World]
    suspects: frozenset[World]
    tolerable: bool

    @property
    def alive(self) -> frozenset[World]:
        """The worlds that can still matter: with too many unknown cases only the best one can (it may block)."""
        return frozenset(worlds.WORLDS if self.tolerable else ("best",))

    @property
    def binary(self) -> bool:
        """Whether its values are 0 or 1."""
        return self.metric.kind == "binary"

    def share(self, look: FreshLook) -> float:
        """The part of alpha that a look may spend."""
        return (flips.SHARE if self.binary else scores.SHARE)[look]

    def cases(self, pick: Pick) -> tuple[CaseEvidence, ...]:
        """The cases whose fresh pairs are evidence for this metric."""
        return flips.picked(self.metric, pick) if self.binary else worlds.changed(self.metric)

    def complete(self, pick: Pick, look: FreshLook) -> bool:
        """Whether every fresh pair of a look is there."""
        whole = flips.complete if self.binary else scores.complete
        cases = self.cases(pick)
        return bool(cases) and all(whole(case, look) for case in cases)

    def tested(self, pick: Pick, look: FreshLook, world: World) -> Tested:
        """The test of one look in one world."""
        if self.binary:
            return flips.tested(self.metric, pick, look, world)
        return scores.tested(self.metric, look, world)

    def reachable(self, pick: Pick, look: FreshLook) -> tuple[float, float]:
        """The smallest p that the margins allow, in some world and in every one. A score's has no least."""
        return flips.reachable(self.metric, pick, look) if self.binary else (0.0, 0.0)

    def lowest(self, pick: Pick, look: FreshLook) -> float:
        """The smallest p that a look could give, whatever its pairs will be."""
        return flips.lowest(self.metric, pick, look) if self.binary else 0.0

    def hopeful(self, pick: Pick, look: FreshLook) -> bool:
        """Whether a look could convict at all: a few cases cannot, however they fall."""
        if not self.binary:
            return True
        able = self.lowest(pick, look) <= self.share(look) * self.policy.alpha
        return able and self.enough(-len(self.cases(pick)))

    def enough(self, net: float) -> bool:
        """Whether a net loss is more than the owner tolerates."""
        return flips.enough(net, self.metric) if self.binary else scores.enough(net, self.metric)

    def settled(self, pick: Pick) -> bool:
        """Whether nothing is unknown, so that the worst world is the best one."""
        return pick.cases <= pick.sure and not any(None in _all(case) for case in self.metric.cases)

    def unresolved(self, pick: Pick, look: FreshLook) -> tuple[CaseEvidence, ...]:
        """Cases of which a draw that counts up to this look is unknown."""
        fresh = {case.case for case in self.cases(pick)} if self.drops & self.alive else set()
        fresh |= {case.case for case in self.metric.cases if self.binary and flips.alarming(case)}
        heads = floors.DRAWS if self.suspects & self.alive else 1
        return tuple(
            case
            for case in worlds.changed(self.metric)
            if None in _old(case, heads, self.compared) or (case.case in fresh and self._missing(case, look))
        )

    def _missing(self, case: CaseEvidence, look: FreshLook) -> bool:
        return not worlds.pairs_known(flips.pairs(case, look) if self.binary else scores.pairs(case, look))


def opened(metric: MetricEvidence, policy: Policy) -> Trial:
    """A metric's trial. A defect (no case, a value outside [0, 1], a rule that is not finite) makes it an error."""
    defect = _defect(metric, policy)
    if defect is not None:
        return _spoiled(metric, policy, defect)
    compared = worlds.has_base(metric)
    unknown = [case for case in worlds.changed(metric) if None in _old(case, 1, compared)]
    module = flips if metric.kind == "binary" else scores
    return Trial(
        metric=metric,
        policy=policy,
        defect=None,
        gating=metric.rule.gating and metric.case_class == "regression",
        compared=compared,
        drops=frozenset(w for w in worlds.WORLDS if compared and module.drops(metric, w)),
        suspects=frozenset(w for w in worlds.WORLDS if floors.suspected(metric, w)),
        tolerable=worlds.tolerable(unknown, len(metric.cases), policy.max_unresolved),
    )


def _spoiled(metric: MetricEvidence, policy: Policy, defect: str) -> Trial:
    none: frozenset[World] = frozenset()
    return Trial(
        metric=metric,
        policy=policy,
        defect=defect,
        gating=False,
        compared=False,
        drops=none,
        suspects=none,
        tolerable=False,
    )


def _old(case: CaseEvidence, heads: int, compared: bool) -> Sequence[Value]:
    """The draws of look 0 and of a suspected floor; a base that should be there and is not is unknown."""
    return (*(worlds.history(case) if compared else ()), *(case.head[:heads] or (None,)))


def _defect(metric: MetricEvidence, policy: Policy) -> str | None:
    if not metric.cases:
        return "no case"
    if len({case.case for case in metric.cases}) < len(metric.cases):
        return "a case occurs twice"
    rule = metric.rule
    shares = (policy.margin, policy.score_margin, policy.max_unresolved, rule.max_drop, rule.floor or 0.0)
    if not all(_share(value) for value in shares) or not 0 < policy.alpha < 1:
        return "a limit of the policy is not a share between 0 and 1"
    if not all(_usable(value, metric.kind) for case in metric.cases for value in _all(case)):
        return "a value is not between 0 and 1" if metric.kind == "score" else "a value is neither 0 nor 1"
    return None


def _all(case: CaseEvidence) -> Iterable[Value]:
    yield from case.history
    yield from case.head
    for pair in (*case.one, *case.two):
        yield pair.base
        yield pair.head


def _share(value: float) -> bool:
    return isfinite(value) and 0 <= value <= 1


def _usable(value: Value, kind: str) -> bool:
    return value is None or (value in (0, 1) if kind == "binary" else _share(value))
