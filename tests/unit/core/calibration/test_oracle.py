"""Every formula against the package that is known for it, to 1e-9 on random data: `pip install -e .[oracle]`."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from mergefloor.core.calibration.agreement import Metric, alpha, kappa, spearman, weighted_kappa
from mergefloor.core.calibration.corrected import ppi, wilson
from mergefloor.core.calibration.length import Row, length_bias
from mergefloor.core.calibration.longer import fisher

EXACT = 1e-9
TRIALS = 200
CLASSES = (0, 1, 2, 3)


def oracle(name: str) -> Any:
    return pytest.importorskip(name, reason="a tool of developers: `pip install -e .[oracle]`")


def tables(least: int = 5) -> list[list[tuple[int, int]]]:
    """Pairs of raters that agree more often than not; some know one class only."""
    random = Random(20_261_121)
    found = []
    for _ in range(TRIALS):
        most = random.randint(0, 3)
        first = [random.randint(0, most) for _ in range(random.randint(least, 100))]
        found.append([(one, one if random.random() < 0.6 else random.randint(0, most)) for one in first])
    return found


def sides(pairs: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [one for one, _ in pairs], [other for _, other in pairs]


def varied(pairs: list[tuple[int, int]]) -> bool:
    return all(len(set(side)) > 1 for side in sides(pairs))


def test_kappa__on_random_tables__equals_scikit_learn() -> None:
    metrics = oracle("sklearn.metrics")
    compared = 0
    for pairs in tables():
        if not varied(pairs):
            continue
        compared += 1
        one, other = sides(pairs)
        plain = metrics.cohen_kappa_score(one, other)
        weighted = metrics.cohen_kappa_score(one, other, weights="quadratic", labels=list(CLASSES))
        assert kappa(pairs) == pytest.approx(plain, abs=EXACT, rel=0)
        assert weighted_kappa(pairs, CLASSES) == pytest.approx(weighted, abs=EXACT, rel=0)
    assert compared > TRIALS / 2


def test_kappa__on_random_tables__equals_statsmodels() -> None:
    numpy, rating = oracle("numpy"), oracle("statsmodels.stats.inter_rater")
    for pairs in filter(varied, tables()):
        table = numpy.zeros((len(CLASSES), len(CLASSES)))
        for cell in pairs:
            table[cell] += 1
        for ours, weights in ((kappa(pairs), None), (weighted_kappa(pairs, CLASSES), "quadratic")):
            theirs = rating.cohens_kappa(table, wt=weights, return_results=False)
            assert ours == pytest.approx(theirs, abs=EXACT, rel=0)


def test_spearman__on_random_pairs_with_many_ties__equals_scipy() -> None:
    stats = oracle("scipy.stats")
    for pairs in filter(varied, tables()):
        assert spearman(pairs) == pytest.approx(stats.spearmanr(*sides(pairs)).statistic, abs=EXACT, rel=0)


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval"])
def test_alpha__on_random_units_with_gaps__equals_krippendorff(metric: Metric) -> None:
    numpy, package = oracle("numpy"), oracle("krippendorff")
    random = Random(20_111_231)
    for _ in range(TRIALS):
        units = [[random.randint(0, 3) for _ in range(random.randint(0, 4))] for _ in range(20)]
        data = numpy.full((4, len(units)), numpy.nan)
        for column, unit in enumerate(units):
            for row, value in enumerate(unit):
                data[row, column] = value
        theirs = package.alpha(data, level_of_measurement=metric)
        assert alpha(units, metric) == pytest.approx(theirs, abs=EXACT, rel=0)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_wilson__of_every_share__equals_statsmodels(level: float) -> None:
    proportion = oracle("statsmodels.stats.proportion")
    for n in (1, 2, 17, 50, 1_000):
        for successes in range(0, n + 1, max(1, n // 25)):
            low, high = proportion.proportion_confint(successes, n, alpha=1 - level, method="wilson")
            found = wilson(successes, n, level)
            assert found is not None
            assert (found.low, found.high) == pytest.approx((max(0, low), min(1, high)), abs=EXACT, rel=0)


def test_wilson__of_every_share__equals_scipy() -> None:
    stats = oracle("scipy.stats")
    for n in (1, 17, 50):
        for successes in range(n + 1):
            theirs = stats.binomtest(successes, n).proportion_ci(method="wilson")
            found = wilson(successes, n)
            assert found is not None
            assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=EXACT, rel=0)


@pytest.mark.parametrize("scores", [False, True], ids=["passes", "scores"])
def test_ppi__on_random_samples__equals_ppi_python(scores: bool) -> None:
    numpy, package = oracle("numpy"), oracle("ppi_py")
    random = Random(20_231_117)

    def value(noise: float) -> float:
        return min(1.0, max(0.0, random.gauss(0.7, noise))) if scores else float(random.random() < 0.7)

    for _ in range(TRIALS):
        people = [value(0.2) for _ in range(random.randint(5, 100))]
        trust = random.random()
        judge = [each if random.random() < trust else value(0.2) for each in people]
        rest = [value(0.2) for _ in range(random.randint(5, 300))]
        found = ppi(list(zip(people, judge, strict=True)), rest)
        arrays = [numpy.array(each) for each in (people, judge, rest)]
        low, high = package.ppi_mean_ci(*arrays, alpha=0.05)
        assert found is not None
        assert (found.low, found.high) == pytest.approx((low[0], high[0]), abs=EXACT, rel=0)
        point = package.ppi_mean_pointestimate(*arrays)
        assert found.value == pytest.approx(point.item(), abs=EXACT, rel=0)


def outputs(random: Random, wrong: int | None) -> list[Row]:
    """Outputs that people call equal, with tied lengths; `wrong`: so many are failed, None: scores of four values."""
    n = random.randint(50, 70)
    failed = set(random.sample(range(n), wrong or 0))
    scores = [
        random.choice(CLASSES) / 3 if wrong is None else float(place not in failed) for place in range(n)
    ]
    return [Row(1.0, score, score > 0.5, random.randint(1, 40)) for score in scores]


def test_length_bias__of_one_class__leans_by_the_spearman_of_scipy() -> None:
    stats, random = oracle("scipy.stats"), Random(11)
    for _ in range(20):
        rows = outputs(random, None)
        theirs = stats.spearmanr([row.length for row in rows], [row.score for row in rows])
        assert length_bias(rows).lean == pytest.approx(theirs.statistic, abs=EXACT, rel=0)


def test_length_bias__with_few_errors__has_the_exact_p_of_scipy() -> None:
    numpy, stats, random = oracle("numpy"), oracle("scipy.stats"), Random(2)
    for _ in range(8):
        rows = outputs(random, 2)
        ranked = stats.rankdata([row.length for row in rows])
        sides = [
            [rank for rank, row in zip(ranked, rows, strict=True) if row.passed is side]
            for side in (True, False)
        ]

        def apart(one: Any, other: Any, axis: int) -> Any:
            return numpy.mean(one, axis=axis) - numpy.mean(other, axis=axis)

        theirs = stats.permutation_test(
            sides,
            lambda one, other, axis: abs(apart(one, other, axis)),
            vectorized=True,
            n_resamples=numpy.inf,
            alternative="greater",
        )
        assert length_bias(rows).p == pytest.approx(theirs.pvalue, abs=EXACT, rel=0)


def test_length_bias__of_scores__is_near_the_permutation_test_of_scipy() -> None:
    """Both draw: the standard error of ours is 0.011 at most, of theirs 0.007."""
    numpy, stats, random = oracle("numpy"), oracle("scipy.stats"), Random(12)
    for _ in range(3):
        rows = outputs(random, None)
        lengths, scores = (
            stats.rankdata(side) for side in ([r.length for r in rows], [r.score for r in rows])
        )
        theirs = stats.permutation_test(
            (scores - scores.mean(),),
            lambda dealt, axis, lengths=lengths: abs(numpy.sum(dealt * lengths, axis=axis)),
            vectorized=True,
            permutation_type="pairings",
            n_resamples=4_999,
            alternative="greater",
            random_state=1,
        )
        assert length_bias(rows).p == pytest.approx(theirs.pvalue, abs=0.06)


def test_fisher__of_random_tables__equals_scipy() -> None:
    stats, random = oracle("scipy.stats"), Random(13)
    for _ in range(TRIALS):
        trials, others = random.randint(1, 120), random.randint(1, 120)
        hits, more = random.randint(0, trials), random.randint(0, others)
        theirs = stats.fisher_exact([[hits, trials - hits], [more, others - more]]).pvalue
        assert fisher((hits, trials), (more, others)) == pytest.approx(theirs, abs=EXACT, rel=0)
