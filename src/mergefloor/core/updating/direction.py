"""Which way a suite moved under another model: worse, better, the same, or nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from mergefloor.core.evidence import MetricDecision, Verdict
from mergefloor.core.settings import Policy

Direction: TypeAlias = Literal["worse", "better", "same", "unclear", "unknown"]
Ending: TypeAlias = Literal["accepted", "refused", "undecided"]


def direction(
    forward: Sequence[MetricDecision], reverse: Sequence[MetricDecision], policy: Policy
) -> Direction:
    """`worse`: the gate blocks the change; `better`: it would block the reverse one; `same`: on every gating metric
    the 90 % interval lies within the margin on both sides; `unknown`: draws are missing that could decide."""
    gating = [metric for metric in forward if metric.rule.gating and not metric.head_only]
    if any(metric.verdict == "block" for metric in gating):
        return "worse"
    if any(metric.verdict == "error" for metric in gating):
        return "unknown"
    if any(metric.verdict == "block" and metric.rule.gating for metric in reverse):
        return "better"
    return "same" if gating and all(_equal(metric, policy) for metric in gating) else "unclear"


def ending(verdict: Verdict, policy: Policy) -> Ending:
    """What becomes of the pin: a suite in doubt moves only where the policy lets changes in doubt in."""
    if verdict == "pass" or (verdict == "inconclusive" and policy.on_inconclusive == "pass"):
        return "accepted"
    return "undecided" if verdict == "error" else "refused"


def _equal(metric: MetricDecision, policy: Policy) -> bool:
    if metric.case_class == "safety":
        return metric.verdict == "pass"  # judged case by case: no average of them says anything
    margin = policy.margin if metric.kind == "binary" else policy.score_margin
    found = metric.interval
    return found is not None and -margin < found[0] and found[1] < margin
