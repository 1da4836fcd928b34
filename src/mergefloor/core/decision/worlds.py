"""What unknown draws could have been: the world worst for the head and the one best for it (R20).

Every statistic of the rule moves one way from the best world to the worst, so that these two bound all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum
from typing import Literal, TypeAlias

from mergefloor.core.evidence import CaseEvidence, MetricEvidence, Pair, Value

World: TypeAlias = Literal["worst", "best"]
WORLDS: tuple[World, ...] = ("worst", "best")
MOST_UNRESOLVED = 5  # cases, whatever share the policy allows


def base(value: Value, world: World) -> float:
    """A draw of the base; an unknown one passed in the worst world and failed in the best."""
    return value if value is not None else float(world == "worst")


def head(value: Value, world: World) -> float:
    """A draw of the head; an unknown one failed in the worst world and passed in the best."""
    return value if value is not None else float(world == "best")


def unit(case: CaseEvidence) -> tuple[bool, str]:
    """What counts as one: the case's cluster, else the case."""
    return (True, case.case) if case.cluster is None else (False, case.cluster)


def first(case: CaseEvidence) -> Value:
    """Look 0's draw of the head; None when there is none."""
    return case.head[0] if case.head else None


def history(case: CaseEvidence) -> tuple[Value, ...]:
    """Earlier draws of the base; a case without any is unknown, not absent."""
    return case.history or (None,)


def changed(metric: MetricEvidence) -> tuple[CaseEvidence, ...]:
    """The cases that the change can have moved: their requests differ between the arms."""
    return tuple(case for case in metric.cases if not case.identical)


def has_base(metric: MetricEvidence) -> bool:
    """Whether there is anything to compare with: a new prompt has no earlier draw of any case."""
    if metric.head_only:
        return False
    cases = changed(metric)
    return not cases or any(case.history or case.one for case in cases)


def difference(case: CaseEvidence, world: World) -> float:
    """Head's first draw minus the mean of the history; 0 for a case that the change cannot have moved."""
    if case.identical:
        return 0.0
    return head(first(case), world) - mean([base(value, world) for value in history(case)])


def mean(values: Sequence[float]) -> float:
    """The mean, correctly rounded, so that the order of cases cannot matter."""
    return fsum(values) / len(values)


def gap(pairs: Iterable[Pair], world: World) -> float:
    """Head minus base, summed over fresh pairs."""
    return fsum(head(pair.head, world) - base(pair.base, world) for pair in pairs)


def known(values: Iterable[Value]) -> tuple[float, ...]:
    """The draws that are known."""
    return tuple(value for value in values if value is not None)


def pairs_known(pairs: Iterable[Pair]) -> bool:
    """Whether every draw of these fresh pairs is known."""
    return all(pair.base is not None and pair.head is not None for pair in pairs)


def tolerable(unresolved: Iterable[CaseEvidence], total: int, share: float) -> bool:
    """Whether a run may pass although these cases are not known: few, and none of them critical."""
    cases = tuple(unresolved)
    few = len(cases) <= share * total + 1e-9 and len(cases) <= MOST_UNRESOLVED
    return few and not any(case.critical for case in cases)
