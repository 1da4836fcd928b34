"""The lines of the dashboard as data for its script: short keys, whole numbers, and nothing that ends the element.

Every suite has one time axis; metrics are thousandths on it, their intervals as distances from the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mergefloor.core.types import Json
from mergefloor.core.weekly.board import Board, Listed
from mergefloor.core.weekly.marks import Mark
from mergefloor.core.weekly.page_words import SCRIPT
from mergefloor.core.weekly.slots import Slot, Zoom, slots
from mergefloor.core.weekly.suite import MOST_METRICS
from mergefloor.core.weekly.trend import SHARES, USES, Level, trend, use
from mergefloor.render.case_data import embedded
from mergefloor.render.filters import cell

# How finely time is cut, the finest first: the first that fits is taken.
ZOOMS = (
    Zoom(daily=90, width=7),
    Zoom(daily=90, width=28),
    Zoom(daily=35, width=28),
    Zoom(daily=14, width=91),
)
MOST_MARKS = 60
NAME = 60
DECIMALS = {"usd": 4, "in": 0, "out": 0, "p50": 2, "p95": 2, "p99": 2, "length": 0, "unresolved": 1}


def data(board: Board, clean: Callable[[str], str], room: int) -> tuple[str, Zoom, int]:
    """The data in at most `room` UTF-8 bytes, how finely it is cut, and the suites whose lines are left out: time
    gets coarser first, then the lines of suites go that did not move."""
    for zoom in ZOOMS:
        records = [embedded(_suite(each, board.today, zoom, clean)) for each in board.suites]
        if sum(len(record.encode()) + 1 for record in records) <= room - len(
            _framed([], board, zoom).encode()
        ):
            return _framed(records, board, zoom), zoom, 0
    left = room - len(_framed([], board, ZOOMS[-1]).encode())
    kept = []
    for record in records:
        left -= len(record.encode()) + 1
        if left < 0:
            break
        kept.append(record)
    return _framed(kept, board, ZOOMS[-1]), ZOOMS[-1], len(records) - len(kept)


def _framed(records: Iterable[str], board: Board, zoom: Zoom) -> str:
    frame: dict[str, Json] = {
        "today": board.today,
        "daily": zoom.daily,
        "width": zoom.width,
        "uses": list(USES),
        "shares": list(SHARES),
        "words": dict(SCRIPT),
    }
    return f'{embedded(frame)[:-1]},"suites":[{",".join(records)}]}}'


def _suite(listed: Listed, today: int, zoom: Zoom, clean: Callable[[str], str]) -> Json:
    axis = slots(listed.entries, today, zoom)
    names = [metric.name for metric in listed.week.metrics[:MOST_METRICS]]
    return {
        "n": cell(clean(listed.week.name), NAME),
        "t": _steps([slot.day for slot in axis]),
        "b": [index for index, slot in enumerate(axis) if slot.gap],
        "m": [_metric(name, axis, cell(clean(name), NAME)) for name in names],
        "u": {name: row for name in USES if (row := _use(name, axis)) is not None},
        "c": [_mark(mark, clean) for mark in listed.week.marks[-MOST_MARKS:]],
    }


def _metric(name: str, axis: Sequence[Slot], shown: str) -> Json:
    found = trend(name, axis)
    return {
        "n": shown,
        "k": 1 if found.kind == "binary" else 0,
        "g": found.group,
        "v": [None if level is None else round(level.value * 1000) for level in found.levels],
        "l": [_away(level, "low") for level in found.levels],
        "h": [_away(level, "high") for level in found.levels],
    }


def _away(level: Level | None, end: str) -> int | None:
    found = None if level is None else level.low if end == "low" else level.high
    if level is None or found is None:
        return None
    return abs(round(found * 1000) - round(level.value * 1000))


def _use(name: str, axis: Sequence[Slot]) -> list[Json] | None:
    """None where no run knows it."""
    found = use(name, axis).values
    if all(value is None for value in found):
        return None
    return [None if value is None else _short(value, DECIMALS.get(name, 3)) for value in found]


def _short(value: float, decimals: int) -> float:
    return round(value, decimals) if decimals else round(value)


def _steps(days: Sequence[int]) -> list[Json]:
    """The first day, then the distance of each from the one before."""
    return [day - before for before, day in zip((0, *days), days, strict=False)]


def _mark(mark: Mark, clean: Callable[[str], str]) -> Json:
    return [mark.day, mark.fact, *(cell(clean(name), NAME) for name in (mark.old, mark.new))]
