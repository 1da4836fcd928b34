from __future__ import annotations

from itertools import product
from math import prod
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mergefloor.core import exact


@pytest.mark.parametrize("draws", [1, 3, 7])
def test_passes__every_table_of_one_case__is_scipys_hypergeometric(draws: int) -> None:
    for base, head in product(range(draws + 1), repeat=2):
        oracle = stats.hypergeom(2 * draws, base + head, draws).cdf(head)
        assert exact.tail([exact.passes(draws, base, head)]) == pytest.approx(oracle, abs=1e-14)


def test_tail__one_case__is_fishers_exact_test() -> None:
    for base, head in product(range(4), repeat=2):
        table = [[head, 3 - head], [base, 3 - base]]
        oracle = stats.fisher_exact(table, alternative="less").pvalue
        assert exact.tail([exact.passes(3, base, head)]) == pytest.approx(oracle)


@pytest.mark.parametrize(("worse", "better"), [(5, 0), (8, 2), (7, 0), (3, 3), (0, 4)])
def test_tail__one_pair_a_case__is_mcnemars_exact_test(worse: int, better: int) -> None:
    strata = [exact.passes(1, 1, 0)] * worse + [exact.passes(1, 0, 1)] * better + [exact.passes(1, 1, 1)] * 9
    oracle = stats.binomtest(better, worse + better, alternative="less").pvalue
    assert exact.tail(strata) == pytest.approx(oracle)


@pytest.mark.parametrize(("worse", "better"), [(7, 0), (18, 1), (4, 3)])
def test_tail__signs__is_scipys_binomial_test(worse: int, better: int) -> None:
    oracle = stats.binomtest(better, worse + better, alternative="less").pvalue
    assert exact.tail([exact.sign(-2)] * worse + [exact.sign(1)] * better + [exact.sign(0)]) == pytest.approx(
        oracle
    )


def strata(random: Random, size: int) -> list[exact.Stratum]:
    kinds = (
        lambda: exact.passes(3, random.randint(0, 3), random.randint(0, 3)),
        lambda: exact.passes(7, random.randint(0, 7), random.randint(0, 7)),
        lambda: exact.sign(random.randint(-1, 1)),
        lambda: exact.swap(random.randint(-6, 6)),
    )
    return [random.choice(kinds)() for _ in range(size)]


@pytest.mark.parametrize("seed", range(20))
def test_tail__mixed_strata__is_the_sum_over_every_outcome(seed: int) -> None:
    units = strata(Random(seed), 5)
    seen = sum(unit.seen for unit in units)
    brute = sum(
        prod(unit.law[x] for unit, x in zip(units, outcome, strict=True))
        for outcome in product(*[range(len(unit.law)) for unit in units])
        if sum(outcome) <= seen
    )
    assert exact.tail(units) == pytest.approx(min(1.0, brute), abs=1e-12)
    assert exact.least(units) == pytest.approx(prod(unit.law[0] for unit in units))
    assert exact.least(units) <= exact.tail(units) + 1e-12


@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_tail__cases_in_another_order__is_the_same_to_the_last_bit(seed: int, shuffler: Random) -> None:
    units = strata(Random(seed), 12)
    other = units[:]
    shuffler.shuffle(other)
    assert exact.tail(units) == exact.tail(other)
    assert exact.least(units) == exact.least(other)


def test_tail__nothing_to_say__is_one() -> None:
    assert exact.tail([]) == 1.0
    assert exact.tail([exact.SILENT, exact.passes(3, 3, 3), exact.passes(3, 0, 0), exact.swap(0)]) == 1.0


def test_swap__a_whole_cluster__has_even_odds_however_large() -> None:
    assert exact.tail([exact.swap(-30)]) == 0.5
    assert exact.tail([exact.swap(30)]) == 1.0
    assert exact.tail([exact.swap(-30), exact.swap(-1)]) == 0.25
    assert exact.tail([exact.swap(-1), exact.swap(2)]) == pytest.approx(0.75)


@given(st.integers(0, 10**6))
def test_tail__one_more_fail_of_the_head__never_raises_p(seed: int) -> None:
    # what makes the worst world a bound (R20)
    random = Random(seed)
    rest = strata(random, 4)
    base, head = random.randint(0, 3), random.randint(1, 3)
    before = exact.tail([*rest, exact.passes(3, base, head)])
    assert exact.tail([*rest, exact.passes(3, base, head - 1)]) <= before + 1e-12
    if base < 3:
        assert exact.tail([*rest, exact.passes(3, base + 1, head)]) <= before + 1e-12
