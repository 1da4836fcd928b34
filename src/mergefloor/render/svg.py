"""SVG by hand: elements whose every text and attribute is escaped. Colours come from the page's classes."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

Attributes = Mapping[str, "str | float"]


class Svg(str):
    """Markup that was made here; any other string is text and gets escaped."""

    __slots__ = ()

    def __html__(self) -> str:
        """For Jinja: not to be escaped again."""
        return str(self)


def element(name: str, attributes: Attributes, *children: str) -> Svg:
    """One element; numbers are rounded to a tenth, `str` children are escaped."""
    said = "".join(f' {key}="{_value(value)}"' for key, value in attributes.items())
    inner = "".join(child if isinstance(child, Svg) else escape(child) for child in children)
    return Svg(f"<{name}{said}>{inner}</{name}>" if inner else f"<{name}{said}/>")


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else f"{round(value, 1):g}"


def picture(name: str, size: tuple[float, float], title: str, told: str, *children: str) -> Svg:
    """A whole drawing of `size` units; screen readers hear `title` and `told`. `name` is unique in the page."""
    width, height = size
    attributes = {
        "class": "plot",
        "viewBox": f"0 0 {width:g} {height:g}",
        "role": "img",
        "aria-labelledby": f"{name}-title {name}-told",
        "focusable": "false",
    }
    heading = element("title", {"id": f"{name}-title"}, title)
    words = element("desc", {"id": f"{name}-told"}, told or title)
    return element("svg", attributes, heading, words, *children)


def line(start: tuple[float, float], end: tuple[float, float], kind: str) -> Svg:
    """A line from `start` to `end`; `kind` is its class."""
    (x1, y1), (x2, y2) = start, end
    return element("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "class": kind})


def box(corner: tuple[float, float], size: tuple[float, float], kind: str) -> Svg:
    """A rectangle with slightly round corners."""
    (x, y), (width, height) = corner, size
    return element(
        "rect", {"x": x, "y": y, "width": max(0.0, width), "height": height, "rx": 2, "class": kind}
    )


def dot(centre: tuple[float, float], radius: float, kind: str) -> Svg:
    """A disc, or a ring where the class says so."""
    return element("circle", {"cx": centre[0], "cy": centre[1], "r": radius, "class": kind})


def text(place: tuple[float, float], said: str, kind: str = "", anchor: str = "start") -> Svg:
    """A line of text; `place` is its base line."""
    attributes: dict[str, str | float] = {"x": place[0], "y": place[1], "text-anchor": anchor}
    return element("text", {**attributes, "class": kind} if kind else attributes, said)
