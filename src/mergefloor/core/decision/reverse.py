"""The same evidence for the reverse change: would the gate block going back? Then the head is better.

What selects changes sides with the arms: the head's first draw is the history, the base's newest stored one the first
draw. So the reverse stands where a first run stands: its cases count by their sign (docs/decision.md), and only fresh
pairs convict. Fresh pairs are drawn after either selection, so that both directions may share them; draws that helped
one direction to convict never select for the other.
"""

from __future__ import annotations

from dataclasses import replace

from mergefloor.core.evidence import CaseEvidence, MetricEvidence, Pair


def reversible(metric: MetricEvidence) -> bool:
    """Whether the way back can be asked about: there is a base, and no safety case. Those tolerate nothing in either
    direction, and a hole that the head closed is no merit of which it could buy another one."""
    return not metric.head_only and metric.case_class != "safety"


def turned(metric: MetricEvidence) -> MetricEvidence:
    """The evidence on one metric with its arms swapped. A floor is about the head alone, and says nothing here."""
    return replace(
        metric, rule=replace(metric.rule, floor=None), cases=tuple(_turned(case) for case in metric.cases)
    )


def _turned(case: CaseEvidence) -> CaseEvidence:
    return replace(
        case,
        history=case.head[:1],
        head=case.history[-1:],
        one=tuple(map(_swapped, case.one)),
        two=tuple(map(_swapped, case.two)),
    )


def _swapped(pair: Pair) -> Pair:
    return Pair(base=pair.head, head=pair.base)
