"""Cases whose outcome changes although nothing that is sent does."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.unit.core.weekly.past import past, run

from mergefloor.core.history.entry import Entry
from mergefloor.core.weekly.flaky import FlakyCase, flaky_cases

STILL = (1.0,) * 9


def found(*entries: Entry) -> tuple[FlakyCase, ...]:
    return flaky_cases("support", past(*entries).series("support", "pass_rate"), 20)


def runs(values: Sequence[float | None]) -> list[Entry]:
    """Ten cases of which the first has these outcomes, the oldest first."""
    return [run(len(values) - 1 - at, (value, *STILL)) for at, value in enumerate(values)]


def test_flaky__a_turn_at_every_run__flips_always() -> None:
    (case,) = found(*runs([1.0, 0.0] * 4))
    assert (case.case, case.flips, case.pairs, case.mean) == ("c0", 1.0, 7, 0.5)
    assert case.recent == (1.0, 0.0) * 4


def test_flaky__one_lasting_change__flips_once() -> None:
    (case,) = found(*runs([1.0] * 5 + [0.0] * 5))
    assert case.flips == pytest.approx(1 / 9)


def test_flaky__several_draws__move_by_their_share() -> None:
    (case,) = found(*runs([2 / 3, 1 / 3] * 4))
    assert case.flips == pytest.approx(1 / 3)


def test_flaky__across_a_changed_pin__is_no_flip() -> None:
    old, new = runs([1.0] * 8)[:4], [run(ago, (0.0, *STILL), model="m/b") for ago in (3, 2, 1, 0)]
    assert found(*old, *new) == ()


def test_flaky__unknown_outcomes__make_no_pair() -> None:
    assert found(*runs([1.0, None, 0.0, None, 1.0, 0.0, 1.0])) == ()
    (case,) = found(*runs([1.0, None, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0]))
    assert case.pairs == 5


def test_flaky__the_last_thirty_runs__alone_count() -> None:
    assert found(*runs([1.0, 0.0] * 10 + [1.0] * 30)) == ()


def test_flaky__the_worst__come_first() -> None:
    entries = [run(9 - at, (float(at % 2), float(at % 4 < 2), *STILL[1:])) for at in range(10)]
    assert [case.case for case in found(*entries)] == ["c0", "c1"]


def test_flaky__of_no_runs__is_nothing() -> None:
    assert found() == ()
