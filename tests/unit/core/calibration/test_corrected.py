"""Pass rates: worked examples of the papers, values of ppi-python, and what a correction must do."""

from __future__ import annotations

import pytest

from mergefloor.core.calibration.corrected import Estimate, ppi, ppi_share, rogan_gladen, wilson

EXACT = 1e-9
PEOPLE = (1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1)
JUDGE = (1, 1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 1)
COIN = (0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1)
REST = (1.0,) * 31 + (0.0,) * 9


def ends(found: Estimate | None) -> tuple[float, float, float]:
    assert found is not None
    return found.value, found.low, found.high


def pairs(people: tuple[float, ...], judge: tuple[float, ...]) -> list[tuple[float, float]]:
    return list(zip(people, judge, strict=True))


@pytest.mark.parametrize(
    ("of", "published", "exact"),
    [
        ((81, 263), (0.2553, 0.3662), (0.2552885198782742, 0.36620957698280004)),
        ((15, 148), (0.0624, 0.1605), (0.06238639953073628, 0.16048724172330803)),
        ((0, 20), (0.0000, 0.1611), (0.0, 0.1611251580528194)),
        ((1, 29), (0.0061, 0.1718), (0.006113214292762667, 0.17175521879320294)),
        ((29, 29), (0.8830, 1.0000), (0.8830302015002592, 1.0)),
    ],
)
def test_wilson__of_newcombes_examples__is_the_published_one(
    of: tuple[int, int], published: tuple[float, float], exact: tuple[float, float]
) -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3; to more digits statsmodels 0.15.0."""
    _, low, high = ends(wilson(*of))
    assert (low, high) == pytest.approx(published, abs=5e-5)
    assert (low, high) == pytest.approx(exact, abs=EXACT)


def test_wilson__of_nothing__is_undefined() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("passed", "n", "sensitivity", "specificity", "published", "digits"),
    [
        (4060, 11284, (178, 179), (358, 359), (0.349, 0.372), 3),
        (51, 2971, (32, 33), (20, 20), (0, 0.053), 3),
        (0.06 * 11862, 11862, (8, 10), (12, 12), (0, 0.147), 3),
        (259, 509, (84, 127), (96, 109), (0.58, 0.87), 2),
        (51, 509, (23, 41), (187, 195), (0.037, 0.195), 3),
    ],
)
def test_rogan_gladen__of_lang_and_reiczigels_examples__has_the_published_interval(
    passed: float,
    n: int,
    sensitivity: tuple[float, float],
    specificity: tuple[float, float],
    published: tuple[float, float],
    digits: int,
) -> None:
    """Lang and Reiczigel (2014), Preventive Veterinary Medicine 113, examples 1 to 4, with the sign of equation 4
    put right: (1 - P)^2, as the authors of the R package asht note."""
    _, low, high = ends(rogan_gladen(passed, n, sensitivity=sensitivity, specificity=specificity))
    assert (round(low, digits), round(high, digits)) == published


def test_rogan_gladen__of_a_known_test__corrects_the_share() -> None:
    """20 of 120, sensitivity .9, specificity .99: 0.17603 (the R package RSurveillance)."""
    value, _, _ = ends(rogan_gladen(20, 120, sensitivity=(90, 100), specificity=(99, 100)))
    assert value == pytest.approx((20 / 120 - 0.01) / 0.89, abs=EXACT)


@pytest.mark.parametrize(
    ("n", "sensitivity", "specificity"),
    [
        (0, (9, 10), (9, 10)),
        (100, (0, 0), (9, 10)),
        (100, (9, 10), (0, 0)),
        (100, (5, 10), (5, 10)),  # a coin
        (100, (2, 10), (7, 10)),  # worse than a coin
        (100, (3, 4), (25, 99)),  # better by a hair, worse once both samples are smoothed
    ],
)
def test_rogan_gladen__where_the_judge_tells_nothing__is_undefined(
    n: int, sensitivity: tuple[float, float], specificity: tuple[float, float]
) -> None:
    assert rogan_gladen(n / 2, n, sensitivity=sensitivity, specificity=specificity) is None


def test_rogan_gladen__beyond_the_scale__is_cut_to_it() -> None:
    value, low, high = ends(rogan_gladen(85, 100, sensitivity=(80, 100), specificity=(80, 100)))
    assert (value, high) == (1, 1)
    assert 0.8 < low < 1


def test_ppi__of_passes__equals_ppi_python_0_2_3() -> None:
    found = ends(ppi(pairs(PEOPLE, JUDGE), REST))
    assert found == pytest.approx((0.8091614906832298, 0.6550850149286318, 0.9632379664378281), abs=EXACT)
    _, low, high = ends(ppi(pairs(PEOPLE, JUDGE), REST, level=0.9))
    assert (low, high) == pytest.approx((0.6798564361149315, 0.9384665452515284), abs=EXACT)


def test_ppi__of_scores__equals_ppi_python_0_2_3() -> None:
    people = (0.9, 0.7, 0.8, 0.2, 1, 0.5, 0.3, 0.6)
    judge = (0.8, 0.75, 0.7, 0.3, 0.9, 0.6, 0.2, 0.7)
    rest = (0.5, 0.6, 0.9, 0.8, 0.7, 0.4, 0.65, 0.85, 0.3, 0.95)
    found = ends(ppi(pairs(people, judge), rest))
    assert found[1:] == pytest.approx((0.528612276419987, 0.7790592633231859), abs=EXACT)


def test_ppi__with_a_judge_that_is_a_coin__listens_to_people_alone() -> None:
    found = ends(ppi(pairs(PEOPLE, COIN), REST))
    assert found == pytest.approx(
        (0.8, 0.6246954918846838, 0.9753045081153163), abs=EXACT
    )  # ppi-python 0.2.3


def test_ppi__with_a_judge_that_always_says_the_same__listens_to_people_alone() -> None:
    value, _, _ = ends(ppi(pairs(PEOPLE, (1,) * 20), (1,) * 40))
    assert value == pytest.approx(0.8, abs=EXACT)


@pytest.mark.parametrize(("labelled", "judged"), [([], [1.0]), ([(1.0, 1.0)], [1.0]), ([(1.0, 1.0)] * 5, [])])
def test_ppi__of_too_little__is_undefined(labelled: list[tuple[float, float]], judged: list[float]) -> None:
    assert ppi(labelled, judged) is None
    assert ppi_share(labelled, judged) is None


def test_ppi_share__has_the_estimate_of_ppi_and_a_narrower_interval_than_the_labels_alone() -> None:
    people, judge = PEOPLE * 5, JUDGE * 5
    plain, shown = (
        ends(ppi(pairs(people, judge), REST * 10)),
        ends(ppi_share(pairs(people, judge), REST * 10)),
    )
    assert shown[0] == pytest.approx(plain[0], abs=EXACT)
    alone = ends(wilson(sum(people), len(people)))
    assert shown[2] - shown[1] < alone[2] - alone[1]
    assert 0 < shown[1] < shown[0] < shown[2] < 1


def test_ppi_share__without_any_failure__is_as_sure_as_the_labels_alone() -> None:
    assert ppi_share([(1.0, 1.0)] * 50, [1.0] * 500) == wilson(50, 50)


def test_ppi_share__beyond_the_scale__is_cut_to_it() -> None:
    labelled = [(1.0, 1.0)] * 48 + [(1.0, 0.0), (0.0, 0.0)]
    value, low, high = ends(ppi_share(labelled, [1.0] * 500))
    assert ends(ppi(labelled, [1.0] * 500))[2] > 1
    assert 0.9 < low < value <= high <= 1
