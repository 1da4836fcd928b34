from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from decision_play import Play, flat

from mergefloor.core import exact
from mergefloor.core.decision import rates, smallest_drop
from mergefloor.core.evidence import CaseEvidence, MetricEvidence, Value


def golden(n: int, draws: int, seed: int = 1) -> tuple[MetricEvidence, list[float]]:
    """A set like those of repeated real runs: most cases nearly always pass."""
    random = Random(seed)
    chances = [random.betavariate(0.92, 0.08) for _ in range(n)]
    cases = [
        CaseEvidence(
            case=f"c{i:04d}",
            history=tuple(float(random.random() < rate) for _ in range(draws)),
            head=(float(random.random() < rate),),
        )
        for i, rate in enumerate(chances)
    ]
    return Play.metric(cases), chances


@pytest.mark.parametrize(
    ("n", "least", "most"), [(20, 0.11, 0.19), (50, 0.05, 0.09), (100, 0.03, 0.06), (200, 0.02, 0.045)]
)
def test_smallest_drop__with_history__is_near_what_simulations_of_the_rule_measured(
    n: int, least: float, most: float
) -> None:
    found = smallest_drop.smallest_drop(golden(n, 5)[0], 0.05)
    assert found is not None
    assert least <= found <= most


def test_smallest_drop__simulated_with_the_rule_itself__is_blocked_about_4_times_in_5() -> None:
    metric, chances = golden(60, 5, seed=4)
    said = smallest_drop.smallest_drop(metric, 0.05)
    assert said is not None
    blocks = 0
    for seed in range(120):
        random = Random(seed)
        hazard = said * len(chances) / sum(chances)
        after = [0.0 if random.random() < hazard else rate for rate in chances]
        cases = [
            replace(c, head=(float(random.random() < q),)) for c, q in zip(metric.cases, after, strict=True)
        ]

        def draw(
            _: str,
            case: CaseEvidence,
            arm: str,
            index: int,
            random: Random = random,
            after: list[float] = after,
        ) -> Value:
            which = int(case.case[1:])
            return float(random.random() < (after if arm == "head" else chances)[which])

        [decision] = Play(power=lambda *_: None).run([replace(metric, cases=tuple(cases))], draw)
        blocks += decision.verdict == "block"
    assert 0.68 <= blocks / 120 <= 0.92


def test_smallest_drop__first_run__is_larger() -> None:
    once, five = (smallest_drop.smallest_drop(golden(100, k)[0], 0.05) for k in (1, 5))
    assert once is not None
    assert five is not None
    assert once > five + 0.02


def test_smallest_drop__more_tolerated__is_larger() -> None:
    metric, _ = golden(100, 5)
    lenient = replace(metric, rule=replace(metric.rule, max_drop=0.1))
    assert (smallest_drop.smallest_drop(lenient, 0.05) or 0) > 0.1


@pytest.mark.parametrize(
    "cases", [flat(3), flat(1, draws=5), flat(0, fails=40, draws=5), [CaseEvidence(case="a", head=(1.0,))]]
)
def test_smallest_drop__a_set_that_cannot_block_at_all__is_none(cases: list[CaseEvidence]) -> None:
    assert smallest_drop.smallest_drop(Play.metric(cases), 0.05) is None


def test_smallest_drop__nothing_can_have_moved__is_none() -> None:
    assert smallest_drop.smallest_drop(Play.metric([CaseEvidence(case="a", identical=True)]), 0.05) is None


def test_smallest_drop__identical_cases__dilute_it() -> None:
    metric, _ = golden(50, 5)
    same = tuple(CaseEvidence(case=f"i{i}", identical=True) for i in range(50))
    alone = smallest_drop.smallest_drop(metric, 0.05)
    among = smallest_drop.smallest_drop(replace(metric, cases=metric.cases + same), 0.05)
    assert alone is not None
    assert among is not None
    assert among < alone


def test_smallest_drop__clusters__count_as_one_case_each() -> None:
    metric, _ = golden(100, 5)
    whole = tuple(replace(case, cluster=f"k{i // 10}") for i, case in enumerate(metric.cases))
    assert (smallest_drop.smallest_drop(replace(metric, cases=whole), 0.05) or 1.0) > 0.1


def test_smallest_drop__asked_twice_or_with_cases_in_another_order__is_the_same() -> None:
    metric, _ = golden(100, 5)
    backwards = replace(metric, cases=metric.cases[::-1])
    assert smallest_drop.smallest_drop(metric, 0.05) == smallest_drop.smallest_drop(backwards, 0.05)


@pytest.mark.parametrize(("n", "least", "most"), [(50, 0.03, 0.09), (200, 0.02, 0.04)])
def test_smallest_drop__of_scores__falls_with_the_number_of_cases(n: int, least: float, most: float) -> None:
    random = Random(1)
    cases = [
        CaseEvidence(case=f"c{i}", history=tuple(random.gauss(0.7, 0.1) for _ in range(5)), head=(0.7,))
        for i in range(n)
    ]
    found = smallest_drop.smallest_drop(Play.metric(cases, kind="score"), 0.05)
    assert found is not None
    assert least <= found <= most


def test_smallest_drop__of_scores_drawn_once__uses_the_spread_of_look_zero() -> None:
    random = Random(1)
    cases = [
        CaseEvidence(case=f"c{i}", history=(random.gauss(0.7, 0.1),), head=(random.gauss(0.7, 0.1),))
        for i in range(60)
    ]
    found = smallest_drop.smallest_drop(Play.metric(cases, kind="score"), 0.05)
    assert found is not None
    assert 0.03 <= found <= 0.1


def test_smallest_drop__of_too_few_scores__is_none() -> None:
    assert smallest_drop.smallest_drop(Play.metric(flat(4, draws=5), kind="score"), 0.05) is None


@pytest.mark.parametrize("seed", range(30))
def test_smallest_drop__the_expansion_in_place_of_the_exact_p__errs_little_near_the_limit(seed: int) -> None:
    random = Random(seed)
    units = [
        exact.passes(3, random.randint(1, 3), random.randint(0, 2)) for _ in range(random.randint(4, 20))
    ]
    distance = variance = fourth = 0.0
    for unit in units:
        centre = unit.top / 2
        var = sum(p * (x - centre) ** 2 for x, p in enumerate(unit.law))
        distance, variance = distance + unit.seen - centre, variance + var
        fourth += sum(p * (x - centre) ** 4 for x, p in enumerate(unit.law)) - 3 * var * var
    assert smallest_drop._p(distance, variance, fourth) == pytest.approx(exact.tail(units), abs=0.004)


@pytest.mark.parametrize("n", [200, 700])
def test_smallest_drop__more_cases__are_paid_for_with_fewer_runs(n: int) -> None:
    kinds = rates.kinds(golden(n, 5)[0])
    runs = smallest_drop._drawn(kinds, 16_000 // n)
    assert sum(map(len, runs)) <= 16_000
    assert len(runs[0]) == n
