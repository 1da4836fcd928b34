"""This week against the last, with scipy as the oracle."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from scipy import stats
from tests.unit.core.weekly.past import past, reading, run

from mergefloor.core.history.entry import Entry
from mergefloor.core.weekly.shift import by_cases, by_runs


def shift(this: Sequence[Entry], last: Sequence[Entry]):
    history = past(*this, *last)
    measured = history.series("support", "pass_rate")
    ids = {entry.id for entry in this}
    return by_cases(
        [each for each in measured if each.entry.id in ids],
        [each for each in measured if each.entry.id not in ids],
    )


BEFORE = (1.0, 1.0, 1.0, 0.5, 1.0, 0.5, 1.0, 1.0, 0.0, 1.0)
AFTER = (0.0, 1.0, 0.5, 0.0, 1.0, 0.0, 1.0, 0.5, 0.0, 0.5)


def test_shift__of_cases__is_the_paired_t_interval() -> None:
    found = shift([run(0, AFTER)], [run(8, BEFORE)])
    ends = stats.ttest_rel(AFTER, BEFORE).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))
    assert found.delta == pytest.approx(-0.35)
    assert found.units == 10


def test_shift__at_another_level__widens() -> None:
    found = shift([run(0, AFTER)], [run(8, BEFORE)])
    p = stats.ttest_rel(AFTER, BEFORE).pvalue
    assert found.beyond(1 - p * 1.01) == -1
    assert found.beyond(1 - p * 0.99) == 0
    assert shift([run(0, BEFORE)], [run(8, AFTER)]).beyond(1 - p * 1.01) == 1


def test_shift__several_runs__weigh_every_draw_once() -> None:
    sure = reading(AFTER, draws=3)
    found = shift([run(1, readings=[sure]), run(0, BEFORE)], [run(8, BEFORE)])
    assert found.delta == pytest.approx(-0.35 * 3 / 4)


def test_shift__nothing_moved__is_never_certain() -> None:
    found = shift([run(0)], [run(8)])
    assert found.delta == 0
    assert found.high is not None and found.high > 0.1  # ten cases: a flip is ten points
    assert found.low == -found.high


def test_shift__a_score_that_did_not_move__keeps_half_a_point_of_error() -> None:
    flat = reading((0.5,) * 10, kind="score")
    assert shift([run(0, readings=[flat])], [run(8, readings=[flat])]).error == 0.005


def test_shift__unknown_draws__are_neither_zero_nor_counted() -> None:
    known = (*AFTER[:8], None, None)
    assert shift([run(0, known)], [run(8, BEFORE)]).units == 8


def test_shift__without_runs_or_common_cases__says_why() -> None:
    assert shift([], [run(8)]).why == "no run this week"
    assert shift([run(0)], []).why == "no run in the week before"
    few = shift([run(0, (1.0,) * 4 + (None,) * 6)], [run(8)])
    assert (few.delta, few.why, few.beyond(0.5)) == (None, "only 4 of its cases ran in both weeks", 0)


def test_shift__of_runs__is_the_pooled_t_interval() -> None:
    this, last = [2.0, 2.5, 3.0, 2.2], [1.0, 1.4, 1.1]
    found = by_runs(this, last)
    ends = stats.ttest_ind(this, last).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))


def test_shift__of_two_runs__says_why() -> None:
    assert "fewer than 3 runs" in by_runs([1.0, 2.0], [1.0, 2.0, 3.0]).why
