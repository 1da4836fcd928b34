"""`mode: model-update`: the update on the page of the run, and its one pull request opened, renewed or closed."""

from __future__ import annotations

from collections.abc import Callable

from mergefloor.core.effects import (
    AppendSummary,
    ClosePullRequest,
    Effect,
    OpenPullRequest,
    Outcome,
    Print,
    SetOutput,
)
from mergefloor.core.updating.branch import branch_of
from mergefloor.core.updating.found import Update
from mergefloor.modes import model_update
from mergefloor.modes.action.place import Place
from mergefloor.modes.action.tasks import ModelUpdateTask
from mergefloor.modes.model_update import ModelUpdateRequest
from mergefloor.modes.world import World
from mergefloor.render.filters import cell, prose
from mergefloor.render.update_pull import update_pull

SKIPPED = "`open-pr` is not `true`: no pull request was opened; `mergefloor model-update --write` makes the same edits"


def update(task: ModelUpdateTask, place: Place, world: World, stopped: Callable[[], bool]) -> Outcome:
    """Try the new model. With `open-pr` one pull request a pair of models follows from it, unless a signal ended the
    work before all of it was known."""
    request = ModelUpdateRequest(
        old=task.old,
        new=task.new,
        ref=task.sha,
        name=task.name,
        suites=place.inputs.suites,
        config=place.inputs.config,
        report_dir=place.inputs.report_path,
    )
    if model_update.moved_already(request, world):
        return _moved(task, place)
    found = model_update.examine(request, world)
    shown = model_update.effects(request, found, world)
    pull = () if stopped() else _pull(found, task, place)
    return Outcome(exit_code=found.exit_code, effects=(*shown, *pull))


def _moved(task: ModelUpdateTask, place: Place) -> Outcome:
    """Nobody asks the old model any more and somebody asks the new one: whatever is still open has no purpose."""
    text = place.redact(
        f"No pin names {task.old} at {task.name} any more, and {task.new} is pinned: nothing to do."
    )
    close = (_closed(task, text),) if place.inputs.open_pr else ()
    said: tuple[Effect, ...] = (
        SetOutput(name="verdict", value="pass"),
        Print(text=text),
        AppendSummary(text=prose(text)),
    )
    return Outcome(exit_code=0, effects=(*said, *close))


def _pull(found: Update, task: ModelUpdateTask, place: Place) -> tuple[Effect, ...]:
    if not place.inputs.open_pr:
        return (Print(text=SKIPPED),) if found.files else ()
    if found.files:
        return (_opened(found, task, place),)
    if "undecided" in found.endings or found.todo:
        return ()  # nothing is known that would make an open pull request wrong
    return (_closed(task, f"No pin may move from {task.old} to {task.new} at {task.name} now."),)


def _opened(found: Update, task: ModelUpdateTask, place: Place) -> OpenPullRequest:
    names = f"`{cell(task.old)}` to `{cell(task.new)}`"
    return OpenPullRequest(
        branch=branch_of(task.old, task.new),
        base=task.name,
        base_sha=task.sha,
        title=place.redact(f"Move {names}".replace("`", "")),
        body=update_pull(found, url=place.stamp.url, redact=place.redact),
        message=place.redact(f"Move {cell(task.old)} to {cell(task.new)}"),
        files=tuple((each.path, each.after) for each in found.files),
        stamp=place.stamp,
    )


def _closed(task: ModelUpdateTask, why: str) -> ClosePullRequest:
    return ClosePullRequest(branch=branch_of(task.old, task.new), comment=prose(why))
