"""The rule on binary metrics: look 0, two looks at fresh pairs, families, critical cases, clusters."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from decision_play import Play, flat, replay
from hypothesis import given, settings
from hypothesis import strategies as st

from mergefloor.core.decision.decide import decide
from mergefloor.core.evidence import CaseEvidence, Decided, MetricEvidence, Needs, Pair, Value, Want
from mergefloor.core.settings import Policy

NAN = float("nan")


def one(cases: list[CaseEvidence], policy: Policy | None = None, **rule: object):  # type: ignore[no-untyped-def]
    play = Play()
    [decision] = play.run([Play.metric(cases, **rule)], replay, policy)
    return decision, play


# --- look 0


def test_decide__no_draw_of_the_head_yet__wants_one_of_every_case_that_can_have_moved() -> None:
    cases = [
        CaseEvidence(case="a", history=(1.0,)),
        CaseEvidence(case="b", history=(1.0,), head=(1.0,)),
        CaseEvidence(case="c", identical=True),
    ]
    step = decide([Play.metric(cases)], Policy())
    assert step == Needs(wants=(Want(suite="s", case="a", look="plain", count=1),))


def test_decide__no_drop__stops_without_a_fresh_pair() -> None:
    decision, play = one(flat(196, 2, 2, draws=5))
    assert (decision.verdict, decision.delta, decision.p_value, decision.looks, play.draws) == (
        "pass",
        0.0,
        None,
        (),
        0,
    )


def test_decide__small_set_without_a_flip__is_inconclusive_and_says_what_it_can_see() -> None:
    decision, _ = one(flat(20, draws=5))
    assert decision.verdict == "inconclusive"
    assert decision.interval == (pytest.approx(-1.6449 / 20, abs=1e-4), pytest.approx(1.6449 / 20, abs=1e-4))
    assert decision.smallest_drop is not None
    assert "this golden set blocks a true drop of" in decision.reasons[-1]


@pytest.mark.parametrize(("n", "verdict"), [(32, "inconclusive"), (33, "pass")])
def test_decide__lower_bound_around_the_margin__passes_only_above_it(n: int, verdict: str) -> None:
    # 1.6449 / n < .05 from n = 33 on
    assert one(flat(n, draws=5))[0].verdict == verdict


def test_decide__identical_cases__differ_by_zero_and_want_nothing() -> None:
    cases = [CaseEvidence(case=f"i{i}", identical=True) for i in range(60)]
    decision, play = one([*cases, *flat(40, draws=5)])
    assert (decision.verdict, play.draws, decision.delta, decision.cases_unresolved) == ("pass", 0, 0.0, 0)
    assert decision.base == 1.0


def test_decide__every_request_identical__passes_however_small_the_set() -> None:
    decision, _ = one([CaseEvidence(case=f"i{i}", identical=True) for i in range(3)])
    assert (decision.verdict, decision.interval) == ("pass", (0.0, 0.0))
    assert "all 3 cases send the same requests" in decision.reasons[0]


# --- looks 1 and 2


def test_decide__a_drop__wants_three_pairs_of_the_flipping_cases_alone() -> None:
    step = decide(
        [Play.metric([*flat(50, 3, draws=5), CaseEvidence(case="f", history=(1, 1, 0, 1, 1), head=(1.0,))])],
        Policy(),
    )
    assert isinstance(step, Needs)
    assert {(w.case, w.look, w.count) for w in step.wants} == {
        ("c0050", "one", 3), ("c0051", "one", 3), ("c0052", "one", 3), ("f", "one", 3)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("n", "broken", "verdict"), [(50, 1, "inconclusive"), (50, 2, "block"), (50, 3, "block")]
)
def test_decide__cases_broken_for_good_with_history__block_from_two_of_fifty(
    n: int, broken: int, verdict: str
) -> None:
    # net -1.5 at least; p = 1/20 a case
    assert one(flat(n - broken, broken, draws=5))[0].verdict == verdict


@pytest.mark.parametrize(("broken", "verdict"), [(3, "pass"), (4, "block"), (5, "block")])
def test_decide__net_loss_around_the_tolerated_share__blocks_from_it_on(broken: int, verdict: str) -> None:
    # max_drop .02 of 200 cases: 4
    assert one(flat(200 - broken, broken, draws=5))[0].verdict == verdict


def test_decide__tolerated_loss__is_named() -> None:
    decision, _ = one(flat(197, 3, draws=5))
    assert decision.confirmed_broken == ("c0197", "c0198", "c0199")
    assert "the confirmed net loss of 3.0 cases is within the tolerated 4.0" in decision.reasons


@pytest.mark.parametrize(("alpha", "convicts"), [(0.00499, False), (0.005, True), (0.00501, True)])
def test_decide__half_of_alpha_around_p__convicts_from_it_on(alpha: float, convicts: bool) -> None:
    # two cases of 3 against 0: p = 1/400
    decision, _ = one(flat(98, 2, draws=5), Policy(alpha=alpha))
    assert decision.looks[0].p == pytest.approx(1 / 400)
    assert decision.looks[0].convicts is convicts


@pytest.mark.parametrize(("net", "convicts"), [(-4, False), (-5, True), (-6, True)])
def test_decide__net_loss_around_one_and_a_half_cases__convicts_from_it_on(net: int, convicts: bool) -> None:
    # thirds of a case: base passes all of 3, head 3 + net of 6 between two cases
    def draw(_: str, case: CaseEvidence, arm: str, index: int) -> Value:
        return float(arm == "base" or (case.case == "c0058" and index - 10 < 6 + net))

    [decision] = Play().run([Play.metric(flat(58, 2, draws=5))], draw, Policy(alpha=0.2))
    assert decision.looks[0].net == pytest.approx(net / 3)
    assert decision.looks[0].convicts is convicts


def test_decide__fresh_pairs_without_a_net_loss__stop_after_look_one() -> None:
    play = Play()
    [decision] = play.run([Play.metric(flat(95, 5, draws=5))], lambda *_: 1.0)
    assert decision.verdict == "inconclusive"
    assert [look.name for look in decision.looks] == ["one"]
    assert play.rounds == 1


def test_decide__a_loss_that_look_one_cannot_prove__goes_to_look_two_and_pools() -> None:
    def draw(_: str, case: CaseEvidence, arm: str, index: int) -> Value:
        return float(arm == "base" or index % 3 == 0)  # head passes one draw in three or so

    play = Play()
    [decision] = play.run([Play.metric(flat(98, 2, draws=5), max_drop=0.0)], draw)
    assert [look.name for look in decision.looks] == ["one", "two"]
    assert {w.look for w in play.wanted} == {"one", "two"}
    assert decision.p_value == decision.looks[1].p < decision.looks[0].p


def test_decide__a_look_that_could_not_convict_however_it_fell__is_not_drawn() -> None:
    # three cases by their sign: p >= 1/8
    decision, play = one(flat(97, 3))
    assert [look.name for look in decision.looks] == ["one"]
    assert play.rounds == 1


@pytest.mark.parametrize(("n", "broken", "fixed"), [(134, 18, 1), (92, 7, 0)])
def test_decide__known_regressions_on_a_first_run__block(n: int, broken: int, fixed: int) -> None:
    decision, _ = one(flat(n - broken - fixed, broken, fixed))
    assert decision.verdict == "block"
    assert len(decision.confirmed_broken) == broken
    assert len(decision.confirmed_fixed) == fixed


def test_decide__two_regressions_beside_three_quiet_suites__blocks_exactly_the_two() -> None:
    sizes = {"a": (134, 18, 1), "b": (92, 7, 0), "c": (100, 3, 0), "d": (46, 4, 3), "e": (47, 1, 1)}
    metrics = [
        Play.metric(flat(n - broken - fixed, broken, fixed), suite=name)
        for name, (n, broken, fixed) in sizes.items()
    ]
    verdicts = {d.suite: d.verdict for d in Play().run(metrics, replay)}
    assert {name for name, verdict in verdicts.items() if verdict == "block"} == {"a", "b"}


@pytest.mark.parametrize(("broken", "verdict"), [(5, "inconclusive"), (6, "block"), (7, "block")])
def test_decide__first_run__needs_six_broken_and_none_fixed(broken: int, verdict: str) -> None:
    # 2 ** -6 is the first under .025
    assert one(flat(92 - broken, broken))[0].verdict == verdict


def test_decide__histories_of_mixed_length__one_exact_distribution() -> None:
    cases = [*flat(60, 2, draws=5, tag="long"), *flat(30, 2, draws=1, tag="short")]
    decision, _ = one(cases)
    assert decision.looks[0].p == pytest.approx((1 / 20) ** 2 * 0.5**2)


# --- several metrics


def test_decide__two_metrics_of_one_suite__share_their_fresh_pairs() -> None:
    first, second = flat(50, 2, draws=5), flat(50, 2, draws=5)
    second[0], second[51] = replace(second[0], head=(0.0,)), replace(second[51], head=(1.0,))
    play = Play()
    decisions = play.run([Play.metric(first), Play.metric(second, name="tone", floor=None)], replay)
    assert {w.case for w in play.wanted} == {"c0000", "c0050", "c0051"}
    assert [look.cases for d in decisions for look in d.looks] == [3, 3]


def test_decide__metrics_of_other_suites__do_not_share_cases() -> None:
    play = Play()
    play.run(
        [Play.metric(flat(50, 2, draws=5), suite="a"), Play.metric(flat(52, draws=5), suite="b")], replay
    )
    assert {w.suite for w in play.wanted} == {"a"}


def test_decide__a_metric_that_does_not_gate__wants_nothing_and_is_decided_for_show() -> None:
    play = Play()
    [decision] = play.run([Play.metric(flat(80, 20, draws=5), gating=False)], replay)
    assert (play.draws, decision.looks, decision.verdict) == (0, (), "inconclusive")


def test_decide__shown_metric_that_fell__does_not_call_it_noise_nor_the_set_too_small() -> None:
    [decision] = Play().run([Play.metric(flat(80, 20, draws=5), name="tone", gating=False)], replay)
    assert decision.reasons == (
        "-20.0 points against the base; it gates nothing, so no case was run again to tell this from chance",
    )
    [same] = Play().run([Play.metric(flat(100, draws=5), name="tone", gating=False)], replay)
    assert same.reasons == ("no change against the base",)


def test_decide__a_metric_that_does_not_gate__uses_the_pairs_that_others_drew() -> None:
    play = Play()
    shown = Play.metric(flat(80, 20, draws=5), name="tone", gating=False)
    decisions = play.run([Play.metric(flat(80, 20, draws=5)), shown], replay)
    assert [d.verdict for d in decisions] == ["block", "block"]


def test_decide__a_metric_that_does_not_gate__costs_the_gating_ones_no_alpha() -> None:
    shown = [Play.metric(flat(85, 7), name=f"m{i}", gating=False) for i in range(5)]
    decisions = Play().run([Play.metric(flat(85, 7)), *shown], replay)
    assert [look.alpha for d in decisions for look in d.looks] == [0.025] * 6


# --- critical cases


def vital(history: tuple[Value, ...] = (1.0,) * 5, head: Value = 0.0) -> CaseEvidence:
    return CaseEvidence(case="vital", history=history, head=(head,), critical=True)


def test_decide__a_critical_case_broken_four_of_four__blocks_though_the_mean_rose() -> None:
    decision, play = one([*flat(100, 0, 3, draws=5), vital()])
    assert decision.verdict == "block"
    assert decision.delta is not None
    assert decision.delta > 0
    assert [(w.case, w.look, w.count) for w in play.wanted] == [("vital", "one", 3)]
    assert decision.reasons[0].startswith("critical 1 case broken in 4 of 4 runs")


@pytest.mark.parametrize("arm", ["base", "head"])
def test_decide__a_critical_case_with_one_other_draw__does_not_block_alone(arm: str) -> None:
    def draw(_: str, case: CaseEvidence, side: str, index: int) -> Value:
        if side == arm and index == 12:
            return float(arm == "head")
        return float(side == "base")

    [decision] = Play().run([Play.metric([*flat(100, 0, 3, draws=5), vital()])], draw)
    assert decision.verdict == "pass"


def test_decide__a_critical_case_that_failed_in_history__wants_no_pair_of_its_own() -> None:
    _, play = one([*flat(100, 0, 3, draws=5), vital(history=(1.0, 0.0, 1.0, 1.0, 1.0))])
    assert play.draws == 0


def test_decide__a_critical_case_with_an_unknown_fresh_pair__error() -> None:
    def draw(_: str, case: CaseEvidence, side: str, index: int) -> Value:
        return None if index == 12 else float(side == "base")

    [decision] = Play().run([Play.metric([*flat(100, 0, 3, draws=5), vital()])], draw)
    assert decision.verdict == "error"


# --- clusters


def clustered(broken: int, size: int, *, draws: int = 5, whole: int = 12) -> list[CaseEvidence]:
    """`whole` clusters of `size` passing cases of which the first `broken` clusters break as one."""
    return [
        CaseEvidence(
            case=f"k{k:02d}.{i}", history=(1.0,) * draws, head=(float(k >= broken),), cluster=f"k{k:02d}"
        )
        for k in range(whole)
        for i in range(size)
    ]


@pytest.mark.parametrize(("broken", "p"), [(1, 0.5), (5, 2**-5), (6, 2**-6)])
def test_decide__cases_of_one_conversation__count_as_one(broken: int, p: float) -> None:
    decision, _ = one(clustered(broken, 8))
    assert decision.looks[0].p == pytest.approx(p)
    assert (decision.verdict == "block") is (p <= 0.025)


def test_decide__one_document_that_broke_in_thirty_cases__is_no_proof_but_no_pass_either() -> None:
    assert one(clustered(1, 30))[0].verdict == "inconclusive"


def test_decide__clusters_beside_single_cases__one_exact_distribution() -> None:
    decision, _ = one([*clustered(2, 4), *flat(50, 1, draws=5)])
    assert decision.looks[0].p == pytest.approx(0.5**2 / 20)


def test_decide__interval_with_clusters__is_wider_than_without() -> None:
    cases = clustered(1, 4)
    loose = [replace(case, cluster=None) for case in cases]
    tight, wide = one(loose)[0].interval, one(cases)[0].interval
    assert wide is not None
    assert tight is not None
    assert wide[0] < tight[0]


def test_decide__a_cluster_of_one__is_a_case() -> None:
    cases = flat(48, 2, draws=5)
    alone = [replace(case, cluster=case.case) for case in cases]
    assert one(cases)[0].looks == one(alone)[0].looks


# --- no base


def test_decide__a_new_prompt__is_judged_by_its_floor() -> None:
    cases = [CaseEvidence(case=f"c{i}", head=(float(i >= 3),)) for i in range(100)]
    held, under, none = (one(cases, floor=floor)[0] for floor in (0.95, 0.99, None))
    assert (held.verdict, under.verdict, none.verdict) == ("pass", "block", "inconclusive")
    assert held.delta is None
    assert held.interval is None
    assert none.reasons == (
        "there is no base to compare with and no floor: set a `floor` to judge a new prompt",
    )


def test_decide__head_only__ignores_a_base_that_is_there() -> None:
    metric = replace(Play.metric(flat(80, 20, draws=5), floor=0.7), head_only=True)
    play = Play()
    [decision] = play.run([metric], replay)
    assert (decision.verdict, play.draws) == ("pass", 0)


# --- what can never pass


def test_decide__no_metric__no_decision() -> None:
    assert decide([], Policy()) == Decided(metrics=())


def test_decide__no_case__error() -> None:
    decision, _ = one([], floor=0.5)
    assert (decision.verdict, decision.reasons) == ("error", ("no case was evaluated",))


def test_decide__one_case_twice__error() -> None:
    assert one([*flat(3), *flat(3)])[0].verdict == "error"


@pytest.mark.parametrize("value", [NAN, float("inf"), -0.1, 1.1, 0.5])
@pytest.mark.parametrize("place", ["history", "head", "one"])
def test_decide__a_value_that_is_no_outcome__error(value: float, place: str) -> None:
    bad = {"history": (value,)} if place == "history" else {"history": (1.0,), "head": (value,)}
    if place == "one":
        bad = {"history": (1.0,), "head": (0.0,), "one": (Pair(base=1.0, head=value),) * 3}  # type: ignore[dict-item]
    decision, _ = one([*flat(50, draws=5), CaseEvidence(case="bad", **bad)])  # type: ignore[arg-type]
    assert decision.verdict == "error"
    assert decision.reasons[0].startswith("the evidence cannot be used")


@pytest.mark.parametrize("field", ["alpha", "margin", "score_margin", "max_unresolved"])
@pytest.mark.parametrize("value", [NAN, float("inf"), -1.0])
def test_decide__a_policy_that_is_not_finite__error(field: str, value: float) -> None:
    assert one(flat(100, draws=5), replace(Policy(), **{field: value}))[0].verdict == "error"  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", [{"floor": NAN}, {"max_drop": NAN}, {"floor": 2.0}])
def test_decide__a_rule_that_is_not_a_share__error(rule: dict[str, float]) -> None:
    assert one(flat(100, draws=5), **rule)[0].verdict == "error"


VALUES = st.sampled_from([0.0, 1.0, None])
CASES = st.builds(
    lambda history, head, cluster, critical, identical: (history, head, cluster, critical, identical),
    st.lists(VALUES, max_size=5).map(tuple),
    st.lists(VALUES, max_size=1).map(tuple),
    st.sampled_from([None, None, "k"]),
    st.booleans(),
    st.sampled_from([False, False, True]),
)


@st.composite
def metrics(draw: st.DrawFn) -> list[MetricEvidence]:
    found = []
    for suite in range(draw(st.integers(1, 2))):
        rows = draw(st.lists(CASES, max_size=6))
        for name in draw(st.sampled_from([["pass_rate"], ["pass_rate", "tone"]])):
            cases = [
                CaseEvidence(case=f"c{i}", history=h, head=y, cluster=k, critical=c, identical=same)
                for i, (h, y, k, c, same) in enumerate(rows)
            ]
            rule = {"floor": draw(st.sampled_from([None, 0.5, 0.9])), "gating": draw(st.booleans())}
            kind = draw(st.sampled_from(["binary", "score"]))
            found.append(Play.metric(cases, suite=f"s{suite}", kind=kind, name=name, **rule))
    return found


@settings(max_examples=150, deadline=None)
@given(metrics(), st.integers(0, 10**6))
def test_decide__any_evidence__ends_within_three_rounds_and_never_passes_unknowns(
    found: list[MetricEvidence], seed: int
) -> None:
    def draw(name: str, case: CaseEvidence, arm: str, index: int) -> Value:
        return Random(f"{seed}{name}{case.case}{arm}{index}").choice([0.0, 1.0, 1.0, None])

    play = Play(power=lambda *_: None)
    decisions = play.run(found, draw)
    assert play.rounds <= 3
    for metric, decision in zip(found, decisions, strict=True):
        moved = [case for case in metric.cases if not case.identical]
        if not metric.cases or (moved and decision.cases_unresolved == len(moved)):
            assert decision.verdict != "pass"
        if decision.verdict == "pass":
            assert decision.cases_unresolved <= 0.02 * len(metric.cases)
        assert not decision.reasons or all(decision.reasons)


@settings(max_examples=60, deadline=None)
@given(metrics(), st.randoms(use_true_random=False), st.integers(0, 10**6))
def test_decide__cases_in_another_order__the_same_decision(
    found: list[MetricEvidence], shuffler: Random, seed: int
) -> None:
    def draw(name: str, case: CaseEvidence, arm: str, index: int) -> Value:
        return Random(f"{seed}{name}{case.case}{arm}{index}").choice([0.0, 1.0])

    other = []
    for metric in found:
        cases = list(metric.cases)
        shuffler.shuffle(cases)
        other.append(replace(metric, cases=tuple(cases)))
    assert Play().run(found, draw) == Play().run(other, draw)


def test_decide__suites_in_another_order__the_same_decisions() -> None:
    found = [Play.metric(flat(85, 7), suite=name) for name in "abc"] + [Play.metric(flat(97, 3), suite="d")]
    forward = Play().run(found, replay)
    assert Play().run(found[::-1], replay) == forward[::-1]


def test_decide__a_critical_case_confirmed_broken__is_listed_although_nothing_dropped() -> None:
    decision, _ = one([*flat(100, 0, 3, draws=5), vital()])
    assert decision.confirmed_broken == ("vital",)
