"""Text -> lines of a log that GitHub's runner shows and never obeys (T55, T57). Pure.

The runner (ActionCommand.cs) reads a command where a line starts with `::` after blanks, and from `##[` anywhere in
one. It ends lines at CR, LF and CR LF, and its comparisons skip characters without a width. So whatever cannot be
printed is written as `\\u{..}` first, and only then the two marks are broken.
"""

from __future__ import annotations

import re

TAB = "    "
_BREAK = re.compile(r"\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_MARK = re.compile(r"^(?P<blank>\s*):(?=:)|#(?=#\[)")
_UNUSUAL = re.compile(r"[^\x20-\x7e]")
# Printable for Python, yet without any width: the runner's comparison would look past them.
_WIDTHLESS = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)


def lines(text: str) -> list[str]:
    """The lines of a text, each harmless and legible."""
    return [harmless(line) for line in _BREAK.split(text)]


def harmless(line: str) -> str:
    """One line that is no command of the runner; ordinary text stays as it is."""
    return _MARK.sub(_broken, legible(line))


def legible(line: str) -> str:
    """One line in which every character shows; the rest is written as `\\u{hex}`."""
    return _UNUSUAL.sub(lambda match: _shown(match[0]), line.replace("\t", TAB))


def _shown(character: str) -> str:
    if character.isprintable() and not _WIDTHLESS.match(character):
        return character
    return f"\\u{{{ord(character):x}}}"


def _broken(match: re.Match[str]) -> str:
    return "#\\" if match["blank"] is None else f"{match['blank']}:\\"
