"""The calendar, against the one of the standard library."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.weekly.days import day_of, iso, short, week_of

EPOCH = date(1970, 1, 1)


@given(st.integers(min_value=-400_000, max_value=2_000_000))
def test_day__of_any_year__is_that_of_the_calendar(day: int) -> None:
    if not -719_162 <= day <= 2_932_896:
        return
    there = EPOCH + timedelta(days=day)
    year, week, _ = there.isocalendar()
    assert iso(day) == there.isoformat()
    assert week_of(day) == f"{year:04}-W{week:02}"
    assert short(day) == f"{there.day} {there:%b}"


def test_day__ends_of_years__are_right() -> None:
    for year in (1970, 1999, 2000, 2024, 2100):
        for there in (date(year, 1, 1), date(year, 12, 31), date(year, 2, 28), date(year, 3, 1)):
            assert iso((there - EPOCH).days) == there.isoformat()


def test_day_of__a_moment__is_the_day_in_utc() -> None:
    assert iso(day_of(1_795_284_000.0)) == "2026-11-21"
