from __future__ import annotations

import pytest
from scipy.stats import binom

from mergefloor.core.semver.noise import LEVEL, NOISE, limit


@pytest.mark.parametrize(("n", "c"), [(20, 4), (30, 5), (50, 6), (100, 10), (200, 16), (500, 34)])
def test_limit__at_the_tabulated_sizes__is_the_table(n: int, c: int) -> None:
    assert limit(n) == c


@pytest.mark.parametrize("n", [1, 7, 45, 333, 1000, 20_000])
@pytest.mark.parametrize("noise", [NOISE, 0.3, 0.9])
def test_limit__of_any_size__is_the_smallest_count_that_noise_reaches_too_seldom(
    n: int, noise: float
) -> None:
    k = limit(n, noise)
    assert binom.sf(k - 1, n, noise) <= LEVEL * (1 + 1e-9)
    assert binom.sf(k - 2, n, noise) > LEVEL * (1 - 1e-9)


def test_limit__where_noise_changes_everything__is_never_reached() -> None:
    assert limit(100, 1.0) == 101
    assert limit(100, 0.0) == 1
    assert limit(0) == 1
