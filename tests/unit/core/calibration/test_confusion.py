from __future__ import annotations

import pytest

from mergefloor.core.calibration.confusion import Confusion, behind, seen
from mergefloor.core.calibration.corrected import wilson

TABLE = Confusion(pass_pass=63, pass_fail=7, fail_pass=6, fail_fail=24)


def test_confusion__of_pairs__counts_people_first() -> None:
    rows = [(True, True)] * 3 + [(True, False)] * 2 + [(False, True)] * 4 + [(False, False)]
    found = Confusion.of(rows)
    assert found == Confusion(pass_pass=3, pass_fail=2, fail_pass=4, fail_fail=1)
    assert (found.n, found.passes, found.failures) == (10, 5, 5)


def test_confusion__has_wilsons_intervals_of_both_sides() -> None:
    assert TABLE.sensitivity == wilson(63, 70)
    assert TABLE.specificity == wilson(24, 30)
    assert TABLE.clarity == pytest.approx(0.9 + 0.8 - 1)


def test_confusion__without_failures__knows_nothing_of_them() -> None:
    found = Confusion(pass_pass=50)
    assert (found.specificity, found.clarity, seen(0.08, found), behind(0.05, found)) == (
        None,
        None,
        None,
        None,
    )


def test_confusion__without_passes__knows_nothing_of_them() -> None:
    assert (Confusion(fail_fail=50).sensitivity, Confusion(fail_fail=50).clarity) == (None, None)


def test_seen__a_real_drop_of_8_points__shows_as_six() -> None:
    judge = Confusion(pass_pass=90, pass_fail=10, fail_pass=15, fail_fail=85)
    assert seen(0.08, judge) == pytest.approx(0.06)
    assert behind(0.06, judge) == pytest.approx(0.08)


@pytest.mark.parametrize(
    ("shown", "judge"),
    [
        (0.05, Confusion(pass_pass=5, pass_fail=5, fail_pass=5, fail_fail=5)),
        (0.05, Confusion(pass_pass=2, pass_fail=8, fail_pass=5, fail_fail=5)),
        (0.75, TABLE),  # it turns a loss of everything into 70 points
    ],
)
def test_behind__what_the_judge_cannot_show__is_no_drop(shown: float, judge: Confusion) -> None:
    assert behind(shown, judge) is None


def test_seen__through_a_judge_worse_than_a_coin__is_a_gain() -> None:
    found = seen(0.1, Confusion(pass_pass=2, pass_fail=8, fail_pass=5, fail_fail=5))
    assert found == pytest.approx(-0.03)
