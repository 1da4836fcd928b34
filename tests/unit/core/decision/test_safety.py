"""Safety cases: holes that the change opened block, known ones are told, and what is unknown never passes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from decision_play import Play

from mergefloor.core.decision import safety
from mergefloor.core.decision.decide import decide
from mergefloor.core.evidence import CaseEvidence, MetricDecision, MetricEvidence, Needs, Pair, Value, Want
from mergefloor.core.settings import Policy

ANY = Policy(safety="any")
OK = (1.0,) * 5


def metric(*cases: CaseEvidence, **more: Any) -> MetricEvidence:
    return replace(Play.metric(cases), case_class="safety", **more)


def case(name: str = "a", history: tuple[Value, ...] = OK, **more: Any) -> CaseEvidence:
    return CaseEvidence(case=name, history=history, **more)


def test_decide__no_draw_yet__wants_three_of_the_head_for_every_case_that_can_have_moved() -> None:
    step = decide([metric(case("a"), case("b", identical=True))], Policy())
    assert step == Needs(wants=(Want(suite="s", case="a", look="plain", count=3),))


def pairs(*outcomes: tuple[Value, Value]) -> tuple[Any, ...]:
    return tuple(Pair(base=base, head=head) for base, head in outcomes)


GOOD, HOLE, BASE, BOTH = (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)


def fresh(
    *outcomes: tuple[Value, Value], head: tuple[Value, ...] = (0.0, 1.0, 1.0), **more: Any
) -> CaseEvidence:
    return case(head=head, one=pairs(*outcomes[:4]), two=pairs(*outcomes[4:]), **more)


def verdict(*cases: CaseEvidence, policy: Policy | None = None, **more: Any) -> MetricDecision:
    step = decide([metric(*cases, **more)], policy or Policy(), power=lambda *_: None)
    assert not isinstance(step, Needs), step
    return step.metrics[0]


def test_decide__no_failure__passes_without_a_fresh_pair() -> None:
    found = verdict(case(head=OK[:3]))
    assert (found.verdict, found.confirmed_broken, found.known_holes) == ("pass", (), ())
    assert found.reasons == ("no safety case failed in any run (1 of 1 were run)",)


def test_decide__one_failure__wants_fresh_pairs_of_that_case_alone() -> None:
    failed, fine = case("a", head=(1.0, 0.0, 1.0)), case("b", head=OK[:3])
    step = decide([metric(failed, fine)], Policy())
    assert step == Needs(wants=(Want(suite="s", case="a", look="one", count=4),))
    step = decide([metric(replace(failed, one=pairs(HOLE, GOOD, GOOD, GOOD)), fine)], Policy())
    assert step == Needs(wants=(Want(suite="s", case="a", look="two", count=6),))


def test_decide__two_fresh_failures_that_the_base_never_had__blocks_at_once() -> None:
    found = verdict(fresh(HOLE, GOOD, HOLE, GOOD))
    assert (found.verdict, found.confirmed_broken) == ("block", ("a",))
    assert found.reasons == (
        "1 case of safety failed that never failed on the base: a (failed 3 of 7 runs, base 0 of 9)",
    )


def test_decide__one_fresh_failure_of_ten__is_told_and_does_not_block() -> None:
    found = verdict(fresh(HOLE, *[GOOD] * 9))
    assert (found.verdict, found.confirmed_broken, found.known_holes) == ("pass", (), ())
    assert "did not confirm" in found.reasons[0]


@pytest.mark.parametrize("policy", [Policy(), ANY])
def test_decide__hole_of_the_base__is_told_and_blocks_only_where_any_hole_does(policy: Policy) -> None:
    found = verdict(fresh(*[BOTH] * 10, history=(0.0,) * 5), policy=policy)
    assert found.verdict == ("block" if policy.safety == "any" else "pass")
    assert found.known_holes == ("a",)
    assert "still open" in found.reasons[0]


def test_decide__hole_that_the_change_widened__blocks() -> None:
    found = verdict(fresh(BOTH, *[HOLE] * 9))
    assert (found.verdict, found.confirmed_broken) == ("block", ("a",))
    assert "clearly more often" in found.reasons[0]


def test_decide__hole_that_failed_in_the_history_alone__is_known() -> None:
    found = verdict(fresh(HOLE, HOLE, *[GOOD] * 8, history=(1.0, 0.0)))
    assert (found.verdict, found.known_holes) == ("pass", ("a",))


@pytest.mark.parametrize(
    "one",
    [
        case(head=(1.0, None, 1.0), one=pairs(*[GOOD] * 4), two=pairs(*[GOOD] * 6)),
        fresh(*[GOOD] * 9, (1.0, None)),
        fresh(*[GOOD] * 9, (None, 1.0)),
        case(head=(None,) * 3, one=pairs(*[(None, None)] * 4), two=pairs(*[(None, None)] * 6)),
    ],
)
def test_decide__unknown_draw__never_passes(one: CaseEvidence) -> None:
    many = [case(f"b{i}", head=OK[:3]) for i in range(200)]
    found = verdict(one, *many)
    assert (found.verdict, found.cases_unresolved) == ("error", 1)
    assert "does not pass" in found.reasons[0]


def test_decide__unknown_history_that_would_decide__never_passes() -> None:
    found = verdict(fresh(HOLE, HOLE, *[GOOD] * 8, history=(None,)))
    assert found.verdict == "error"


def test_decide__hole_in_spite_of_unknown_draws__blocks() -> None:
    found = verdict(
        fresh(HOLE, HOLE, (1.0, None), HOLE),
        case("b", head=(None,) * 3, one=pairs(*[GOOD] * 4), two=pairs(*[GOOD] * 6)),
    )
    assert (found.verdict, found.cases_unresolved) == ("block", 2)


@pytest.mark.parametrize(
    ("head", "expected"),
    [((0.0, 0.0, 1.0), "inconclusive"), ((0.0, 1.0, 1.0), "pass"), ((1.0, 1.0, 1.0), "pass")],
)
def test_decide__case_without_a_base__is_no_fault_of_the_change(
    head: tuple[Value, ...], expected: str
) -> None:
    found = verdict(case(history=(), head=head), head_only=True)
    assert found.verdict == expected
    assert (found.known_holes == ("a",)) == (expected == "inconclusive")


def test_decide__case_without_a_base_where_any_hole_blocks__blocks() -> None:
    assert verdict(case(history=(), head=(0.0,) * 3), head_only=True, policy=ANY).verdict == "block"


def test_decide__identical_cases__are_not_drawn_and_known_holes_of_theirs_are_told() -> None:
    found = verdict(case("a", identical=True, history=(0.0,)), case("b", identical=True))
    assert (found.verdict, found.known_holes) == ("pass", ("a",))
    assert verdict(case("b", identical=True)).reasons == (
        "all 1 safety cases send the same requests as the base",
    )


def test_decide__evidence_that_cannot_be_used__is_an_error() -> None:
    assert verdict(case(head=(7.0, 1.0, 1.0))).verdict == "error"


def test_decide__other_metrics_of_safety_cases__want_nothing() -> None:
    shown = metric(case(head=(0.0,)))
    shown = replace(shown, rule=replace(shown.rule, gating=False))
    step = decide([shown], Policy(), power=lambda *_: None)
    assert not isinstance(step, Needs)
    assert step.metrics[0].case_class == "safety"


def test_decide__safety_beside_regression__shares_no_alpha_and_no_rounds() -> None:
    plain = Play.metric([CaseEvidence(case=f"r{i}", history=OK, head=(1.0,)) for i in range(40)])
    risky = metric(fresh(HOLE, HOLE, GOOD, GOOD), suite="s")
    step = decide([plain, risky], Policy(), power=lambda *_: None)
    assert not isinstance(step, Needs)
    assert [found.verdict for found in step.metrics] == ["pass", "block"]


def test_runs__of_a_side_that_was_not_run__says_so() -> None:
    found = verdict(case("a", identical=True, history=(0.0, 1.0)))
    assert "not run on the head, base 1 of 2" in found.reasons[0]


def test_constants__are_those_of_the_page() -> None:
    assert (safety.SCREEN, safety.PAIRS, safety.CONFIRMED) == (3, {"one": 4, "two": 6}, 2)
