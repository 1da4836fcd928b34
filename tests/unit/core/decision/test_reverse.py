"""The change back on the same evidence: arms swapped, fresh pairs shared, nothing selected by what convicted."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from mergefloor.core.decision import decide
from mergefloor.core.decision.reverse import reversible, turned
from mergefloor.core.evidence import CaseEvidence, Decided, MetricEvidence, Pair
from mergefloor.core.settings import MetricRule, Policy


def metric(*cases: CaseEvidence, floor: float | None = None) -> MetricEvidence:
    rule = MetricRule(name="pass_rate", floor=floor)
    return MetricEvidence(suite="s", rule=rule, kind="binary", cases=cases)


def test_turned__of_a_case__swaps_the_arms_and_looks_back_on_one_plain_draw() -> None:
    pair, other = Pair(base=1.0, head=0.0), Pair(base=None, head=1.0)
    case = CaseEvidence(case="x", history=(1.0, 0.0, 1.0), head=(0.0, 1.0), one=(pair,), two=(other,))
    (found,) = turned(metric(case, floor=0.9)).cases
    assert found.history == (0.0,)
    assert found.head == (1.0,), "the newest stored draw"
    assert found.one == (Pair(base=0.0, head=1.0),)
    assert found.two == (Pair(base=1.0, head=None),)
    assert turned(metric(case, floor=0.9)).rule.floor is None


def test_reversible__without_a_base_or_of_safety_cases__is_not() -> None:
    plain = metric(CaseEvidence(case="x"))
    assert reversible(plain)
    assert not reversible(replace(plain, head_only=True))
    assert not reversible(replace(plain, case_class="safety"))


def played(seed: int, cases: int, base: float, fixed: int) -> bool:
    """Whether a change that fixes `fixed` failing cases is called better; every draw of another case is noise."""
    rng = Random(seed)
    rates = [(0.05, 0.97) if i < fixed else (base, base) for i in range(cases)]
    draw = lambda rate: float(rng.random() < rate)  # noqa: E731
    known = [
        CaseEvidence(case=f"c{i}", history=tuple(draw(a) for _ in range(5)), head=(draw(b),))
        for i, (a, b) in enumerate(rates)
    ]
    for back in (False, True):
        while True:
            whole = metric(*known)
            step = decide.decide([turned(whole) if back else whole], Policy(), power=lambda *_: None)
            if isinstance(step, Decided):
                break
            for want in step.wants:
                index = int(want.case[1:])
                case, (a, b) = known[index], rates[index]
                pairs = tuple(Pair(base=draw(a), head=draw(b)) for _ in range(want.count))
                one = pairs if want.look == "one" else case.one
                two = pairs if want.look == "two" else case.two
                known[index] = CaseEvidence(
                    case=case.case, history=case.history, head=case.head, one=one, two=two
                )
    return step.metrics[0].verdict == "block"


def test_reverse__of_a_harmless_change__is_seldom_called_better() -> None:
    assert sum(played(seed, 60, 0.9, 0) for seed in range(200)) <= 5


def test_reverse__of_a_change_that_fixes_a_quarter__is_called_better() -> None:
    assert sum(played(seed, 60, 0.97, 15) for seed in range(40)) >= 36
