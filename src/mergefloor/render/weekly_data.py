"""The lines of the dashboard as data for its script: short keys, whole numbers, and nothing that ends the element.

Every suite has one time axis; metrics are thousandths on it, their intervals as distances from the value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from mergefloor.core.types import Json
from mergefloor.core.weekly.board import Board, Listed
from mergefloor.core.weekly.marks import Mark
from mergefloor.core.weekly.page_words import SCRIPT
from mergefloor.core.weekly.slots import Slot, Zoom, slots
from mergefloor.core.weekly.suite import MOST_METRICS
from mergefloor.core.weekly.trend import SHARES, USES, Level, trend, use
from mergefloor.render.case_data import embedded
from mergefloor.render.filters import cell

Clean: TypeAlias = Callable[[str], str]
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


def keys(board: Board, clean: Clean) -> tuple[str, ...]:
    """What every suite is called on the page, in order: its name as it is shown, and no two alike."""
    found: dict[str, None] = {}
    for each in board.suites:
        shown, number = cell(clean(each.week.name), NAME), 1
        key = shown
        while key in found:
            number += 1
            key = f"{shown}~{number}"
        found[key] = None
    return tuple(found)


def data(board: Board, clean: Clean, room: int) -> tuple[str, Zoom, int]:
    """The data in at most `room` UTF-8 bytes, how finely it is cut, and the suites whose lines are left out: time
    gets coarser first, then the lines of suites go that did not move."""
    for zoom in ZOOMS:
        records = _records(board, zoom, clean)
        kept = _fitting(records, room - len(_framed([], board, zoom).encode()))
        if len(kept) == len(records) or zoom == ZOOMS[-1]:
            break
    return _framed(kept, board, zoom), zoom, len(records) - len(kept)


def _records(board: Board, zoom: Zoom, clean: Clean) -> list[str]:
    named = zip(keys(board, clean), board.suites, strict=True)
    return [embedded(_suite(key, each, board.today, zoom, clean)) for key, each in named]


def _fitting(records: Iterable[str], room: int) -> list[str]:
    """Those from the beginning that fit."""
    kept: list[str] = []
    for record in records:
        room -= len(record.encode()) + 1
        if room < 0:
            break
        kept.append(record)
    return kept


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


def _suite(key: str, listed: Listed, today: int, zoom: Zoom, clean: Clean) -> Json:
    axis = slots(listed.entries, today, zoom)
    names = [metric.name for metric in listed.week.metrics[:MOST_METRICS]]
    return {
        "n": key,
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


def _mark(mark: Mark, clean: Clean) -> Json:
    return [mark.day, mark.fact, *(cell(clean(name), NAME) for name in (mark.old, mark.new))]
