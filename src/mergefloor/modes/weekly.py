"""`weekly`: what the history says of the last seven days, as text, as a page and as a badge. Nothing is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mergefloor.core.effects import Outcome, Print, WriteFile
from mergefloor.core.weekly.board import Board, board
from mergefloor.modes.archive import IN_CLONE, read_archive
from mergefloor.modes.world import World
from mergefloor.render.weekly import dashboard
from mergefloor.render.weekly_badge import badge_json, badge_svg
from mergefloor.render.weekly_text import week_console, week_markdown

PAGE = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyRequest:
    """`report_dir`: the folder for page, badge and text; None: only shown."""

    report_dir: str | None = None
    width: int = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """`notes`: about the branch of data, in sentences. `complete` False: it could not be read, and nothing follows
    from what is missing."""

    board: Board
    notes: tuple[str, ...]
    complete: bool


def examine(world: World) -> Week:
    """Read the history and sum it up."""
    archive = (
        read_archive(world.repo, world.cache, refs=IN_CLONE)
        if world.data is None
        else read_archive(world.data, world.cache)
    )
    found = board(archive.history, world.now())
    return Week(board=found, notes=archive.notes, complete=archive.complete)


def run(request: WeeklyRequest, world: World) -> Outcome:
    """`mergefloor weekly`."""
    week = examine(world)
    shown = Print(text=week_console(week.board, redact=world.redact, width=request.width, notes=week.notes))
    if not week.complete:
        return Outcome(exit_code=2, effects=(shown,))
    files = written(week, request.report_dir, world.redact)
    told = (Print(text=f"\n{request.report_dir}/{PAGE} is the dashboard."),) if files else ()
    return Outcome(exit_code=0, effects=(*files, shown, *told))


def pages(week: Week, redact: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    """What the branch of data serves, by path. `.nojekyll`: GitHub Pages serves the files as they are."""
    return (
        (PAGE, dashboard(week.board, redact=redact, notes=week.notes)),
        ("badge.svg", badge_svg(week.board)),
        ("badge.json", badge_json(week.board)),
        (".nojekyll", ""),
    )


def written(
    week: Week, folder: str | None, redact: Callable[[str], str], url: str = ""
) -> tuple[WriteFile, ...]:
    """The same page as report.html, the badge and the text, in a folder."""
    if folder is None:
        return ()
    text = week_markdown(week.board, redact=redact, notes=week.notes, url=url)
    files = [*pages(week, redact), ("weekly.md", text)]
    return tuple(WriteFile(path=f"{folder}/{name}", text=body) for name, body in files if name != ".nojekyll")
