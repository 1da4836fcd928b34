"""The issue about the models: one, edited in place, and its owners told once before a pin ends."""

from __future__ import annotations

from dataclasses import replace

from mergefloor.core.effects import (
    AppendSummary,
    CommentIssue,
    Effect,
    Outcome,
    Print,
    SetOutput,
    UpsertIssue,
)
from mergefloor.core.roster.reminder import reminders
from mergefloor.core.roster.roster import Roster
from mergefloor.modes.action.place import CONFIGS, OPENING, Place
from mergefloor.modes.action.tasks import ModelsTask, ScheduledTask
from mergefloor.modes.roster import read_roster
from mergefloor.modes.world import World
from mergefloor.render.filters import cell
from mergefloor.render.roster import roster_console, roster_json
from mergefloor.render.roster_page import issue_title, reminder_text, roster_page

WIDTH = 120
LABELS = ("mergefloor", "models")


def models(task: ModelsTask, place: Place, world: World) -> Outcome:
    """`mode: models`: the pins on the page of the run and in their issue."""
    found = _read(task.sha, task.name, place, world)
    shown: tuple[Effect, ...] = (
        SetOutput(name="verdict", value="pass"),
        SetOutput(name="summary", value=roster_json(found, redact=place.redact)),
        AppendSummary(text=roster_page(found, redact=place.redact)),
        Print(text=roster_console(found, width=WIDTH, redact=place.redact)),
    )
    return Outcome(exit_code=0, effects=(*shown, *_written(found, place)))


def dashboard(sha: str, name: str, place: Place, world: World) -> tuple[Effect, ...]:
    """What keeps the issue about the models of a commit up to date. `name`: what people call the commit. InputError
    where its config or a prompt cannot be read."""
    return _written(_read(sha, name, place, world), place)


def beside(outcome: Outcome, task: ScheduledTask, place: Place, world: World) -> Outcome:
    """A scheduled run and, after everything else, the pins as they are that day."""
    return replace(outcome, effects=(*outcome.effects, *dashboard(task.sha, task.name, place, world)))


def marker_of_models(place: Place) -> str:
    """First line of the issue. A config at a path of its own has an issue of its own."""
    mine = "" if place.config in CONFIGS else f":{cell(place.config)}"
    return f"{OPENING}models{mine} -->"


def _read(sha: str, name: str, place: Place, world: World) -> Roster:
    files = world.repo.snapshot(sha)
    return read_roster(files, place.inputs.config, name, world.now(), world.listings)


def _written(found: Roster, place: Place) -> tuple[Effect, ...]:
    marker = marker_of_models(place)
    issue = UpsertIssue(
        marker=marker,
        title=issue_title(found),
        body=roster_page(found, redact=place.redact),
        stamp=place.stamp,
        labels=LABELS,
    )
    told = (
        CommentIssue(marker=marker, key=each.key, body=reminder_text(each, redact=place.redact))
        for each in reminders(found)
    )
    return (issue, *told)
