"""The smallest true drop that a golden set blocks 4 times in 5, by simulating the rule on the stored rates.

The simulation breaks every case for good with one probability, as a bad edit does, and draws looks 0, 1 and 2 from
the law of the case given its history. In place of the exact p stands its Edgeworth expansion (each case's null law
is symmetric, so only the kurtosis enters). The seed is fixed: the same evidence gives the same number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import erfc, exp, fsum, pi, sqrt
from random import Random

from mergefloor.core import stats
from mergefloor.core.decision import flips, rates, scores, worlds
from mergefloor.core.decision.rates import Kind, Outcome
from mergefloor.core.evidence import MetricEvidence

POWER = 0.8
_HALVINGS = 8  # of the searched range: a resolution of 0.4 points
_WORK, _LEAST_RUNS, _MOST_RUNS = 16_000, 20, 100  # case draws a search: more cases, fewer runs
_SCORE_RUNS = 400

_Run = Sequence[tuple[float, Outcome, Outcome]]


def smallest_drop(metric: MetricEvidence, alpha: float) -> float | None:
    """The drop as a share of all cases (a score: of the scale); None when not even a total loss is blocked."""
    return _of_scores(metric, alpha) if metric.kind == "score" else _of_flips(metric, alpha)


def _of_flips(metric: MetricEvidence, alpha: float) -> float | None:
    kinds = rates.kinds(metric)
    units = sum(kind.cases for kind in kinds)
    if not units:
        return None
    total = (
        units * len(metric.cases) / len(worlds.changed(metric))
    )  # in units, those that cannot change included
    passing = fsum(kind.cases * kind.rate for kind in kinds)
    needed = max(flips.LEAST_NET, metric.rule.max_drop * total)
    runs = _drawn(kinds, min(_MOST_RUNS, max(_LEAST_RUNS, _WORK // units)))

    def power(drop: float) -> float:
        return sum(_blocked(run, drop * total / passing, needed, alpha) for run in runs) / len(runs)

    return _search(power, passing / total)


def _search(power: Callable[[float], float], top: float) -> float | None:
    if power(top) < POWER:
        return None
    low, high = 0.0, top
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high


def _drawn(kinds: Sequence[Kind], count: int) -> list[_Run]:
    """Runs of the whole set: per case a number that says at which hazard it breaks, and both outcomes."""
    random = Random(20)  # noqa: S311 - a simulation; the seed makes the number repeatable
    rows: list[list[tuple[float, Outcome, Outcome]]] = [[] for _ in range(count)]
    for kind in kinds:
        size = count * kind.cases
        whole = random.choices(kind.whole[0], cum_weights=kind.whole[1], k=size)
        broken = random.choices(kind.broken[0], cum_weights=kind.broken[1], k=size)
        for index, pair in enumerate(zip(whole, broken, strict=True)):
            rows[index % count].append((random.random(), *pair))
    return [tuple(row) for row in rows]


def _blocked(run: _Run, hazard: float, needed: float, alpha: float) -> bool:
    """The rule of DECISION 1 on one simulated run."""
    sums = [sum(column) for column in zip(*(b if u < hazard else w for u, w, b in run), strict=True)]
    if sums[0] >= 0:
        return False
    for look, seen in (("one", sums[1:5]), ("two", sums[5:9])):
        if seen[0] >= 0:
            return False
        if seen[0] <= -needed + stats.EPSILON and _p(*seen[1:]) <= alpha * flips.SHARE[look]:
            return True
    return False


def _p(distance: float, variance: float, fourth: float) -> float:
    """P(count <= seen) for a symmetric law on the integers, with continuity and kurtosis corrected (Edgeworth).

    `variance` is above 0 wherever there is a net loss.
    """
    z = (distance + 0.5) / sqrt(variance)
    normal = erfc(-z / sqrt(2)) / 2
    density = exp(-z * z / 2) / sqrt(2 * pi)
    return normal - density * fourth / (24 * variance**2) * (z**3 - 3 * z)


def _of_scores(metric: MetricEvidence, alpha: float) -> float | None:
    cases = [case for case in worlds.changed(metric) if worlds.known(case.history)]
    n, share = len(cases), len(cases) / len(metric.cases)
    if n < scores.LEAST_UNITS:
        return None
    noise = scores.noise(cases)
    random = Random(20)  # noqa: S311 - as above
    draws = [tuple(random.gauss(0, 1) for _ in range(3)) for _ in range(_SCORE_RUNS)]
    start = stats.t_quantile(1 - scores.SCREEN, n - 1) * noise.before
    first = stats.t_quantile(1 - scores.SHARE["one"] * alpha, n - 1) * noise.pair
    second = stats.t_quantile(1 - scores.SHARE["two"] * alpha, n - 1) * noise.pair / sqrt(scores.PAIRS["two"])
    least = max(scores.LEAST_LOSS, metric.rule.max_drop)

    def blocked(z: tuple[float, ...], drop: float) -> bool:
        one = noise.pair * z[1] - drop
        both = (one + 2 * (noise.pair / sqrt(2) * z[2] - drop)) / 3
        screened = noise.before * z[0] - drop < -start
        return (
            screened
            and one < 0
            and (one <= -max(first, least / share) or both <= -max(second, least / share))
        )

    return _search(lambda drop: sum(blocked(z, drop / share) for z in draws) / len(draws), share)
