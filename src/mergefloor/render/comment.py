"""The comment on a pull request and the summary of a run: Markdown within GitHub's limits, cut between blocks (T58)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from mergefloor.core.evidence import Verdict
from mergefloor.core.override import overridden
from mergefloor.core.report import Report
from mergefloor.core.tables import Limits
from mergefloor.core.view import view
from mergefloor.render.filters import cell
from mergefloor.render.layout import laid_out
from mergefloor.render.redact import Redactor, names_cleaned

Clean: TypeAlias = Callable[[str], str]

# UTF-8 bytes; with the state line under 60,000, and GitHub refuses more than 65,536 characters.
BUDGET = 59_800
SUMMARY_BUDGET = 900_000  # UTF-8 bytes; the runner drops more than 1 MiB
LET_IN = "\u26a0\ufe0f"
SIGNS: dict[Verdict, str] = {
    "pass": "\u2705",
    "block": "\u26d4",
    "inconclusive": "\u26a0\ufe0f",
    "error": "\u2757",
}
_STATE = re.compile(r"<!-- mergefloor-state \{[^<>\r\n]*\} -->")

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
SUMMARY_LADDER = (
    Limits(diffs=350, cases=5_000, rows=1_000, lines=500, every=6_000),
    Limits(diffs=120, cases=3_000, rows=500, lines=200, every=3_000),
    Limits(diffs=40, cases=1_000, rows=200, lines=100, every=1_000),
    *LADDER[4:],
)


def marker_line(config: str) -> str:
    """The first line of a comment, by which it is found again. `config`: the config's path."""
    return f"<!-- mergefloor:{cell(config)} -->"


def first_lines(marker: str | None, state: str | None) -> str:
    """What stands above the text: our marker and our state, each a line. ValueError: the state is no such comment."""
    if state is not None and not _STATE.fullmatch(state):
        raise ValueError(f"{state!r} is no state comment")
    lines = (marker and marker_line(marker), state)
    return "".join(f"{line}\n" for line in lines if line)


def markdown(
    report: Report, *, marker: str | None, state: str | None = None, redact: Clean | None = None
) -> str:
    """The comment, at most BUDGET bytes. `marker`: the config path by which it is found again (None: none);
    `state`: the second line, `<!-- mergefloor-state {...} -->`, for whoever updates the comment."""
    top = first_lines(marker, state)
    return top + _fitting(report, LADDER, BUDGET - len(top.encode()), redact or Redactor())


def summary(report: Report, *, redact: Clean | None = None) -> str:
    """The page of the run, at most SUMMARY_BUDGET bytes: the comment's text with every case."""
    return _fitting(report, SUMMARY_LADDER, SUMMARY_BUDGET, redact or Redactor())


def _fitting(report: Report, ladder: tuple[Limits, ...], budget: int, clean: Clean) -> str:
    sign = LET_IN if overridden(report) else SIGNS[report.verdict]
    for limits in ladder:
        shown = names_cleaned(view(report, limits, clean), clean)
        text = clean(laid_out("comment.md.j2", view=shown, sign=sign))
        if len(text.encode()) <= budget:
            break
    return text
