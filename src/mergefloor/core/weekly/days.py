"""Days since 1970 (UTC) by the names that people give them. The calendar is Gregorian at both ends."""

from __future__ import annotations

DAY_S = 86_400
WEEK = 7
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def day_of(at: float) -> int:
    """The day of a moment in seconds since 1970."""
    return int(at // DAY_S)


def short(day: int) -> str:
    """`14 Nov`."""
    _, month, number = _parts(day)
    return f"{number} {MONTHS[month]}"


def iso(day: int) -> str:
    """`2026-11-14`."""
    year, month, number = _parts(day)
    return f"{year:04}-{month + 1:02}-{number:02}"


def week_of(day: int) -> str:
    """The week of ISO 8601, `2026-W47`: it belongs to the year of its Thursday."""
    thursday = day - (day + 3) % WEEK + 3  # day 0 was a Thursday
    year = _parts(thursday)[0]
    return f"{year:04}-W{(thursday - _first(year)) // WEEK + 1:02}"


def _first(year: int) -> int:
    """The day on which a year begins."""
    before = year - 1
    leaps = before // 4 - before // 100 + before // 400
    return 365 * before + leaps - 719_162  # days from year 1 to 1970


def _parts(day: int) -> tuple[int, int, int]:
    """Year, month from 0, day of the month from 1."""
    year = 1970 + int(day // 365.2425)
    year += 1 if day >= _first(year + 1) else -1 if day < _first(year) else 0
    left, month = day - _first(year), 0
    leap = _first(year + 1) - _first(year) == 366  # noqa: PLR2004 - days of a leap year
    while left >= (length := _LENGTHS[month] + (leap and month == 1)):
        left, month = left - length, month + 1
    return year, month, left + 1
