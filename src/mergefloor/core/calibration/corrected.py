"""Pass rates as people would have given them, from a judge's and some labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from statistics import NormalDist

# Pairs (human, judge) that nobody saw, spread evenly over those that are possible, before a spread is computed: a
# small sample without a disagreement does not mean that there is none. Two of them bring the coverage of 50 labels
# to its level (docs/calibration.md), as Agresti and Coull's four (1998) do for a share.
IMAGINARY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A share with its two-sided interval."""

    value: float
    low: float
    high: float


def z_of(level: float) -> float:
    """The two-sided normal quantile of a level, 1.96 for .95."""
    return NormalDist().inv_cdf((1 + level) / 2)


def wilson(successes: float, n: float, level: float = 0.95) -> Estimate | None:
    """A share with Wilson's two-sided interval (1927); None of nothing."""
    if n <= 0:
        return None
    p, z = successes / n, z_of(level)
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Estimate(value=p, low=max(0.0, middle - half), high=min(1.0, middle + half))


def ppi(
    labelled: Sequence[tuple[float, float]], judged: Sequence[float], level: float = 0.95
) -> Estimate | None:
    """The mean that people would give, by PPI++ (Angelopoulos, Duchi and Zrnic 2023, https://arxiv.org/abs/2311.01453):
    `labelled` are pairs (human, judge) of a *random* sample, `judged` the judge's values where nobody looked.

    The weight of the judge is the one with the least variance, within [0, 1]: a judge that knows nothing is not
    listened to. Normal interval, neither end cut off. None with fewer than two labels or nothing judged.
    """
    n, more = len(labelled), len(judged)
    if n < 2 or not more:  # noqa: PLR2004 - one label has no spread
        return None
    weight = _weight(labelled, judged)
    rest = [y - weight * f for y, f in labelled]
    value = weight * _mean(judged) + _mean(rest)
    half = z_of(level) * sqrt(_variance(rest) / n + weight**2 * _variance(judged) / more)
    return Estimate(value=value, low=value - half, high=value + half)


def ppi_share(
    labelled: Sequence[tuple[float, float]], judged: Sequence[float], level: float = 0.95
) -> Estimate | None:
    """A pass rate by PPI++ with Wilson's interval for as many labels as its variance is worth.

    The normal interval covers 87 % at a pass rate of .9 and 50 labels (docs/calibration.md). Two imaginary pairs,
    spread over the four that are possible, keep the variance above 0 where judge and people agree throughout; it is
    never worth fewer labels than there are.
    """
    n, more = len(labelled), len(judged)
    plain = ppi(labelled, judged, level)
    if plain is None:
        return None
    value, weight = _within(plain.value), _weight(labelled, judged)
    rest = [(y - weight * f, 1.0) for y, f in labelled]
    rest += [(y - weight * f, IMAGINARY / 4) for y in (0.0, 1.0) for f in (0.0, 1.0)]
    total = n + IMAGINARY
    mean = fsum(each * part for each, part in rest) / total
    spread = fsum(part * (each - mean) ** 2 for each, part in rest) / total
    variance = spread / total + weight**2 * _variance(judged) / more
    worth = value * (1 - value) / variance
    return wilson(value * worth, worth, level) if worth >= n else wilson(value * n, n, level)


def _weight(labelled: Sequence[tuple[float, float]], judged: Sequence[float]) -> float:
    """The paper's power tuning for a mean: Cov_n(y, f) / ((1 + n / N) Var_n+N(f)), cut to [0, 1].

    What the plug-ins are divided by is open, the theory being asymptotic; the authors' code (ppi-python 0.2.3)
    divides the covariance by n and the pooled variance by n + N - 1. So do we: the weight, and with it the estimate,
    can then be checked against theirs. With n + N it would be larger by 1 / (n + N) of itself.
    """
    n, more = len(labelled), len(judged)
    mean, other = _mean([y for y, _ in labelled]), _mean([f for _, f in labelled])
    covariance = fsum((y - mean) * (f - other) for y, f in labelled) / n
    pooled = [*(f for _, f in labelled), *judged]
    spread = _variance(pooled) * len(pooled) / (len(pooled) - 1)
    return 0.0 if spread <= 0 else _within(covariance / ((1 + n / more) * spread))


def rogan_gladen(
    passed: float,
    n: float,
    *,
    sensitivity: tuple[float, float],
    specificity: tuple[float, float],
    level: float = 0.95,
) -> Estimate | None:
    """The share that people would pass (Rogan and Gladen 1978), for labels that were *enriched* with failures.

    `passed` of `n` by the judge; `sensitivity`, `specificity`: successes and trials among human passes and failures.
    The interval is that of Lang and Reiczigel (2014). None where the judge is no better than a coin.
    """
    z = z_of(level)
    zz = z * z
    if n <= 0 or min(sensitivity[1], specificity[1]) <= 0:
        return None
    share, size = (passed + zz / 2) / (n + zz), n + zz
    true, trues = (sensitivity[0] + 1) / (sensitivity[1] + 2), sensitivity[1] + 2
    false, falses = (specificity[0] + 1) / (specificity[1] + 2), specificity[1] + 2
    youden = true + false - 1
    plain = sensitivity[0] / sensitivity[1] + specificity[0] / specificity[1] - 1
    if youden <= 0 or plain <= 0:
        return None
    value = (passed / n + specificity[0] / specificity[1] - 1) / plain
    near = (share + false - 1) / youden
    shift = 2 * zz * (near * true * (1 - true) / trues - (1 - near) * false * (1 - false) / falses)
    error = (
        sqrt(
            share * (1 - share) / size
            + (1 - near) ** 2 * false * (1 - false) / falses
            + near**2 * true * (1 - true) / trues
        )
        / youden
    )
    low, high = near + shift - z * error, near + shift + z * error
    return Estimate(value=_within(value), low=_within(low), high=_within(high))


def _within(value: float) -> float:
    return min(1.0, max(0.0, value))


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)


def _variance(values: Sequence[float]) -> float:
    """Divided by the count."""
    mean = _mean(values)
    return fsum((value - mean) ** 2 for value in values) / len(values)
