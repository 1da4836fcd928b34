"""Sentences of the view to text: our words as they are, foreign pieces through the filter of the sink."""

from __future__ import annotations

import re
from html import escape
from typing import assert_never

from mergefloor.core.wording import Link, Name, Piece, Prose, Said, Words
from mergefloor.render import filters

_CODE = re.compile(r"`([^`]+)`")


def _code(name: Name) -> str:
    return f"{name.lead}{filters.cell(name.text)}{'' if name.line is None else f':{name.line}'}"


def as_markdown(words: Words) -> str:
    """A sentence as one line of Markdown."""
    return "".join(map(_markdown, words))


def _markdown(piece: Piece) -> str:
    match piece:
        case str():
            return piece
        case Name():
            return f"`{_code(piece)}`"
        case Prose():
            return filters.prose(piece.text)
        case Said():
            return f"`{filters.said(piece.text)}`"
        case Link():
            return f"[{piece.text}]({piece.url})"
    assert_never(piece)


def as_html(words: Words) -> str:
    """A sentence inside an HTML element, where Markdown is not read."""
    return "".join(map(_html, words))


def _html(piece: Piece) -> str:
    match piece:
        case str():
            return escape(piece)
        case Name():
            return f"<code>{_code(piece)}</code>"
        case Prose():
            return escape(filters.inline(piece.text[: filters.PROSE_LIMIT]))
        case Said():
            return f"<code>{escape(filters.said(piece.text))}</code>"
        case Link():
            return escape(piece.text)
    assert_never(piece)


def as_page(words: Words) -> str:
    """A sentence for report.html: names and `code` as code, everything else as text."""
    return "".join(map(_page, words))


def _page(piece: Piece) -> str:
    match piece:
        case str():
            return _with_code(escape(piece))
        case Name():
            return f"<code>{_code(piece)}</code>"
        case Prose():
            return _with_code(escape(filters.visible(" ".join(piece.text[: filters.PROSE_LIMIT].split()))))
        case Said():
            return f"<code>{escape(filters.said(piece.text))}</code>"
        case Link():
            return f'<a href="{escape(piece.url)}" rel="noreferrer">{escape(piece.text)}</a>'
    assert_never(piece)


def _with_code(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", text)


def as_plain(words: Words) -> str:
    """A sentence for a terminal or a log."""
    return "".join(map(_plain, words))


def _plain(piece: Piece) -> str:
    match piece:
        case str():
            return piece
        case Name():
            return f"`{_code(piece)}`"
        case Prose():
            return filters.inline(" ".join(piece.text[: filters.PROSE_LIMIT].split()))
        case Said():
            return f"`{filters.inline(filters.said(piece.text))}`"
        case Link():
            return f"{piece.text} ({piece.url})"
    assert_never(piece)
