"""Short pieces of long texts: the part that differs, at most LIMIT characters of it (T16)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mergefloor.core.word_diff import Edit, alike, marked, word_diff

LIMIT = 300
LINES = 12
READ = 20_000
MARGIN = 2_000
LEAD = 60
ELLIPSIS = "\u2026"

Clean = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two outputs side by side, word by word, or (when most words stayed) one text with what went and came marked."""

    base: str
    head: str
    edits: tuple[Edit, ...]
    marked: str | None


def readable(text: str, clean: Clean) -> str:
    """The beginning of a text with its secrets removed. Cleaning comes before any cut: half a key is a leak.

    Of a text longer than READ the end is dropped after cleaning, since a secret may straddle that cut.
    """
    if len(text) <= READ:
        return clean(text)
    return clean(text[:READ])[:-MARGIN]


def excerpt(text: str, clean: Clean, limit: int = LIMIT, lines: int = LINES) -> str:
    """The first `limit` characters and `lines` lines of a text, cleaned."""
    shown = readable(text, clean)
    return _cut(shown, 0, limit, len(text) > READ, lines)


def difference(base: str, head: str, clean: Clean, limit: int = LIMIT) -> Difference:
    """What two outputs differ in. Both windows start a little before the first word that differs."""
    before, after = readable(base, clean), readable(head, clean)
    start = _first_difference(before, after)
    left, right = (
        _cut(shown, start, limit, len(raw) > READ) for shown, raw in ((before, base), (after, head))
    )
    edits = word_diff(left, right)
    shown = marked(edits) if left != right and alike(edits) else None
    return Difference(base=left, head=right, edits=edits, marked=shown)


def _first_difference(base: str, head: str) -> int:
    """Where to begin: LEAD characters before the first difference, at the start of a word."""
    same = next(
        (i for i, (a, b) in enumerate(zip(base, head, strict=False)) if a != b), min(len(base), len(head))
    )
    if same <= LEAD * 2:
        return 0
    space = base.find(" ", same - LEAD, same)
    return space + 1 if space >= 0 else same - LEAD


def _cut(text: str, start: int, limit: int, more: bool, most: int = LINES) -> str:
    window = text[start : start + limit]
    lines = window.splitlines()
    cut = more or start + limit < len(text) or len(lines) > most
    shown = "\n".join(lines[:most])
    return f"{ELLIPSIS if start else ''}{shown}{ELLIPSIS if cut else ''}"
