"""`mode: weekly`: the week on the page of the run, in the report issue, and as a page of the branch of data."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.core.effects import (
    Annotate,
    AppendSummary,
    CommentIssue,
    Effect,
    Outcome,
    Print,
    PublishFiles,
    SetOutput,
    UpsertIssue,
)
from mergefloor.core.history.branch import BRANCH
from mergefloor.core.weekly.days import week_of
from mergefloor.modes.action.place import CONFIGS, OPENING, Place
from mergefloor.modes.weekly import Week, examine, pages, written
from mergefloor.modes.world import World
from mergefloor.render.filters import cell
from mergefloor.render.weekly_text import week_comment, week_console, week_json, week_markdown, week_title

LABELS = ("mergefloor", "weekly")
WIDTH = 100


def weekly(place: Place, world: World) -> Outcome:
    """Sum the week up. A history that cannot be read publishes nothing, so that the last page stays."""
    week = examine(world)
    text = week_markdown(week.board, redact=world.redact, url=place.stamp.url, notes=week.notes)
    shown: tuple[Effect, ...] = (
        SetOutput(name="verdict", value="pass" if week.complete else "error"),
        SetOutput(name="summary", value=week_json(week.board, redact=world.redact)),
        AppendSummary(text=text),
        Print(text=week_console(week.board, redact=world.redact, width=WIDTH, notes=week.notes)),
    )
    if not week.complete:
        line = "the history could not be read; the last report stays as it is"
        return Outcome(
            exit_code=2, effects=(*shown, Annotate(level="error", message=line, title="mergefloor"))
        )
    if not week.board.suites:
        return Outcome(exit_code=0, effects=shown)
    return Outcome(
        exit_code=0, effects=(*shown, *_files(week, place, world), *_issue(week, text, place, world))
    )


def marker_of_weekly(place: Place) -> str:
    """First line of the issue. A config at a path of its own has an issue of its own."""
    mine = "" if place.config in CONFIGS else f":{cell(place.config)}"
    return f"{OPENING}weekly{mine} -->"


def _files(week: Week, place: Place, world: World) -> Iterator[Effect]:
    if place.inputs.report_path is not None:
        yield SetOutput(name="report", value=place.inputs.report_path)
        yield from written(week, place.inputs.report_path, world.redact, place.stamp.url)
    yield PublishFiles(
        branch=BRANCH, message=f"Report: {week_title(week.board)}", files=pages(week, world.redact)
    )


def _issue(week: Week, text: str, place: Place, world: World) -> Iterator[Effect]:
    """The body is the newest report, which mails nobody; one comment a week of the calendar does."""
    if not place.inputs.comment:
        return
    marker = marker_of_weekly(place)
    yield UpsertIssue(
        marker=marker,
        title="mergefloor: the week of all suites",
        body=text,
        stamp=place.stamp,
        labels=LABELS,
    )
    yield CommentIssue(
        marker=marker,
        key=week_of(week.board.today),
        body=week_comment(week.board, redact=world.redact, url=place.stamp.url),
    )
