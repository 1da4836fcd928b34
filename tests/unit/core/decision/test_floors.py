"""The floor rule: an estimate under it is a suspicion, more draws make it a block."""

from __future__ import annotations

from dataclasses import replace

import pytest
from decision_play import Play, flat, replay
from hypothesis import given, settings
from hypothesis import strategies as st

from mergefloor.core.decision import floors
from mergefloor.core.evidence import CaseEvidence, MetricDecision, MetricEvidence, Value
from mergefloor.core.settings import Policy


def one(cases: list[CaseEvidence], floor: float) -> tuple[MetricDecision, Play]:
    play = Play()
    return play.run([Play.metric(cases, floor=floor)], replay)[0], play


@pytest.mark.parametrize(("passing", "verdict"), [(89, "block"), (90, "pass"), (91, "pass")])
def test_floor__deterministic_outputs_around_it__block_only_below(passing: int, verdict: str) -> None:
    cases = [CaseEvidence(case=f"c{i}", head=(float(i < passing),)) for i in range(100)]
    assert one(cases, 0.9)[0].verdict == verdict


def test_floor__an_estimate_under_it__wants_three_draws_of_the_head_and_none_of_the_base() -> None:
    cases = [CaseEvidence(case=f"c{i}", head=(float(i < 85),)) for i in range(100)]
    _, play = one(cases, 0.9)
    assert {(w.look, w.count) for w in play.wanted} == {("plain", 3)}
    assert len(play.wanted) == 100
    assert play.draws == 200


def test_floor__an_estimate_under_it_that_noise_explains__does_not_block() -> None:
    def draw(_: str, case: CaseEvidence, arm: str, index: int) -> Value:
        return 1.0  # the failures of look 0 do not repeat

    cases = [CaseEvidence(case=f"c{i}", head=(float(i < 85),)) for i in range(100)]
    [decision] = Play().run([Play.metric(cases, floor=0.9)], draw)
    assert decision.verdict == "pass"
    assert "but noise between runs explains that" in decision.reasons[-1]


def test_floor__the_bound__is_the_mean_plus_run_to_run_noise() -> None:
    cases = [CaseEvidence(case="a", head=(1.0, 1.0, 0.0)), CaseEvidence(case="b", head=(0.0, 0.0, 0.0))]
    found = floors.against(Play.metric(cases, floor=0.95), 0.95)
    # m = 2/3: Var = m(1 - m) * K/(K - 1) / K / n^2 = 1/9 / 4
    assert found.upper == pytest.approx(1 / 3 + 1.6448536 * (1 / 9 / 4) ** 0.5)
    assert found.blocks_worst
    assert found.blocks_best


def test_floor__the_base_is_under_it_too__reports_and_does_not_block() -> None:
    decision, play = one(flat(80, 0, 0, fails=20, draws=5), 0.9)
    assert (decision.verdict, play.draws) == ("pass", 0)
    assert any("the base itself is under the floor" in reason for reason in decision.reasons)


def test_floor__the_base_is_under_it_and_the_head_worse__blocks_as_a_regression() -> None:
    assert one(flat(70, 10, 0, fails=20, draws=5), 0.9)[0].verdict == "block"


def test_floor__the_base_was_under_it_and_the_head_clears_it__says_so() -> None:
    decision, _ = one(flat(80, 0, 20, draws=5), 0.9)
    assert any("clears the floor" in reason for reason in decision.reasons)


def test_floor__a_drop_too_small_to_be_a_regression__still_blocks() -> None:
    # T42: many small drops end at the floor
    tolerated = replace(Policy(), margin=0.5)
    cases = flat(179, 2, 0, fails=19, draws=5)
    [decision] = Play().run([Play.metric(cases, floor=0.9)], replay, tolerated)
    assert decision.verdict == "block"
    assert decision.looks[0].convicts is False


def test_floor__ten_drops_of_two_points__are_stopped_at_the_floor() -> None:
    passing, verdicts = 200, []
    for _ in range(10):
        before, passing = passing, passing - 4
        cases = flat(passing, before - passing, 0, fails=200 - before, draws=5)
        verdicts.append(Play().run([Play.metric(cases, floor=0.9, max_drop=0.05)], replay)[0].verdict)
    assert verdicts[:5] == ["pass"] * 5
    assert verdicts[5] == "block"


@pytest.mark.parametrize(("passing", "certified"), [(185, False), (186, False), (187, True)])
def test_floor__wilsons_bound_around_it__certifies_above(passing: int, certified: bool) -> None:
    cases = [CaseEvidence(case=f"c{i}", head=(float(i < passing),)) for i in range(200)]
    found = floors.against(Play.metric(cases, floor=0.9), 0.9)
    assert found.certified is certified


def test_floor__identical_cases_that_nobody_measured__count_for_the_head_and_are_named() -> None:
    same = [CaseEvidence(case=f"i{i}", identical=True) for i in range(50)]
    decision, _ = one([*flat(40, 0, 0, fails=10, draws=5), *same], 0.9)
    assert decision.verdict == "pass"
    assert (
        "50 cases with unchanged requests were not measured and count in favour of the change"
        in decision.reasons
    )
    assert not floors.against(Play.metric([*flat(50), *same], floor=0.6), 0.6).certified


def test_floor__identical_cases_with_a_history__are_measured_by_it() -> None:
    same = [CaseEvidence(case=f"i{i}", identical=True, history=(0.0,) * 5) for i in range(5)]
    new = [CaseEvidence(case=f"n{i}", history=(1.0,) * 5, head=(float(i >= 8),)) for i in range(95)]
    decision, _ = one([*new, *same], 0.9)
    assert decision.verdict == "block"


def test_floor__an_identical_case_drawn_once__is_as_uncertain_as_can_be() -> None:
    rows = [CaseEvidence(case=f"i{i}", identical=True, history=(float(i < 6),)) for i in range(10)]
    found = floors.against(replace(Play.metric(rows, floor=0.9), head_only=True), 0.9)
    assert found.upper == pytest.approx(0.6 + 1.6448536 * (0.25 / 10) ** 0.5)


def test_floor__of_scores__is_the_same_rule() -> None:
    cases = [CaseEvidence(case=f"c{i}", head=(0.7,)) for i in range(50)]
    [decision] = Play().run([Play.metric(cases, kind="score", floor=0.8)], replay)
    assert decision.verdict == "block"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=20), st.data())
def test_floor__one_more_failure_of_the_head__never_turns_a_block_into_a_pass(
    heads: list[float], data: st.DataObject
) -> None:
    def verdict(values: list[float]) -> str:
        cases = [CaseEvidence(case=f"c{i}", head=(value,)) for i, value in enumerate(values)]
        return Play().run([Play.metric(cases, floor=0.7)], replay)[0].verdict

    before = verdict(heads)
    index = data.draw(st.integers(0, len(heads) - 1))
    after = verdict([*heads[:index], 0.0, *heads[index + 1 :]])
    assert not (before == "block" and after == "pass")


def test_floor__an_unmeasured_metric_for_show__is_decided_on_what_there_is() -> None:
    cases = [CaseEvidence(case=f"c{i}", history=(1.0,), head=(float(i < 50),)) for i in range(100)]
    metric: MetricEvidence = Play.metric(cases, floor=0.9, gating=False)
    play = Play()
    assert play.run([metric], replay)[0].verdict == "block"
    assert play.draws == 0
