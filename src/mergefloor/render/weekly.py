"""The dashboard: one page that needs nothing else, of at most 3 MB (T52)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mergefloor.core.weekly.board import Board
from mergefloor.core.weekly.flaky import FlakyCase
from mergefloor.core.weekly.headline import headline, tone_of
from mergefloor.core.weekly.page_words import PAGE, STANDING
from mergefloor.core.weekly.rows import (
    USE_TITLES,
    change_rows,
    class_rows,
    metric_rows,
    more,
    suite_rows,
    use_rows,
)
from mergefloor.core.weekly.slots import Zoom
from mergefloor.core.wording import UNKNOWN, Words, say, share
from mergefloor.render.filters import cell, visible
from mergefloor.render.redact import Redactor, names_cleaned
from mergefloor.render.shell import shell_of
from mergefloor.render.svg import Svg
from mergefloor.render.weekly_data import data, keys
from mergefloor.render.weekly_plots import spark, strip
from mergefloor.render.weekly_text import week_title
from mergefloor.render.words import as_page, as_plain

if TYPE_CHECKING:
    from jinja2 import Environment

BUDGET = 3_000_000  # UTF-8 bytes of the whole page
FLAKY, CHANGES, METRICS = 30, 100, 600
SPARK = Zoom(daily=90)
TEMPLATES = Path(__file__).parent.parent / "templates"


def dashboard(
    board: Board,
    *,
    redact: Callable[[str], str] | None = None,
    notes: Sequence[str] = (),
    budget: int = BUDGET,
) -> str:
    """The page of a week, of at most `budget` bytes; `notes`: sentences about the history."""
    clean = redact or Redactor()
    parts = _parts(board, clean, notes)
    frame = _environment().get_template("page.html.j2")
    room = (
        budget - len(frame.render(**parts, data="", cut="").encode()) - 600
    )  # for the sentence about the cut
    lines, zoom, lost = data(board, clean, room)
    return frame.render(**parts, data=Svg(lines), cut=_cut(zoom, lost))


def _parts(board: Board, clean: Callable[[str], str], notes: Sequence[str]) -> dict[str, object]:
    suites = names_cleaned(suite_rows(board), clean)
    changes = names_cleaned(change_rows(board), clean)
    metrics = metric_rows(board)
    return {
        "shell": shell_of(
            [TEMPLATES / "html" / "report.css", TEMPLATES / "weekly" / "board.css"],
            [TEMPLATES / "html" / "theme.js", TEMPLATES / "weekly" / "board.js"],
        ),
        "title": week_title(board),
        "headline": names_cleaned(headline(board), clean),
        "tone": tone_of(board),
        "suites": list(zip(suites, [spark(each, board.today, SPARK) for each in board.suites], strict=True)),
        "keys": keys(board, clean),
        "metrics": names_cleaned(metrics[:METRICS], clean),
        "more_metrics": as_plain(more(metrics, METRICS)),
        "uses": names_cleaned(use_rows(board), clean),
        "use_titles": USE_TITLES,
        "classes": names_cleaned(class_rows(board), clean),
        "flaky": [_flaky(each, clean) for each in board.flaky[:FLAKY]],
        "changes": changes[:CHANGES],
        "more_changes": as_plain(more(changes, CHANGES)),
        "notes": [clean(note) for note in _notes(board, notes)],
        "standings": STANDING,
        "words": PAGE,
        "unknown": say(UNKNOWN),
    }


def _flaky(found: FlakyCase, clean: Callable[[str], str]) -> dict[str, str]:
    return {
        "case": cell(clean(found.case)),
        "suite": cell(clean(found.suite)),
        "metric": cell(clean(found.metric)),
        "flips": share(found.flips, 0),
        "mean": f"{found.mean:.2f}",
        "recent": strip(found.recent),
    }


def _notes(board: Board, notes: Sequence[str]) -> list[str]:
    found = list(notes)
    if board.future:
        found.append(f"{board.future:,} lines of the history are from after this week and are not shown.")
    if board.more:
        found.append(f"{board.more:,} suites that ran least recently are not shown.")
    return found


def _cut(zoom: Zoom, lost: int) -> str:
    old = "" if zoom.daily >= SPARK.daily else f" (only the last {zoom.daily} of them)"
    told = f"A point is a day in the view of {SPARK.daily} days{old}, {zoom.width} days in the longer ones."
    return told + (f" The lines of {lost:,} suites are left out to keep this page small." if lost else "")


@cache
def _environment() -> Environment:
    """Autoescape is on: only what was made here (`Svg`, our filters) is markup."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "weekly"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"words": _words, "visible": visible}
    return environment


def _words(words: Words) -> Svg:
    return Svg(as_page(words))
