"""How the tests of the rule write evidence down and play the caller's part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from mergefloor.core.decision.decide import decide
from mergefloor.core.evidence import (
    CaseEvidence,
    Decided,
    MetricDecision,
    MetricEvidence,
    Needs,
    Pair,
    Value,
    Want,
)
from mergefloor.core.settings import MetricRule, Policy

Draw = Callable[[str, CaseEvidence, str, int], Value]  # metric, case, arm, index -> outcome
ROUNDS = 4


class Play:
    """Writes evidence and answers wants until a decision falls; counts rounds and draws."""

    def __init__(self, **options: object) -> None:
        self.options: dict[str, Any] = options
        self.rounds = 0
        self.draws = 0
        self.wanted: list[Want] = []

    @staticmethod
    def metric(
        cases: Iterable[CaseEvidence], *, suite: str = "s", kind: str = "binary", **rule: object
    ) -> MetricEvidence:
        rule.setdefault("name", "pass_rate")
        return MetricEvidence(suite=suite, rule=MetricRule(**rule), kind=kind, cases=tuple(cases))  # type: ignore[arg-type]

    def run(
        self, metrics: Sequence[MetricEvidence], draw: Draw, policy: Policy | None = None
    ) -> tuple[MetricDecision, ...]:
        for _ in range(ROUNDS):
            step = decide(metrics, policy or Policy(), **self.options)
            if isinstance(step, Decided):
                return step.metrics
            self.rounds += 1
            metrics = [self._answered(metric, step, draw) for metric in metrics]
        raise AssertionError("no decision")

    def _answered(self, metric: MetricEvidence, step: Needs, draw: Draw) -> MetricEvidence:
        wants = {(w.case, w.look): w for w in step.wants if w.suite == metric.suite}
        self.wanted.extend(wants.values())
        cases = [self._filled(metric.rule.name, case, wants, draw) for case in metric.cases]
        return replace(metric, cases=tuple(cases))

    def _filled(
        self, name: str, case: CaseEvidence, wants: dict[tuple[str, str], Want], draw: Draw
    ) -> CaseEvidence:
        head, pairs = list(case.head), {"one": list(case.one), "two": list(case.two)}
        if want := wants.get((case.case, "plain")):
            while len(head) < want.count:
                head.append(draw(name, case, "head", len(head)))
                self.draws += 1
        for look, drawn in pairs.items():
            if want := wants.get((case.case, look)):
                assert len(drawn) < want.count
                while len(drawn) < want.count:
                    index = len(drawn) + (10 if look == "one" else 20)
                    drawn.append(
                        Pair(base=draw(name, case, "base", index), head=draw(name, case, "head", index))
                    )
                    self.draws += 2
        return replace(case, head=tuple(head), one=tuple(pairs["one"]), two=tuple(pairs["two"]))


def replay(name: str, case: CaseEvidence, arm: str, index: int) -> Value:
    """A deterministic model: every further draw repeats the first."""
    return case.head[0] if arm == "head" else case.history[0]


def flat(
    passes: int, broken: int = 0, fixed: int = 0, *, fails: int = 0, draws: int = 1, tag: str = "c"
) -> list[CaseEvidence]:
    """Cases whose draws of one arm all agree: passing, broken, fixed and failing ones."""
    kinds = [(1.0, 1.0)] * passes + [(1.0, 0.0)] * broken + [(0.0, 1.0)] * fixed + [(0.0, 0.0)] * fails
    return [
        CaseEvidence(case=f"{tag}{i:04d}", history=(base,) * draws, head=(head,))
        for i, (base, head) in enumerate(kinds)
    ]
