"""The comment on a pull request: Markdown within GitHub's limit, cut between blocks and never inside one (T58)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mergefloor.core.evidence import Verdict
from mergefloor.core.report import Report
from mergefloor.core.tables import Limits
from mergefloor.core.view import View, view
from mergefloor.render.filters import cell, fence
from mergefloor.render.redact import Redactor, names_cleaned
from mergefloor.render.words import as_html, as_markdown

if TYPE_CHECKING:
    from jinja2 import Template

BUDGET = 60_000  # UTF-8 bytes; GitHub refuses more than 65,536 characters
TEMPLATES = Path(__file__).parent.parent / "templates" / "comment"
SIGNS: dict[Verdict, str] = {
    "pass": "\u2705",
    "block": "\u26d4",
    "inconclusive": "\u26a0\ufe0f",
    "error": "\u2757",
}
_BLANK = re.compile(r"\n{3,}")

# From everything to the least that still answers: verdict, table, the worst cases by name.
LADDER = (
    Limits(diffs=200, cases=1000),
    Limits(diffs=60, cases=500),
    Limits(diffs=30, cases=300),
    Limits(diffs=15, cases=200),
    Limits(diffs=8, cases=100),
    Limits(diffs=3, cases=50),
    Limits(diffs=0, cases=50),
    Limits(diffs=0, cases=20, rows=30, lines=15, sections=False),
    Limits(diffs=0, cases=5, rows=10, lines=6, sections=False),
)


def markdown(report: Report, *, marker: str | None, redact: Callable[[str], str] | None = None) -> str:
    """The comment, at most BUDGET bytes. `marker`: the config path by which the comment is found again (None: none)."""
    clean = redact or Redactor()
    for limits in LADDER:
        text = clean(_text(names_cleaned(view(report, limits, clean), clean), marker))
        if len(text.encode()) <= BUDGET:
            break
    return text


def _text(shown: View, marker: str | None) -> str:
    first = "" if marker is None else f"<!-- mergefloor:{cell(marker)} -->\n"
    body = _template().render(view=shown, sign=SIGNS[shown.verdict]).strip()
    # Foreign lines are never blank (they are prefixed), so this touches our layout alone.
    return f"{first}{_BLANK.sub(chr(10) * 2, body)}\n"


@cache
def _template() -> Template:
    """Loaded on first use: a run that prints no comment never pays for Jinja."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Markdown, not HTML: every foreign string passes one of our filters, which escape for both.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"words": as_markdown, "html": as_html, "fence": fence}
    return environment.get_template("comment.md.j2")
