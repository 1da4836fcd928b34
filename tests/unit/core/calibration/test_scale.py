from __future__ import annotations

from math import nan

import pytest

from mergefloor.core.calibration.labels import Value
from mergefloor.core.calibration.scale import Scale

STARS = Scale(threshold=0.75, classes={"good": 1.0, "bad": 0.0, "fair": 0.5, "poor": 0.25})


@pytest.mark.parametrize(
    ("value", "score"),
    [(0.25, 0.25), ("pass", 1), (" Fail ", 0), ("YES", 1), ("no", 0), ("incorrect", 0), ("excellent", None)],
)
def test_score__without_classes__knows_numbers_and_plain_words(value: Value, score: float | None) -> None:
    assert Scale().score(value) == score


@pytest.mark.parametrize(("value", "score"), [("fair", 0.5), (0.3, 0.3), ("pass", None), ("Good", None)])
def test_score__with_classes__knows_those_alone(value: Value, score: float | None) -> None:
    assert STARS.score(value) == score


@pytest.mark.parametrize(
    ("score", "passes"), [(0.5, True), (0.499, False), (1, True), (0, False), (nan, False)]
)
def test_passes__without_a_threshold__from_a_half_on(score: float, passes: bool) -> None:
    assert Scale().passes(score) is passes


def test_passes__with_the_threshold_of_the_check__from_there_on() -> None:
    assert not STARS.passes(0.7)
    assert STARS.passes(0.75)


def test_level__of_pass_or_fail__is_one_or_zero() -> None:
    assert [Scale().level(score) for score in (0.2, 0.5, 0.9)] == [0, 1, 1]
    assert Scale(classes={"up": 1, "down": 0}).levels == ()


def test_level__of_ordered_classes__is_the_nearest_and_the_lower_of_two_as_near() -> None:
    assert STARS.levels == (0, 0.25, 0.5, 1)
    assert [STARS.level(score) for score in (0, 0.2, 0.375, 0.4, 0.75, 0.76)] == [0, 0.25, 0.25, 0.5, 0.5, 1]


def test_levels__of_classes_with_one_score__are_one() -> None:
    assert Scale(classes={"good": 1, "fine": 1, "fair": 0.5, "bad": 0}).levels == (0, 0.5, 1)
