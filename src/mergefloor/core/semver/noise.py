"""How many outputs may differ by chance: the limit c(n) of DECISION 7."""

from __future__ import annotations

from math import exp, inf, lgamma, log, log1p

NOISE = 0.05  # share of outputs in which two runs of one prompt differ, where nobody has measured it
LEVEL = 0.05


def limit(n: int, noise: float = NOISE) -> int:
    """The smallest number of changed outputs among `n` that noise alone reaches with probability <= 5 %.

    c(n) = min {k : P(Binomial(n, noise) >= k) <= 0.05}. At a noise of 5 % this is 4, 5, 6, 10, 16, 34 for
    n = 20, 30, 50, 100, 200, 500. n + 1, which no count reaches, where noise can change everything.
    """
    below = 0.0
    for k in range(n + 1):
        if 1 - below <= LEVEL:
            return k
        below += exp(_log_mass(n, k, noise))
    return n + 1


def _log_mass(n: int, k: int, p: float) -> float:
    """Logarithm of P(Binomial(n, p) = k), so that large n do not underflow."""
    if p <= 0 or p >= 1:
        return 0.0 if k == (n if p >= 1 else 0) else -inf
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return ways + k * log(p) + (n - k) * log1p(-p)
