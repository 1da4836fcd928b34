"""The pictures of report.html, drawn on the server: they need no script and read aloud as a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from mergefloor.core.charts import Bars, Change, Charts, Level
from mergefloor.core.page_words import PAGE
from mergefloor.core.wording import Words
from mergefloor.render.svg import Svg, box, dot, line, picture, text
from mergefloor.render.words import as_plain

WIDTH = 360.0
LEFT, RIGHT = 10.0, 350.0
ROW = 58.0
FOOT = 24.0
NAME_CHARACTERS = 50


def changes(charts: Charts) -> Svg:
    """Each metric's change with its interval around zero; the dashed line is the tolerated drop."""
    rows = [part for index, each in enumerate(charts.changes) for part in _change(each, index, charts.reach)]
    bottom = ROW * len(charts.changes)
    axis = (
        line((_middle(0, charts.reach), 6), (_middle(0, charts.reach), bottom), "axis"),
        text((LEFT, bottom + 16), f"\u2190 {PAGE['worse']}", "soft"),
        text((WIDTH / 2, bottom + 16), PAGE["no_change"], "soft", "middle"),
        text((RIGHT, bottom + 16), f"{PAGE['better']} \u2192", "soft", "end"),
    )
    told = " ".join(map(said, charts.told))
    return picture("changes", (WIDTH, bottom + FOOT), PAGE["changes_title"], told, *axis, *rows)


def _change(each: Change, index: int, reach: float) -> Iterable[Svg]:
    top = ROW * index
    middle = top + 32
    yield text((LEFT, top + 16), short(each.name), "name")
    if each.tolerated is not None:
        mark = _middle(-each.tolerated, reach)
        yield line((mark, top + 23), (mark, middle + 9), "limit")
    if each.interval is not None:
        low, high = (_middle(end, reach) for end in each.interval)
        yield box((low, middle - 4), (high - low, 8), f"bar {each.tone}")
    if each.delta is not None:
        yield dot((_middle(each.delta, reach), middle), 5.5, f"mark {each.tone}")
    yield text((LEFT, top + 54), each.label, "value")


def _middle(value: float, reach: float) -> float:
    """Changes on an axis with zero in its middle; what lies beyond it stops at its end."""
    share = max(-1.0, min(1.0, value / reach))
    return WIDTH / 2 + share * (RIGHT - LEFT) / 2


def levels(charts: Charts) -> Svg:
    """Each metric on both sides between nothing and everything, with its floor."""
    rows = [part for index, each in enumerate(charts.levels) for part in _level(each, index)]
    bottom = ROW * len(charts.levels)
    ticks = [
        text((_across(share), bottom + 16), f"{share:.0%}", "soft", anchor)
        for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end"))
    ]
    told = "; ".join(f"{said(each.name)}: {each.label}" for each in charts.levels)
    return picture("levels", (WIDTH, bottom + FOOT), PAGE["levels_title"], told, *rows, *ticks)


def _level(each: Level, index: int) -> Iterable[Svg]:
    top = ROW * index
    middle = top + 32
    yield text((LEFT, top + 16), short(each.name), "name")
    yield line((LEFT, middle), (RIGHT, middle), "track")
    if each.floor is not None:
        yield box((LEFT, middle - 6), (_across(each.floor) - LEFT, 12), "below")
        yield line((_across(each.floor), top + 22), (_across(each.floor), middle + 10), "floor")
    if each.base is not None:
        yield dot((_across(each.base), middle), 6.5, "ring")
    if each.head is not None:
        yield dot((_across(each.head), middle), 5.0, f"mark {each.tone}")
    yield text((LEFT, top + 54), each.label, "value")


def _across(share: float) -> float:
    return LEFT + max(0.0, min(1.0, share)) * (RIGHT - LEFT)


BAR_ROW = 56.0


def costs(bars: Iterable[Bars]) -> Svg:
    """USD of each arm."""
    rows = list(bars)
    top = max([row.usd or 0.0 for row in rows] or [0.0]) or 1.0
    parts = [
        part
        for index, row in enumerate(rows)
        for part in _bar(row.name, row.usd_label, (row.usd or 0.0) / top, None, index)
    ]
    told = "; ".join(f"{said(row.name)}: {row.usd_label}" for row in rows)
    return picture("costs", (WIDTH, BAR_ROW * len(rows) + 6), PAGE["cost_title"], told, *parts)


def times(bars: Iterable[Bars]) -> Svg:
    """Seconds of an answer of each arm: the middle one as a bar, the slow end as a line."""
    rows = [row for row in bars if row.p50 is not None]
    top = max([0.0, *(value or 0.0 for row in rows for value in (row.p50, row.p95))]) or 1.0
    parts = [
        part
        for index, row in enumerate(rows)
        for part in _bar(
            row.name, row.time_label, (row.p50 or 0) / top, max(0.0, (row.p95 or row.p50 or 0) / top), index
        )
    ]
    told = "; ".join(f"{said(row.name)}: {row.time_label}" for row in rows)
    return picture("times", (WIDTH, BAR_ROW * len(rows) + 6), PAGE["time_title"], told, *parts)


def _bar(name: Words, label: str, share: float, far: float | None, index: int) -> Iterable[Svg]:
    top = BAR_ROW * index
    yield text((LEFT, top + 16), short(name), "name")
    yield box((LEFT, top + 22), (max(1.0, share * (RIGHT - LEFT)), 10), "bar plain")
    if far is not None:
        yield line((LEFT, top + 27), (_across(far), top + 27), "whisker")
        yield line((_across(far), top + 22), (_across(far), top + 32), "whisker")
    yield text((LEFT, top + 47), label, "value")


def said(words: Words) -> str:
    """A sentence inside a picture."""
    return as_plain(words).replace("`", "")


def short(words: Words) -> str:
    """A name that fits the width of a picture."""
    name = said(words)
    return name if len(name) <= NAME_CHARACTERS else f"{name[: NAME_CHARACTERS - 1]}\u2026"
