"""A bulletin as text: a comment, the summary of a run, or lines in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from mergefloor.core.bulletin import Bulletin, Kind
from mergefloor.core.case_view import Quote
from mergefloor.core.excerpts import excerpt
from mergefloor.core.headline import WHAT_TO_DO
from mergefloor.core.wording import Words, link, say
from mergefloor.render.comment import first_lines
from mergefloor.render.filters import log
from mergefloor.render.layout import laid_out
from mergefloor.render.redact import Redactor, names_cleaned
from mergefloor.render.words import as_plain

Clean: TypeAlias = Callable[[str], str]

TOLD = 12_000  # characters of foreign text: 20 problems with long names
LINES = 400
SIGNS: dict[Kind, str] = {
    "invalid": "\u26d4",
    "undecided": "\u2757",
    "waiting": "\u23f8\ufe0f",
    "idle": "\u2705",
    "untouched": "\u2705",
    "cancelled": "\u2757",
}


def bulletin(
    found: Bulletin,
    *,
    marker: str | None = None,
    state: str | None = None,
    url: str = "",
    redact: Clean | None = None,
) -> str:
    """Markdown for a comment or a summary. `marker`, `state`: as for a report's comment; `url`: the page of the run."""
    clean = redact or Redactor()
    shown = names_cleaned(_excerpts(found, clean), clean)
    text = laid_out(
        "bulletin.md.j2", bulletin=shown, sign=SIGNS[found.kind], todo=WHAT_TO_DO, more=_more(url)
    )
    return first_lines(marker, state) + clean(text)


def bulletin_console(found: Bulletin, *, width: int = 80, redact: Clean | None = None) -> str:
    """The bulletin for people at a terminal or in a log."""
    clean = redact or Redactor()
    return clean("\n".join(_lines(names_cleaned(_excerpts(found, clean), clean), width)) + "\n")


def _excerpts(found: Bulletin, clean: Clean) -> Bulletin:
    """Foreign text cleaned before it is cut."""
    told = (Quote(label=quote.label, text=excerpt(quote.text, clean, TOLD, LINES)) for quote in found.told)
    return replace(found, told=tuple(told))


def _more(url: str) -> Words:
    return say("The log: {}.", link("this run", url)) if url else ()


def _lines(shown: Bulletin, width: int) -> Iterator[str]:
    for words in (shown.title, shown.detail):
        yield from textwrap.wrap(as_plain(words), width, break_on_hyphens=False)
    for words in shown.lines:
        text = as_plain(words)
        yield from textwrap.wrap(
            text, width, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False
        )
    for quote in shown.told:
        yield f"{as_plain(quote.label)}:"
        yield log(quote.text, width - 2)
    yield from textwrap.wrap(f"{WHAT_TO_DO}: {as_plain(shown.todo)}", width, break_on_hyphens=False)
