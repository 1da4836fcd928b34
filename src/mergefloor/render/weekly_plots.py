"""The small pictures of the weekly page that need no script: a line a suite, a strip a flaky case."""

from __future__ import annotations

from collections.abc import Sequence

from mergefloor.core.weekly.board import Listed
from mergefloor.core.weekly.slots import Zoom, slots
from mergefloor.core.weekly.trend import trend
from mergefloor.render.svg import Svg, element

WIDTH, HEIGHT, PAD = 150.0, 30.0, 3.0
LEAST_SPAN = 0.1  # of the scale: noise must not look like a cliff
CELL, STRIP = 5.0, 12.0
FULL = 1.0


def spark(listed: Listed, today: int, zoom: Zoom) -> Svg:
    """The listed metric over the last days, its changes as thin lines; a scale of its own."""
    metric = listed.moved or listed.week.main
    first = today - zoom.daily + 1
    axis = [slot for slot in slots(listed.entries, today, zoom) if slot.day >= first]
    levels = trend(metric.name, axis).levels if metric is not None else ()
    known = [level.value for level in levels if level is not None]
    if not known:
        return Svg("")
    middle = (min(known) + max(known)) / 2
    half = max(LEAST_SPAN, max(known) - min(known)) / 2
    step = (WIDTH - 2 * PAD) / max(1, zoom.daily - 1)
    path, pen = "", "M"
    for slot, level in zip(axis, levels, strict=True):
        if level is None or slot.gap:
            pen = "M"
        if level is not None:
            y = PAD + (HEIGHT - 2 * PAD) * (middle + half - level.value) / (2 * half)
            path += f"{pen}{PAD + step * (slot.day - first):.0f} {y:.1f}"
            path += "h.1" if pen == "M" else ""  # a day alone is a dot
            pen = "L"
    days = sorted({mark.day for mark in listed.week.marks if mark.day >= first})
    marks = "".join(f"M{PAD + step * (day - first):.0f} 0v{HEIGHT:.0f}" for day in days)
    size = {
        "class": "spark",
        "viewBox": f"0 0 {WIDTH:g} {HEIGHT:g}",
        "aria-hidden": "true",
        "focusable": "false",
    }
    return element(
        "svg", size, *([element("path", {"d": marks, "class": "when"})] if marks else []),
        element("path", {"d": path, "class": "line"}),
    )  # fmt: skip


def strip(recent: Sequence[float | None]) -> Svg:
    """One cell a run: passed, failed, in between; nothing where the outcome is unknown."""
    kinds = {"failed": "", "mixed": "", "passed": ""}
    for index, value in enumerate(recent):
        if value is not None:
            kind = "passed" if value >= FULL else "failed" if value <= 0 else "mixed"
            kinds[kind] += f"M{index * CELL:g} 0h4v{STRIP:g}h-4z"
    size = {
        "class": "strip",
        "viewBox": f"0 0 {30 * CELL:g} {STRIP:g}",
        "aria-hidden": "true",
        "focusable": "false",
    }
    return element(
        "svg", size, *(element("path", {"d": path, "class": kind}) for kind, path in kinds.items() if path)
    )
