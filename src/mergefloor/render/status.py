"""The description of a commit status: one line of at most 140 characters; GitHub refuses a longer one."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from mergefloor.core.bulletin import Bulletin
from mergefloor.core.report import Report
from mergefloor.core.status_line import status_words
from mergefloor.core.wording import Link, Name, Piece, Prose, Said
from mergefloor.render import filters
from mergefloor.render.redact import Redactor, names_cleaned

LIMIT = 140
NAME = 48
ELLIPSIS = "\u2026"


def status_line(found: Report | Bulletin, *, redact: Callable[[str], str] | None = None) -> str:
    """The essence first, cut between words."""
    clean = redact or Redactor()
    words = found.status if isinstance(found, Bulletin) else status_words(found)
    text = clean(" ".join("".join(map(_plain, names_cleaned(words, clean))).split()))
    return cut(text.rstrip("."))


def cut(text: str, limit: int = LIMIT) -> str:
    """At most `limit` characters, the last word whole where that costs little."""
    if len(text) <= limit:
        return text
    short = text[: limit - 1]
    word = short.rpartition(" ")[0]
    return f"{word if len(word) > limit * 3 // 4 else short}{ELLIPSIS}"


def _plain(piece: Piece) -> str:
    match piece:
        case str():
            return piece.replace("`", "")
        case Name():
            line = "" if piece.line is None else f":{piece.line}"
            return f"{piece.lead}{filters.cell(piece.text, NAME)}{line}"
        case Prose() | Said():
            return filters.inline(" ".join(piece.text[: filters.PROSE_LIMIT].split())).replace("`", "")
        case Link():
            return piece.text
    assert_never(piece)
