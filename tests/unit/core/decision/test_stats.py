from __future__ import annotations

import pytest
from scipy import stats as oracle

from mergefloor.core import stats


@pytest.mark.parametrize("df", [1, 2, 3, 10, 49, 199, 4999])
def test_t_cdf__any_t__is_scipys(df: int) -> None:
    for t in (-40.0, -5.0, -2.1, -0.3, -1e-4, 0.0, 0.2, 1.7, 8.0):
        assert stats.t_cdf(t, df) == pytest.approx(oracle.t.cdf(t, df), rel=1e-9, abs=1e-14)


def test_t_cdf__off_the_scale__is_certain() -> None:
    assert stats.t_cdf(-1e200, 3) == 0.0
    assert stats.t_cdf(1e200, 3) == 1.0


@pytest.mark.parametrize("df", [1, 4, 99])
@pytest.mark.parametrize("share", [0.5, 0.7, 0.95, 0.999])
def test_t_quantile__any_share__is_scipys(share: float, df: int) -> None:
    assert stats.t_quantile(share, df) == pytest.approx(oracle.t.ppf(share, df), abs=1e-6)


@pytest.mark.parametrize(("x", "n"), [(0, 10), (10, 10), (90, 100), (199, 200), (45, 50)])
def test_wilson_lower__any_count__is_scipys_two_sided_90_percent(x: int, n: int) -> None:
    low = oracle.binomtest(x, n).proportion_ci(confidence_level=0.9, method="wilson").low
    assert stats.wilson_lower(x, n) == pytest.approx(low, abs=1e-12)


def test_wilson_lower__no_case__is_zero() -> None:
    assert stats.wilson_lower(0, 0) == 0.0


def test_drop_p__a_sample__is_scipys_one_sided_paired_t_test() -> None:
    sample = [-0.2, 0.1, -0.3, -0.05, -0.1, 0.0, -0.4, 0.05]
    mean = sum(sample) / len(sample)
    squares = sum((x - mean) ** 2 for x in sample)
    expected = oracle.ttest_1samp(sample, 0, alternative="less").pvalue
    assert stats.drop_p(mean, squares, len(sample)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("mean", "n", "expected"), [(-0.5, 2, 0.25), (-0.5, 7, 2**-7), (0.0, 7, 1.0), (0.5, 7, 1.0)]
)
def test_drop_p__no_variance__is_the_sign_tests(mean: float, n: int, expected: float) -> None:
    assert stats.drop_p(mean, 0.0, n) == expected


def test_drop_p__hardly_any_variance__is_no_less_than_the_sign_tests() -> None:
    assert stats.drop_p(-0.5, 1e-9, 3) == 2**-3


@pytest.mark.parametrize("n", [0, 1])
def test_drop_p__fewer_than_two_differences__proves_nothing(n: int) -> None:
    assert stats.drop_p(-1.0, 0.0, n) == 1.0
