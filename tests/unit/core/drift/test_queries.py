from __future__ import annotations

from math import inf, nan
from random import Random

import pytest

from mergefloor.core.drift.queries import Effort, Incomparable, QueryDrift, centroid_cosine, query_drift

FAST = Effort(permutations=99)
Window = list[tuple[float, ...]]


def window(seed: int, n: int = 40, shift: float = 0.0, size: int = 8) -> Window:
    random = Random(seed)
    return [tuple(random.gauss(shift, 1) for _ in range(size)) for _ in range(n)]


def compared(before: Window, after: Window, seed: int = 1, effort: Effort = FAST) -> QueryDrift:
    found = query_drift(before, after, seed=seed, effort=effort)
    assert isinstance(found, QueryDrift)
    return found


def test_query_drift__of_windows_that_differ__is_told_with_the_least_p() -> None:
    found = compared(window(1), window(2, shift=1.0))
    assert (found.p_value, found.drifted) == (0.01, True)
    assert (found.before, found.after, found.used) == (40, 40, (40, 40))


def test_query_drift__of_one_window_twice__is_none() -> None:
    found = compared(window(1), window(1))
    assert found.distance == pytest.approx(0.0, abs=1e-12)
    assert (found.p_value, found.drifted) == (1.0, False)
    assert found.cosine == pytest.approx(1.0)


def test_query_drift__of_equal_queries_everywhere__counts_ties_against_a_drift() -> None:
    found = compared([(0.1, 0.2, 0.3)] * 30, [(0.1, 0.2, 0.3)] * 25)
    assert (found.distance, found.p_value) == (0.0, 1.0)


def test_query_drift__by_hand__is_twice_the_cross_distance_less_both_inner_ones() -> None:
    """20 queries at (0, 0) and 20 half at (3, 4), half at (0, 0): 2 x 2.5 - 0 - 2.5."""
    after = [(3.0, 4.0)] * 10 + [(0.0, 0.0)] * 10
    assert compared([(0.0, 0.0)] * 20, after).distance == pytest.approx(2.5)


def test_query_drift__in_one_dimension__is_the_square_of_scipys_energy_distance() -> None:
    stats = pytest.importorskip("scipy.stats")
    for seed in range(20):
        before, after = window(seed, n=25, size=1), window(seed + 100, n=31, shift=0.4, size=1)
        theirs = stats.energy_distance([x for (x,) in before], [y for (y,) in after])
        assert compared(before, after, effort=Effort(permutations=1)).distance == pytest.approx(
            theirs**2, abs=1e-9
        )


def test_query_drift__p_value__agrees_with_scipys_permutation_test() -> None:
    numpy, stats = pytest.importorskip("numpy"), pytest.importorskip("scipy.stats")
    before, after = window(3, n=25, size=1), window(4, n=25, shift=0.2, size=1)
    theirs = stats.permutation_test(
        (numpy.array(before).ravel(), numpy.array(after).ravel()),
        stats.energy_distance,
        n_resamples=999,
        alternative="greater",
        rng=numpy.random.default_rng(5),
    ).pvalue
    found = compared(before, after, effort=Effort(permutations=1999)).p_value
    assert 0.01 < found < 0.9
    assert found == pytest.approx(theirs, abs=0.06)


def test_query_drift__without_a_drift__alarms_no_more_often_than_alpha() -> None:
    effort = Effort(permutations=39, alpha=0.1)
    alarms = sum(
        compared(window(2 * i, n=20, size=3), window(2 * i + 1, n=20, size=3), seed=i, effort=effort).drifted
        for i in range(200)
    )
    assert 6 <= alarms <= 34  # 10 % of 200 and three standard errors


def test_query_drift__of_large_windows__samples_them_the_same_way_each_time() -> None:
    before, after = window(1, n=300), window(2, n=50)
    effort = Effort(most=60, permutations=19)
    one, two, other = (compared(before, after, seed, effort) for seed in (7, 7, 8))
    assert one == two
    assert one.distance != other.distance
    assert (one.before, one.used) == (300, (60, 50))


def bent(value: float) -> Window:
    return [*window(1)[:-1], (value,) * 8]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (window(1, n=19), window(2), "19 queries in a window; 20 are needed"),
        (window(1), [], "0 queries in a window; 20 are needed"),
        (window(1, size=3), window(2, size=5), "3 and 5 dimensions"),
        (bent(nan), window(2), "not a finite number"),
        (window(2), bent(inf), "not a finite number"),
    ],
)
def test_query_drift__of_windows_that_cannot_be_compared__says_why(
    before: Window, after: Window, said: str
) -> None:
    found = query_drift(before, after, seed=1)
    assert isinstance(found, Incomparable)
    assert said in "".join(map(str, found.why))


def test_centroid_cosine__of_a_zero_mean__is_unknown() -> None:
    assert centroid_cosine([(1.0, 0.0), (-1.0, 0.0)], [(1.0, 1.0)]) is None
    assert centroid_cosine([(1.0, 0.0)], [(0.0, 2.0)]) == 0.0
