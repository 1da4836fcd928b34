"""The rule on scores: a lenient screen, then paired t-tests on fresh pairs of every case."""

from __future__ import annotations

from random import Random

import pytest
from decision_play import Play, flat, replay
from scipy import stats as oracle

from mergefloor.core.evidence import CaseEvidence, MetricDecision, Value
from mergefloor.core.settings import Policy


def scored(n: int, loss: float, *, spread: float = 0.05, draws: int = 5, seed: int = 1) -> list[CaseEvidence]:
    random = Random(seed)
    return [
        CaseEvidence(
            case=f"c{i:03d}",
            history=tuple(0.7 + random.uniform(-spread, spread) for _ in range(draws)),
            head=(0.7 - loss + random.uniform(-spread, spread),),
        )
        for i in range(n)
    ]


def fresh(loss: float, spread: float = 0.05):  # type: ignore[no-untyped-def]
    def draw(_: str, case: CaseEvidence, arm: str, index: int) -> Value:
        noise = Random(f"{case.case}{arm}{index}").uniform(-spread, spread)
        return 0.7 + noise - (loss if arm == "head" else 0.0)

    return draw


def one(
    cases: list[CaseEvidence], loss: float, *, spread: float = 0.05, **rule: object
) -> tuple[MetricDecision, Play]:
    play = Play()
    return play.run([Play.metric(cases, kind="score", **rule)], fresh(loss, spread))[0], play


def test_scores__no_drop__pass_without_a_fresh_pair() -> None:
    decision, play = one(scored(60, -0.01), 0.0)
    assert (decision.verdict, play.draws) == ("pass", 0)


def test_scores__a_drop_that_the_screen_does_not_see__stops() -> None:
    cases = [CaseEvidence(case=f"c{i}", history=(0.7,), head=(0.6 + 0.19 * (i % 2),)) for i in range(60)]
    decision, play = one(cases, 0.0)
    assert decision.delta == pytest.approx(-0.005)
    assert play.draws == 0


def test_scores__a_clear_drop__blocks_at_look_one_with_one_pair_of_every_case() -> None:
    decision, play = one(scored(50, 0.1), 0.1)
    assert decision.verdict == "block"
    assert {(w.look, w.count) for w in play.wanted} == {("one", 1)}
    assert len(play.wanted) == 50
    assert [(look.name, look.alpha) for look in decision.looks] == [("one", pytest.approx(0.02))]


def test_scores__look_one__is_scipys_paired_t_test() -> None:
    decision, _ = one(scored(30, 0.1), 0.05, spread=0.15)
    draw = fresh(0.05, 0.15)
    cases = scored(30, 0.1)
    base = [draw("", case, "base", 10) for case in cases]
    head = [draw("", case, "head", 10) for case in cases]
    expected = oracle.ttest_rel(head, base, alternative="less").pvalue
    assert decision.looks[0].p == pytest.approx(expected)


def test_scores__a_drop_that_one_pair_cannot_prove__wants_two_more_and_pools_all_three() -> None:
    cases = scored(40, 0.08, seed=3)
    decision, play = one(cases, 0.03, spread=0.2)
    assert [look.name for look in decision.looks] == ["one", "two"]
    assert decision.looks[1].alpha == pytest.approx(0.03)
    assert {(w.look, w.count) for w in play.wanted} == {("one", 1), ("one", 3)}
    draw = fresh(0.03, 0.2)
    mean = [[sum(draw("", c, arm, 10 + k) for k in range(3)) / 3 for c in cases] for arm in ("head", "base")]
    assert decision.p_value == pytest.approx(oracle.ttest_rel(*mean, alternative="less").pvalue)


@pytest.mark.parametrize(("loss", "verdict"), [(0.019, "pass"), (0.02, "block"), (0.021, "block")])
def test_scores__mean_loss_around_two_hundredths__blocks_from_it_on(loss: float, verdict: str) -> None:
    draw = {"base": 0.7, "head": 0.7 - loss}
    cases = [CaseEvidence(case=f"c{i}", history=(0.7,) * 5, head=(0.7 - loss,)) for i in range(50)]
    [decision] = Play().run([Play.metric(cases, kind="score")], lambda _n, _c, arm, _i: draw[arm])
    assert decision.verdict == verdict


def test_scores__max_drop_above_two_hundredths__is_what_is_tolerated() -> None:
    decision, _ = one(scored(50, 0.1), 0.1, max_drop=0.15)
    assert decision.verdict == "inconclusive"
    assert any("is within the tolerated 0.150" in reason for reason in decision.reasons)


@pytest.mark.parametrize(
    ("n", "verdict"), [(1, "inconclusive"), (2, "inconclusive"), (5, "inconclusive"), (6, "block")]
)
def test_scores__a_handful_of_cases_without_variance__block_from_six_on(n: int, verdict: str) -> None:
    # 2 ** -6 is the first under .02
    cases = [CaseEvidence(case=f"c{i}", history=(1.0,) * 5, head=(0.0,)) for i in range(n)]
    decision = Play().run([Play.metric(cases, kind="score")], replay)[0]
    assert decision.verdict == verdict


def test_scores__a_handful_of_equal_scores__is_inconclusive_not_a_pass() -> None:
    decision = Play().run([Play.metric(flat(4, draws=5), kind="score")], replay)[0]
    assert (decision.verdict, decision.interval) == ("inconclusive", None)
    assert "too few cases" in decision.reasons[-1]


def test_scores__interval__is_the_t_interval_of_look_zero() -> None:
    cases = scored(40, 0.0, seed=5)
    decision, _ = one(cases, 0.0)
    differences = [case.head[0] - sum(case.history) / 5 for case in cases]  # type: ignore[arg-type,operator]
    expected = oracle.ttest_1samp(differences, 0).confidence_interval(0.9)
    assert decision.interval == (pytest.approx(expected.low), pytest.approx(expected.high))


@pytest.mark.parametrize(("margin", "verdict"), [(0.0, "inconclusive"), (0.03, "pass")])
def test_scores__lower_bound_against_the_score_margin__decides(margin: float, verdict: str) -> None:
    metric = Play.metric(scored(60, 0.0, seed=2), kind="score")
    assert Play().run([metric], fresh(0.0), Policy(score_margin=margin))[0].verdict == verdict


def test_scores__identical_cases__count_in_the_mean_and_not_in_the_test() -> None:
    same = [CaseEvidence(case=f"i{i}", identical=True) for i in range(50)]
    decision, play = one([*scored(50, 0.1), *same], 0.1)
    assert decision.looks[0].cases == 50
    assert decision.looks[0].net == pytest.approx(-0.05, abs=0.01)
    assert not any(w.case.startswith("i") for w in play.wanted)


def test_scores__clusters__are_the_unit() -> None:
    cases = scored(48, 0.1)
    whole = [
        CaseEvidence(case=c.case, history=c.history, head=c.head, cluster=f"k{i // 12}")
        for i, c in enumerate(cases)
    ]
    assert one(whole, 0.1)[0].verdict == "inconclusive"  # four conversations prove nothing
    assert one(cases, 0.1)[0].verdict == "block"


def test_scores__unknown_draws__widen_and_never_help() -> None:
    cases = [*scored(199, 0.0), CaseEvidence(case="u", history=(0.7,) * 5, head=(None,))]
    [decision] = Play().run([Play.metric(cases, kind="score")], fresh(0.0))
    clean, _ = one(scored(200, 0.0), 0.0)
    assert decision.cases_unresolved == 1
    assert decision.interval is not None
    assert clean.interval is not None
    assert decision.interval[0] < clean.interval[0]
    assert decision.interval[1] > clean.interval[1]


def test_scores__beside_a_binary_metric__wants_are_the_union() -> None:
    cases = flat(50, 10, draws=5)
    play = Play()
    decisions = play.run([Play.metric(cases), Play.metric(cases, kind="score", name="tone")], replay)
    counts = {w.case: w.count for w in play.wanted if w.look == "one"}
    assert sorted(counts.values()) == [1] * 50 + [3] * 10
    assert [d.verdict for d in decisions] == ["block", "block"]


def test_scores__of_a_metric_for_show__tested_only_where_every_case_was_drawn() -> None:
    cases = flat(50, 10, draws=5)
    shown = Play.metric(cases, kind="score", name="tone", gating=False)
    assert Play().run([Play.metric(cases), shown], replay)[1].looks == ()
