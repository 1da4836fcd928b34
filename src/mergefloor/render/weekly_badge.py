"""The badge of the week: an SVG that loads nothing, and the JSON that shields.io reads."""

from __future__ import annotations

import json

from mergefloor.core.tables import Tone
from mergefloor.core.weekly.board import Board
from mergefloor.core.weekly.headline import badge
from mergefloor.render.svg import element

LABEL = "mergefloor"
COLOURS: dict[Tone, tuple[str, str]] = {
    "good": ("#17713a", "success"),
    "bad": ("#b3261e", "critical"),
    "unsure": ("#6b6f76", "inactive"),
}
HEIGHT, CHARACTER, PAD = 20, 6.6, 7


def badge_svg(board: Board) -> str:
    """About what shields.io draws; the text is stretched to the width that was planned for it."""
    message, tone = badge(board)
    left, right = (round(len(text) * CHARACTER) for text in (LABEL, message))
    split, width = left + 2 * PAD, left + right + 4 * PAD
    boxes = (
        element("rect", {"width": split, "height": HEIGHT, "fill": "#444a52"}),
        element("rect", {"x": split, "width": width - split, "height": HEIGHT, "fill": COLOURS[tone][0]}),
    )
    texts = tuple(
        element("text", {"x": at, "y": 14, "textLength": size}, text)
        for at, size, text in ((PAD, left, LABEL), (split + PAD, right, message))
    )
    said = f"{LABEL}: {message}"
    shape: dict[str, str | float] = {
        "xmlns": "http://www.w3.org/2000/svg",
        "width": width,
        "height": HEIGHT,
        "role": "img",
        "aria-label": said,
    }
    font: dict[str, str | float] = {
        "fill": "#fff",
        "font-family": "Verdana,DejaVu Sans,sans-serif",
        "font-size": 11,
    }
    return element("svg", shape, element("title", {}, said), *boxes, element("g", font, *texts)) + "\n"


def badge_json(board: Board) -> str:
    """The endpoint format of shields.io (https://shields.io/badges/endpoint-badge)."""
    message, tone = badge(board)
    return (
        json.dumps({"schemaVersion": 1, "label": LABEL, "message": message, "color": COLOURS[tone][1]}) + "\n"
    )
