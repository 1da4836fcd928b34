"""How things are said: sentences whose foreign parts stay apart from our words, and numbers as people read them.

A sentence is a tuple of pieces. Our own words are plain `str`; whatever came from outside is a `Name`, a `Prose` or
a `Said`, so that no renderer can take it for ours and forget the filter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

MINUS = "\u2212"
UNKNOWN = "\u2013"
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~-]+)*/?")


@dataclass(frozen=True, slots=True)
class Name:
    """An id, a path, a model or a metric: one short foreign word.

    `lead` are our words before it in the same piece of code (`mergefloor explain`), `line` is that of a place.
    """

    text: str
    lead: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Prose:
    """A sentence made elsewhere (a reason, a note): our words and foreign names in one string."""

    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody else wrote, in the middle of a sentence of ours: shown as one piece of code."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words of ours that lead to a page of ours. Made by `link` alone, which checks the address."""

    text: str
    url: str


Piece: TypeAlias = "str | Name | Prose | Said | Link"
Words: TypeAlias = "tuple[Piece, ...]"
Kind: TypeAlias = Literal["binary", "score"]


def say(template: str, *parts: Piece | Words | int) -> Words:
    """A sentence: each `{}` of the template becomes the next part. ValueError when the counts differ."""
    found: list[Piece] = []
    for text, part in zip(template.split("{}"), (*parts, ""), strict=True):
        found.append(text)
        found.extend(part if isinstance(part, tuple) else (str(part) if isinstance(part, int) else part,))
    return tuple(piece for piece in found if piece != "")


def sentences(*parts: Words) -> Words:
    """Sentences one after the other, a space between; empty ones are left out."""
    found: list[Piece] = []
    for part in filter(None, parts):
        found.extend((" ", *part) if found else part)
    return tuple(found)


def listing(items: Sequence[Words], *, most: int = 3) -> Words:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 7 more`."""
    shown = list(items[:most])
    if len(items) > most:
        shown.append(say("{} more", len(items) - most))
    found: list[Piece] = []
    for index, item in enumerate(shown):
        joint = "" if index == 0 else " and " if index == len(shown) - 1 else ", "
        found.extend((joint, *item) if joint else item)
    return tuple(found)


def names(texts: Iterable[str], *, most: int = 3) -> Words:
    """A listing of names."""
    return listing([(Name(text),) for text in texts], most=most)


def link(text: str, url: str) -> Words:
    """Our words as a link; an address that is not plain https leaves the words alone."""
    return (Link(text, url),) if _ADDRESS.fullmatch(url) else say(text)


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 case`, `1,200 cases`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def finite(value: float | None) -> float | None:
    """A number that can be drawn; what is not finite is not known."""
    return value if value is not None and math.isfinite(value) else None


def share(value: float | None, digits: int = 1) -> str:
    """A share as percent, without a needless `.0`: 0.857 -> `85.7 %`."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return f"{_trimmed(value * 100, digits)} %"


def level(kind: Kind, value: float | None, digits: int | None = None) -> str:
    """A metric's value: binary ones are shares, scores are plain numbers."""
    if kind == "binary":
        return share(value, 1 if digits is None else digits)
    if value is None or not math.isfinite(value):
        return UNKNOWN
    return f"{value:.{3 if digits is None else digits + 2}f}"


def apart(kind: Kind, first: float | None, second: float | None) -> tuple[str, str]:
    """Two values, with as many digits as it takes to see that they differ (84.96 % is not 85 %)."""
    for digits in (1, 2, 3):
        shown = level(kind, first, digits), level(kind, second, digits)
        if shown[0] != shown[1] or first == second:
            return shown
    return shown


def change(kind: Kind, value: float | None) -> str:
    """A difference with its sign, in points for shares: -0.214 -> `-21.4 pt` (with a true minus sign)."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    text = _trimmed(abs(value) * 100, 1) if kind == "binary" else f"{abs(value):.3f}"
    sign = "" if float(text) == 0 else "+" if value > 0 else MINUS
    return f"{sign}{text}{' pt' if kind == 'binary' else ''}"


def span(kind: Kind, interval: tuple[float, float] | None) -> str:
    """An interval of differences: `-33.1 to -9.8 pt`."""
    if interval is None or not all(map(math.isfinite, interval)):
        return UNKNOWN
    low, high = (change(kind, end) for end in interval)
    return f"{low.removesuffix(' pt')} to {high}"


def points(kind: Kind, value: float) -> str:
    """The size of a drop in words: `12 points` for shares, `0.05` for scores."""
    if kind == "score":
        return f"{value:.2f}"
    text = _trimmed(value * 100, 1)
    return f"{text} point{'' if text == '1' else 's'}"


def usd(value: float | None) -> str:
    """Money; small sums keep four digits so that they are not shown as nothing."""
    if value is None or not math.isfinite(value):
        return "no price"
    return f"${value:.2f}" if value >= 1 or value == 0 else f"${value:.4f}"


def seconds(value: float | None) -> str:
    """A latency: `0.8 s`."""
    return UNKNOWN if value is None or not math.isfinite(value) else f"{value:.1f} s"


def _trimmed(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if digits else text
    return "0" if text in {"-0", ""} else text
