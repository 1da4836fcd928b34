"""The one line of a commit status."""

from __future__ import annotations

import unicodedata

LIMIT = 140  # a longer one is refused with 422, which the OpenAPI does not say
ELLIPSIS = "\u2026"
HALVES = ("\ud800", "\udfff")
# Controls and line ends become a blank; direction marks and other invisible characters are left out.
BLANK = {"Cc", "Zl", "Zp"}
LEFT_OUT = {"Cf", "Cn", "Co"}


def description(text: str) -> str:
    """`text` in one line of at most 140 UTF-16 units, cut at a word when it is longer. The most careful way to count:
    a character outside the basic plane is two, so no count of GitHub's is larger."""
    line = " ".join("".join(map(_shown, text)).split())
    if _width(line) <= LIMIT:
        return line
    kept = _head(line, LIMIT - _width(ELLIPSIS))
    whole_words, space, _ = kept.rpartition(" ")
    at_word = line[len(kept)] == " "
    # A single word that fills half of the line is better cut than dropped.
    if not at_word and space and _width(whole_words) >= LIMIT // 2:
        kept = whole_words
    return kept.rstrip(" ,;:\u00b7-") + ELLIPSIS


def _shown(character: str) -> str:
    if HALVES[0] <= character <= HALVES[1]:
        return "\ufffd"
    category = unicodedata.category(character)
    if category in LEFT_OUT:
        return ""
    return " " if category in BLANK else character


def _width(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _head(text: str, width: int) -> str:
    """The longest beginning of `text` that is at most `width` wide. A pair is one character here, so never split."""
    while _width(text) > width:
        text = text[: len(text) - max(1, (_width(text) - width) // 2)]
    return text
