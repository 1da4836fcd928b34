"""The page of a run takes 1 MiB and drops what is longer whole: Markdown is cut between blocks before."""

from __future__ import annotations

import re
from collections.abc import Iterator

BUDGET = 900_000  # bytes of a step's summary
NOTE = "\n*The rest of this page is left out: GitHub shows no more than 1 MiB. The report has all of it.*\n"
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_OPENED = re.compile(r"<details\b", re.IGNORECASE)
_CLOSED = re.compile(r"</details\s*>", re.IGNORECASE)


def fitted(text: str, room: int) -> str:
    """The text, or as many whole blocks from its start as `room` bytes take, and a note."""
    whole = f"{text.rstrip()}\n\n" if text.strip() else ""
    if _size(whole) <= room:
        return whole
    left, kept = room - _size(NOTE), list[str]()
    for block in blocks(whole):
        left -= _size(block)
        if left < 0:
            break
        kept.append(block)
    return "".join((*kept, NOTE)) if room >= _size(NOTE) else ""


def blocks(text: str) -> Iterator[str]:
    """Pieces that stand alone, nothing lost: they end at blank lines outside fences and outside `<details>`."""
    lines: list[str] = []
    fence, depth = "", 0
    for line in text.splitlines(keepends=True):
        lines.append(line)
        fence = _after(fence, line)
        if fence:
            continue
        depth = max(0, depth + len(_OPENED.findall(line)) - len(_CLOSED.findall(line)))
        if depth == 0 and not line.strip():
            yield "".join(lines)
            lines = []
    if lines:
        yield "".join(lines)


def _after(fence: str, line: str) -> str:
    """The fence that is open after a line; empty when none is."""
    found = _FENCE.match(line)
    if found is None:
        return fence
    marks, rest = found[1], found[2].strip()
    if not fence:
        return "" if marks[0] == "`" and "`" in rest else marks
    closes = marks[0] == fence[0] and len(marks) >= len(fence) and not rest
    return "" if closes else fence


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
