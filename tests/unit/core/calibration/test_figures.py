from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from calibration_people import alone, ruled, sheet

from mergefloor.core.calibration.agreement import spearman, weighted_kappa
from mergefloor.core.calibration.confusion import Confusion
from mergefloor.core.calibration.figures import LeftOut, calibrate
from mergefloor.core.calibration.labels import Value
from mergefloor.core.calibration.ruling import Ruling
from mergefloor.core.calibration.scale import Scale

STARS = Scale(threshold=0.5, classes={"bad": 0, "fair": 0.5, "good": 1})
COUNTS = {(1, True): 63, (1, False): 7, (0, True): 6, (0, False): 24}


def binary() -> tuple[dict[str, Value], dict[str, Sequence[Ruling]]]:
    labels: dict[str, Value] = {}
    rulings: dict[str, Sequence[Ruling]] = {}
    for (value, passed), count in COUNTS.items():
        for number in range(count):
            labels[f"{value}{passed}{number}"] = value
            rulings[f"{value}{passed}{number}"] = (ruled(passed),)
    return labels, rulings


def test_calibrate__of_pass_and_fail__counts_and_has_kappa_with_its_interval() -> None:
    labels, rulings = binary()
    found = calibrate(alone(labels), rulings, Scale())
    assert found.confusion == Confusion(pass_pass=63, pass_fail=7, fail_pass=6, fail_fail=24)
    assert (found.grader, found.n, found.failures, found.agreement) == ("tone", 100, 30, 0.87)
    assert found.specificity == found.confusion.specificity
    assert not found.ordinal
    assert found.kappa is not None
    assert found.kappa.value == pytest.approx((0.87 - 0.576) / 0.424)  # chance: .7 x .69 + .3 x .31
    assert 0.5 < found.kappa.low < found.kappa.value < found.kappa.high < 0.85
    assert (found.spearman, found.repeats, found.left_out) == (None, None, LeftOut())
    assert len(found.worst) == 10


def test_calibrate__again__says_the_same() -> None:
    labels, rulings = binary()
    assert calibrate(alone(labels), rulings, Scale()) == calibrate(alone(labels), rulings, Scale())
    other = calibrate(alone(labels), rulings, Scale(), seed=1)
    assert other.kappa != calibrate(alone(labels), rulings, Scale()).kappa


def test_calibrate__takes_the_judges_pass_from_its_check_not_from_its_score() -> None:
    found = calibrate(alone({"a": 0}), {"a": (ruled(False, 0.8),)}, Scale())
    assert found.confusion == Confusion(fail_fail=1)


def test_calibrate__counts_what_it_leaves_out() -> None:
    rated: Mapping[str, Mapping[str, Value]] = {
        "tie": {"Ada": 1, "Ben": 0},
        "odd": {"Ada": "splendid"},
        "asked": {"Ada": 1},
        "never": {"Ada": 1},
        "good": {"Ada": 1, "Ben": 1},
    }
    rulings = {"tie": (ruled(True),), "odd": (ruled(True),), "good": (ruled(True),), "asked": ()}
    found = calibrate(sheet(rated), rulings, Scale())
    assert (found.n, found.left_out) == (1, LeftOut(ties=1, unknown=1, unjudged=2))


def test_calibrate__of_nothing__says_nothing() -> None:
    found = calibrate(alone({}), {}, Scale())
    assert (found.n, found.agreement, found.kappa, found.specificity, found.spearman) == (
        0,
        None,
        None,
        None,
        None,
    )
    assert (found.worst, found.repeats) == ((), None)


def test_calibrate__of_scores__ranks_them_and_cuts_them_at_the_threshold() -> None:
    people, judge = (0.1, 0.3, 0.4, 0.6, 0.8, 1.0), (0.2, 0.1, 0.7, 0.5, 0.9, 0.8)
    labels = {str(index): score for index, score in enumerate(people)}
    rulings = {str(index): (ruled(score >= 0.5, score),) for index, score in enumerate(judge)}
    found = calibrate(alone(labels), rulings, Scale())
    assert found.spearman == spearman(list(zip(people, judge, strict=True)))
    assert found.confusion == Confusion(pass_pass=3, fail_pass=1, fail_fail=2)


def test_calibrate__of_ordered_classes__has_quadratic_weights() -> None:
    rows = (
        [("good", 1.0)] * 20
        + [("fair", 0.5)] * 10
        + [("bad", 0.0)] * 15
        + [("fair", 1.0)] * 5
        + [("bad", 0.5)] * 4
    )
    labels: dict[str, Value] = {str(index): said for index, (said, _) in enumerate(rows)}
    rulings = {str(index): (ruled(score >= 0.5, score),) for index, (_, score) in enumerate(rows)}
    found = calibrate(alone(labels), rulings, STARS)
    pairs = [(STARS.classes[said], score) for said, score in rows]
    assert found.ordinal
    assert found.kappa is not None
    assert found.kappa.value == pytest.approx(weighted_kappa(pairs, (0.0, 0.5, 1.0)))
    assert found.agreement == 45 / 54
    assert found.confusion == Confusion(pass_pass=35, fail_pass=4, fail_fail=15)
    assert found.spearman == spearman(pairs)


def test_calibrate__with_repeats__judges_by_the_first_and_tells_how_steady_it_is() -> None:
    yes, no = ruled(True), ruled(False)
    found = calibrate(alone({"a": 1, "b": 0}), {"a": (yes, no, no), "b": (no, no, no)}, Scale())
    assert found.confusion == Confusion(pass_pass=1, fail_fail=1)
    assert found.repeats is not None
    assert (found.repeats.steady, found.repeats.agreement) == (1, pytest.approx(2 / 3))


def test_calibrate__with_two_raters__tells_how_far_people_agree() -> None:
    rated = {"a": {"Ada": 1, "Ben": 1}, "b": {"Ada": 0, "Ben": 0}, "c": {"Ada": 1, "Ben": 0}}
    found = calibrate(sheet(rated), {id: (ruled(True),) for id in rated}, Scale())
    assert (found.raters.count, found.raters.agreement, found.left_out.ties) == (2, 2 / 3, 1)
