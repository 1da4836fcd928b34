"""Worked examples of the papers, and values of reference packages where a paper has none."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan

import pytest

from mergefloor.core.calibration.agreement import (
    Metric,
    agreement,
    alpha,
    beyond_chance,
    kappa,
    ranks,
    spearman,
    weighted_kappa,
)

EXACT = 1e-9
# Cohen (1960) and (1968): two judges, three categories, 200 cases.
COHEN = {
    (1, 1): 88,
    (1, 2): 14,
    (1, 3): 18,
    (2, 1): 10,
    (2, 2): 40,
    (2, 3): 10,
    (3, 1): 2,
    (3, 2): 6,
    (3, 3): 12,
}
# Boyd, Wolfson, Wolfson et al. (1982): two radiologists, 85 xeromammograms, four classes in order.
XRAYS = {
    (0, 0): 21,
    (0, 1): 12,
    (1, 0): 4,
    (1, 1): 17,
    (1, 2): 1,
    (2, 0): 3,
    (2, 1): 9,
    (2, 2): 15,
    (2, 3): 2,
    (3, 3): 1,
}
# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section C: four observers, twelve units, gaps.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3),
    (nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan),
)
UNITS = [[value for value in unit if isfinite(value)] for unit in zip(*OBSERVERS, strict=True)]


def listed(table: dict[tuple[int, int], int]) -> list[tuple[int, int]]:
    return [pair for pair, count in table.items() for _ in range(count)]


def test_kappa__of_cohens_example__is_the_published_one() -> None:
    assert agreement(listed(COHEN)) == pytest.approx(0.70, abs=EXACT)
    assert kappa(listed(COHEN)) == pytest.approx(0.29 / 0.59, abs=EXACT)  # .492 in the paper


def test_kappa__with_the_costs_of_cohens_second_paper__is_the_published_one() -> None:
    costs = {(1, 2): 1, (2, 1): 1, (1, 3): 3, (3, 1): 3, (2, 3): 6, (3, 2): 6}
    found = beyond_chance(COHEN, lambda one, other: costs.get((one, other), 0))
    assert found == pytest.approx(1 - 0.90 / 1.38, abs=EXACT)  # .348 in the paper


def test_kappa__of_shares_instead_of_counts__is_the_same() -> None:
    shares = {pair: count / 200 for pair, count in COHEN.items()}
    assert beyond_chance(shares, lambda one, other: float(one != other)) == pytest.approx(
        0.29 / 0.59, abs=EXACT
    )


def test_kappas__of_ordered_classes__equal_statsmodels_0_15_0() -> None:
    assert kappa(listed(XRAYS)) == pytest.approx(0.4727891156462585, abs=EXACT)
    assert weighted_kappa(listed(XRAYS), (0, 1, 2, 3)) == pytest.approx(0.67137057800116, abs=EXACT)


def test_weighted_kappa__of_two_classes__is_kappa() -> None:
    pairs = [("pass", "pass")] * 20 + [("pass", "fail")] * 5 + [("fail", "fail")] * 10
    assert weighted_kappa(pairs, ("fail", "pass")) == pytest.approx(kappa(pairs) or nan, abs=EXACT)


@pytest.mark.parametrize("pairs", [[], [("pass", "pass")] * 50])
def test_kappa__where_chance_explains_all__is_undefined(pairs: list[tuple[str, str]]) -> None:
    assert kappa(pairs) is None


def test_kappa__of_perfect_agreement_on_two_classes__is_one() -> None:
    assert kappa([("a", "a"), ("b", "b")]) == 1


def test_agreement__of_nothing__is_undefined() -> None:
    assert agreement([]) is None


def test_spearman__of_the_encyclopedias_example__is_the_published_one() -> None:
    # Intelligence and weekly hours of television of ten people: 1 - 6 x 194 / (10 x 99).
    hours = [2, 20, 28, 27, 50, 29, 7, 17, 6, 12]
    iq = [86, 97, 99, 100, 101, 103, 106, 110, 112, 113]
    assert spearman(list(zip(iq, hours, strict=True))) == pytest.approx(-29 / 165, abs=EXACT)


def test_spearman__with_ties__equals_scipy_1_17_1() -> None:
    assert spearman([(1, 5), (2, 6), (3, 7), (4, 8), (5, 7)]) == pytest.approx(0.8207826816681233, abs=EXACT)
    judge, people = (0.1, 0.9, 0.5, 0.5, 1, 0.2, 0, 0.7), (0.2, 0.8, 0.8, 0.4, 1, 0.4, 0, 0.4)
    assert spearman(list(zip(judge, people, strict=True))) == pytest.approx(0.8829852522097682, abs=EXACT)


def test_ranks__of_equal_values__are_their_mean() -> None:
    assert ranks([0.5, 0.1, 0.5, 0.9]) == [2.5, 1, 2.5, 4]


@pytest.mark.parametrize("pairs", [[], [(1, 1)], [(1, 1), (1, 2)], [(1, 1), (2, 1)]])
def test_spearman__where_a_side_never_varies__is_undefined(pairs: list[tuple[float, float]]) -> None:
    assert spearman(pairs) is None


@pytest.mark.parametrize(
    ("metric", "published", "exact"),
    [
        ("nominal", 0.743, 0.743421052631579),
        ("ordinal", 0.815, 0.8153875037548814),
        ("interval", 0.849, 0.8491071428571428),
    ],
)
def test_alpha__of_krippendorffs_example__is_the_published_one(
    metric: Metric, published: float, exact: float
) -> None:
    found = alpha(UNITS, metric)
    assert found == pytest.approx(published, abs=5e-4)
    assert found == pytest.approx(exact, abs=EXACT)  # krippendorff 0.9.0


@pytest.mark.parametrize("units", [[], [[1], [2]], [[1, 1], [1, 1]]])
def test_alpha__without_a_pair_or_a_second_value__is_undefined(units: Sequence[Sequence[float]]) -> None:
    assert alpha(units) is None
