"""The time axis of a suite: a slot a day for the last months, a slot a week or more before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mergefloor.core.history.entry import Entry
from mergefloor.core.weekly.days import day_of

SPARSE = 1.5  # of the usual distance between two runs; further apart is a gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoom:
    """How finely time is cut: single days for the last `daily` days, slots of `width` days before."""

    daily: int = 90
    width: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The runs of `width` days from `day` on, at least one. `gap`: runs are missing before it, the line breaks."""

    day: int
    width: int
    entries: tuple[Entry, ...]
    gap: bool = False


def slots(entries: Iterable[Entry], today: int, zoom: Zoom) -> tuple[Slot, ...]:
    """Slots that have runs, in time order. Weeks end where the single days begin, so a week's slot is whole."""
    filled: dict[tuple[int, int], list[Entry]] = {}
    for entry in entries:
        filled.setdefault(_slot(day_of(entry.at), today, zoom), []).append(entry)
    usual = cadence(sorted({day_of(entry.at) for found in filled.values() for entry in found}))
    found: list[Slot] = []
    for (day, width), runs in sorted(filled.items()):
        before = found[-1] if found else None
        gap = before is not None and day - before.day > SPARSE * max(before.width, usual)
        found.append(Slot(day=day, width=width, entries=tuple(runs), gap=gap))
    return tuple(found)


def cadence(days: Sequence[int]) -> int:
    """Days between two runs, usually: the median of the last 30 distances; 1 where there are none."""
    steps = sorted(b - a for a, b in pairwise(days[-31:]))
    return steps[len(steps) // 2] if steps else 1


def _slot(day: int, today: int, zoom: Zoom) -> tuple[int, int]:
    first = today - zoom.daily + 1
    if day >= first:
        return day, 1
    back = (first - 1 - day) // zoom.width + 1
    return first - back * zoom.width, zoom.width
