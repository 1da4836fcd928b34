"""Made-up golden sets whose truth is known, and the caller's part: draw whatever the shipped rule asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from mergefloor.core.decision.decide import decide
from mergefloor.core.evidence import CaseEvidence, Decided, MetricDecision, MetricEvidence, Needs, Pair, Want
from mergefloor.core.settings import MetricRule, Policy

MEAN_RATE = 0.92  # base pass rate
PHI = 1.0  # Beta(.92, .08): two runs of one prompt disagree on 2 * .92 * .08 / 2 = 7.4 % of cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What one draw of a case is like now: base's and head's rate; `before`: base's rate when history was drawn."""

    base: Sequence[float]
    head: Sequence[float]
    before: Sequence[float]


Sample = Callable[[float], float]  # a case's true rate -> one draw


def population(random: Random, n: int, drop: float, left: float = 0.0) -> Truth:
    """n cases of which a bad edit breaks a random share, so that the mean rate drops by `drop`.

    `left`: the part of its rate that a broken case keeps.
    """
    base = [random.betavariate(MEAN_RATE * PHI, (1 - MEAN_RATE) * PHI) for _ in range(n)]
    hazard = drop / MEAN_RATE / (1 - left)
    head = [left * rate if random.random() < hazard else rate for rate in base]
    return Truth(base=base, head=head, before=base)


def coin(random: Random) -> Sample:
    """Pass or fail."""
    return lambda rate: float(random.random() < rate)


def grade(random: Random, spread: float) -> Sample:
    """A score around the case's own level, kept in [0, 1]."""
    return lambda level: min(1.0, max(0.0, random.gauss(level, spread)))


def evidence(
    truth: Truth, draw: Sample, history: int, rule: MetricRule, kind: str = "binary"
) -> MetricEvidence:
    """Look 0: the base's history and one draw of the head."""
    cases = tuple(
        CaseEvidence(
            case=f"c{i:05d}",
            history=tuple(draw(truth.before[i]) for _ in range(history)),
            head=(draw(truth.head[i]),),
        )
        for i in range(len(truth.base))
    )
    return MetricEvidence(suite="s", rule=rule, kind="score" if kind == "score" else "binary", cases=cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """The decisions and how many calls they took."""

    decisions: tuple[MetricDecision, ...]
    calls: int

    @property
    def blocked(self) -> bool:
        """Whether any metric blocks."""
        return any(decision.verdict == "block" for decision in self.decisions)


def play(metrics: Sequence[MetricEvidence], truths: Sequence[Truth], draws: Sequence[Sample]) -> Played:
    """Run the shipped rule to its verdict. Metrics with one suite share their calls."""
    calls = len(metrics[0].cases)
    while True:
        step = decide(metrics, Policy(), power=lambda *_: None)
        if isinstance(step, Decided):
            return Played(decisions=step.metrics, calls=calls)
        calls += sum(_cost(want, metrics[0]) for want in step.wants)
        metrics = [_filled(m, step, t, d) for m, t, d in zip(metrics, truths, draws, strict=True)]


def _cost(want: Want, metric: MetricEvidence) -> int:
    case = metric.cases[int(want.case[1:])]
    if want.look == "plain":
        return want.count - len(case.head)
    return 2 * (want.count - len(case.one if want.look == "one" else case.two))


def _filled(metric: MetricEvidence, step: Needs, truth: Truth, draw: Sample) -> MetricEvidence:
    cases = list(metric.cases)
    for want in step.wants:
        index = int(want.case[1:])
        cases[index] = _drawn(cases[index], want, truth.base[index], truth.head[index], draw)
    return replace(metric, cases=tuple(cases))


def _drawn(case: CaseEvidence, want: Want, base: float, head: float, draw: Sample) -> CaseEvidence:
    if want.look == "plain":
        return replace(case, head=case.head + tuple(draw(head) for _ in range(want.count - len(case.head))))
    old = case.one if want.look == "one" else case.two
    pairs = old + tuple(Pair(base=draw(base), head=draw(head)) for _ in range(want.count - len(old)))
    return replace(case, one=pairs) if want.look == "one" else replace(case, two=pairs)
