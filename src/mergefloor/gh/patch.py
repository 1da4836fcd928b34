"""The lines of a file that a pull request shows, read from the patch of its diff. A review comment may stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(?P<start>\d+)(?:,\d+)? @@")


def right_side(patch: str) -> dict[int, str]:
    """Line number at the head (1-based) -> the line's text, for every added and every context line."""
    return dict(_right_side(patch))


def _right_side(patch: str) -> Iterator[tuple[int, str]]:
    number: int | None = None
    for line in patch.split("\n"):
        hunk = _HUNK.match(line)
        if hunk is not None:
            number = int(hunk["start"])
        elif number is not None and line[:1] in ("+", " "):
            yield number, line[1:].removesuffix("\r")
            number += 1
