"""Every case by its pass rate on base and head: what broke lies in the lower right corner."""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

from mergefloor.core.case_table import State
from mergefloor.core.charts import Point, Scatter
from mergefloor.core.page_words import PAGE
from mergefloor.render.svg import Svg, box, element, line, picture, text

WIDTH = 360.0
EDGE = 34.0
INSIDE = WIDTH - 2 * EDGE
SPREAD = 0.075
LAYERS: tuple[tuple[frozenset[State], str], ...] = (
    (frozenset({"passing", "same", "new"}), "calm"),
    (frozenset({"failing", "unresolved"}), "grey"),
    (frozenset({"fixed", "improved"}), "good"),
    (frozenset({"suspect"}), "doubt"),
    (frozenset({"broken"}), "bad"),
)


def scatter(found: Scatter) -> Svg:
    """Base against head; lower right is what broke. Points of one kind are one path, so that 5,000 stay small."""
    half = EDGE + INSIDE / 2
    frame = (
        box((EDGE, EDGE), (INSIDE, INSIDE), "frame"),
        box((half, half), (INSIDE / 2, INSIDE / 2), "corner-broken"),
        line((EDGE, half), (EDGE + INSIDE, half), "axis"),
        line((half, EDGE), (half, EDGE + INSIDE), "axis"),
        line((EDGE, EDGE + INSIDE), (EDGE + INSIDE, EDGE), "diagonal"),
    )
    layers = [
        _points([point for point in found.points if point.state in states], kind) for states, kind in LAYERS
    ]
    labels = _corners(found)
    size = (WIDTH, WIDTH + 4)
    return picture("scatter", size, PAGE["scatter_title"], found.told, *frame, *layers, *labels, *_axes())


def _points(points: list[Point], kind: str) -> Svg:
    drawn = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in map(_place, points))
    return element("path", {"d": drawn, "class": f"points {kind}"}) if drawn else Svg("")


def _place(point: Point) -> tuple[float, float]:
    """Moved by its name's checksum: the same on every run, so that a re-run draws the same picture (R36)."""
    seed = crc32(point.case.encode("utf-8", "surrogatepass"))
    across, up = ((seed & 0xFFFF) / 0xFFFF - 0.5) * 2, ((seed >> 16) / 0xFFFF - 0.5) * 2
    x = SPREAD + point.base * (1 - 2 * SPREAD) + across * SPREAD
    y = SPREAD + point.head * (1 - 2 * SPREAD) + up * SPREAD
    return EDGE + x * INSIDE, EDGE + (1 - y) * INSIDE


def _corners(found: Scatter) -> Iterable[Svg]:
    quarter, inset = INSIDE / 4, EDGE + INSIDE
    places = (
        (PAGE["corner_fixed"], found.fixed, (EDGE + quarter, EDGE + quarter), "good"),
        (PAGE["corner_passing"], found.passing, (inset - quarter, EDGE + quarter), ""),
        (PAGE["corner_failing"], found.failing, (EDGE + quarter, inset - quarter), ""),
        (PAGE["corner_broken"], found.broken, (inset - quarter, inset - quarter), "bad"),
    )
    for name, number, (x, y), kind in places:
        yield text((x, y), f"{number:,}", f"count {kind}", "middle")
        yield text((x, y + 16), name, f"corner {kind}", "middle")


def _axes() -> Iterable[Svg]:
    end = EDGE + INSIDE
    yield text((EDGE, end + 16), PAGE["never"], "soft")
    yield text((end, end + 16), PAGE["always"], "soft", "end")
    yield text((WIDTH / 2, end + 16), f"{PAGE['scatter_x']} \u2192", "soft", "middle")
    yield text((EDGE, EDGE - 8), f"\u2191 {PAGE['scatter_y']}", "soft")
