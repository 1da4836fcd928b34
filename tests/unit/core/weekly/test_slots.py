"""The time axis: days, then weeks, and gaps where runs are missing."""

from __future__ import annotations

from tests.unit.core.weekly.past import TODAY, run

from mergefloor.core.weekly.slots import Zoom, cadence, slots

ZOOM = Zoom(daily=10, width=7)


def days(*ago: int) -> list[tuple[int, int, bool]]:
    """Days before today, width and gap of the slots of such runs."""
    return [(TODAY - s.day, s.width, s.gap) for s in slots([run(a) for a in ago], TODAY, ZOOM)]


def test_slots__of_the_last_days__are_days() -> None:
    assert days(2, 1, 0) == [(2, 1, False), (1, 1, False), (0, 1, False)]


def test_slots__before__are_weeks_that_end_where_the_days_begin() -> None:
    assert [(day, width) for day, width, _ in days(24, 23, 17, 16, 10, 9)] == [
        (23 + 7, 7),
        (23, 7),
        (16, 7),
        (9, 1),
    ]


def test_slots__two_runs_of_a_day__are_one_slot() -> None:
    (slot,) = slots([run(0), run(0, at=TODAY * 86_400.0)], TODAY, ZOOM)
    assert len(slot.entries) == 2


def test_slots__a_day_without_a_run__breaks_the_line() -> None:
    assert [gap for *_, gap in days(4, 3, 1, 0)] == [False, False, True, False]


def test_slots__a_weekly_schedule__breaks_only_where_a_week_is_missing() -> None:
    zoom = Zoom(daily=90, width=7)
    found = slots([run(ago) for ago in (42, 35, 28, 20, 6, 0)], TODAY, zoom)
    assert [slot.gap for slot in found] == [False, False, False, False, True, False]


def test_slots__of_nothing__are_none() -> None:
    assert slots([], TODAY, ZOOM) == ()
    assert cadence([]) == cadence([5]) == 1
