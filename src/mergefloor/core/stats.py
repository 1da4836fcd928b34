"""The few textbook formulas that the rule needs, in the standard library. scipy is their oracle in the tests."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, exp, lgamma, log, log1p, sqrt
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.95)
EPSILON = 1e-9  # shares are ratios of small integers: what differs by less is rounding
_TINY, _PRECISION = 1e-300, 1e-15
_STEPS = 500


def wilson_lower(successes: float, n: float, z: float = Z95) -> float:
    """One-sided lower bound of a share (Wilson 1927); 0.0 for n = 0."""
    if n <= 0:
        return 0.0
    p, zz = successes / n, z * z
    middle = p + zz / (2 * n)
    half = z * sqrt(max(0.0, p * (1 - p)) / n + zz / (4 * n * n))
    return max(0.0, (middle - half) / (1 + zz / n))


def t_cdf(t: float, df: int) -> float:
    """P(T <= t) for Student's t with `df` >= 1 degrees of freedom."""
    upper = 0.5 * _incomplete_beta(df / 2, 0.5, df / (df + t * t))
    return upper if t < 0 else 1.0 - upper


@lru_cache(maxsize=1024)
def t_quantile(share: float, df: int) -> float:
    """The t that a `share` >= .5 of Student's law stays below, by bisection to 1e-9."""
    low, high = 0.0, 1.0
    while t_cdf(high, df) < share:
        low, high = high, 2 * high
    while high - low > EPSILON * high:
        middle = (low + high) / 2
        low, high = (middle, high) if t_cdf(middle, df) < share else (low, middle)
    return high


def drop_p(mean: float, squares: float, n: int) -> float:
    """One-sided p of a paired t-test for "no drop": `mean` of n differences, `squares` about their mean.

    Never under 2 ** -n, the least that the signs of n differences allow: a handful of cases with a variance of
    zero is no proof. 1.0 for fewer than two differences.
    """
    if n < 2:  # noqa: PLR2004 - one difference has no spread
        return 1.0
    if squares <= EPSILON * EPSILON:
        return 0.5**n if mean < 0 else 1.0
    return max(0.5**n, t_cdf(mean / sqrt(squares / (n - 1) / n), n - 1))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Regularized incomplete beta by its continued fraction (DLMF 8.17.22)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _incomplete_beta(b, a, 1 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front * _fraction(a, b, x)


def _fraction(a: float, b: float, x: float) -> float:
    """1 / (1 + d1 / (1 + d2 / ...)), evaluated forwards (modified Lentz)."""
    value = c = _TINY
    d = change = 0.0
    step = 0
    while abs(change - 1) > _PRECISION and step < _STEPS:
        term = _coefficient(a, b, x, step)
        d = 1 / _off_zero(1 + term * d)
        c = _off_zero(1 + term / c)
        change = c * d
        value *= change
        step += 1
    return value


def _coefficient(a: float, b: float, x: float, step: int) -> float:
    if step == 0:
        return 1.0
    m, odd = divmod(step - 1, 2)
    if not odd:
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    m += 1
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest rank: the smallest value that at least `share` of the values do not exceed. None of nothing."""
    if not values:
        return None
    return sorted(values)[max(1, ceil(share * len(values))) - 1]
