"""A task carried out: what was found, and what is written because of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, assert_never

from mergefloor.core.activity import Pull
from mergefloor.core.effects import (
    AmendComment,
    Annotate,
    AppendSummary,
    Effect,
    Outcome,
    Print,
    SaveState,
    UpsertComment,
)
from mergefloor.core.hub import Hub
from mergefloor.core.hushed import hushed
from mergefloor.core.report import Override, Report
from mergefloor.errors import HubError, MergefloorError
from mergefloor.modes import calibrate, explain, gate, record
from mergefloor.modes.action import command, dashboard, looking, posting, scheduling, updating, weekly
from mergefloor.modes.action.ending import told_of
from mergefloor.modes.action.place import Place, marker_of
from mergefloor.modes.action.tasks import (
    CalibrateTask,
    ExplainTask,
    GateTask,
    LookTask,
    ModelsTask,
    ModelUpdateTask,
    Nothing,
    OverrideTask,
    RecordTask,
    ScheduledTask,
    Task,
    WeeklyTask,
)
from mergefloor.modes.world import World
from mergefloor.render import override_note
from mergefloor.render.filters import cell, fence, prose

REPLY_LIMIT = 50_000  # bytes of an explained case in a comment


def opening(task: Task, place: Place) -> tuple[Effect, ...]:
    """What is said before the work: the status is pending, the command was seen."""
    if isinstance(task, GateTask):
        names = (("sha", task.head), ("context", place.inputs.status_context), ("url", place.stamp.url))
        return (
            *(SaveState(name=name, value=value) for name, value in names),
            posting.status(task.head, "pending", f"comparing with {task.base_name}", place, final=False),
            *posting.done(task.command, "eyes"),
        )
    if isinstance(task, ExplainTask | OverrideTask):
        return posting.done(task.command, "eyes")
    return ()


def perform(task: Task, place: Place, world: World, hub: Hub, stopped: Callable[[], bool]) -> Outcome:
    """Carry out a task that needs the repository. Errors of the run become what the pull request is told.
    `stopped`: whether a signal has ended the work; then nothing is asked any more."""
    match task:
        case GateTask():
            return _gate(task, place, world, hub, stopped)
        case LookTask():
            return looking.look(task, place, world)
        case RecordTask():
            return _record(task, place, world)
        case CalibrateTask():
            return _calibrate(task, place, world)
        case ModelUpdateTask():
            return updating.update(task, place, world, stopped)
        case ModelsTask():
            return dashboard.models(task, place, world)
        case ScheduledTask():
            found = scheduling.scheduled(task, place, world, hub)
            return found if stopped() else dashboard.beside(found, task, place, world)
        case WeeklyTask():
            return weekly.weekly(place, world)
        case ExplainTask():
            return _explain(task, place, world)
        case OverrideTask() | Nothing():
            return answer(task, place, hub)
    assert_never(task)


def answer(task: OverrideTask | Nothing, place: Place, hub: Hub) -> Outcome:
    """Carry out a task that needs no repository."""
    if isinstance(task, Nothing):
        text = place.redact(f"Nothing was done: {task.why}.")
        said = (Print(text=text), AppendSummary(text=prose(text)))
        return Outcome(exit_code=task.exit_code, effects=(*said, *posting.done(task.command, "confused")))
    override = task.override
    line = place.redact(f"Overridden by {override.by}: {override.reason}")
    return Outcome(
        exit_code=0,
        effects=(
            posting.status(override.sha, "success", line, place),
            _audit_line(task, place, hub),
            Print(text=f"{line} (commit {override.sha})"),
            *posting.done(task.command, "rocket"),
        ),
    )


def _audit_line(task: OverrideTask, place: Place, hub: Hub) -> Effect:
    """The override in the comment that is there. Where the comments cannot be read it is left out: a second comment
    would stay for ever, and the command itself is the record."""
    try:
        marker = marker_of(place, task.pull.number, hub)
    except HubError as error:
        return _warning(f"the comment does not tell of the override: {error}")
    block = override_note(task.override, redact=place.redact)
    return AmendComment(pull=task.pull.number, marker=marker, block=block)


def _gate(task: GateTask, place: Place, world: World, hub: Hub, stopped: Callable[[], bool]) -> Outcome:
    found = _examined(task, place, world)
    if stopped():
        report = None if isinstance(found, Outcome) else found
        return Outcome(exit_code=2, effects=posting.of_cancelled(report, task, place))
    pull = _now(task.pull, hub)
    if pull is not None and pull.head_sha != task.head:
        return _overtaken(pull, task, place)
    if isinstance(found, Outcome):
        return found
    override, remarks = _override(found, pull, hub)
    report = replace(found, override=override)
    return Outcome(exit_code=report.exit_code, effects=(*posting.of_report(report, task, place), *remarks))


def _override(found: Report, pull: Pull | None, hub: Hub) -> tuple[Override | None, tuple[Effect, ...]]:
    """The override that holds for the head, and what to say. One that GitHub does not tell of does not count: the
    verdict stays what was found and paid for."""
    if pull is None or found.exit_code not in (1, 2):
        return None, ()
    try:
        return command.standing_override(pull, hub, pull.head_sha), ()
    except HubError as error:
        return None, (_warning(f"whether an override holds cannot be told: {error}"),)


def _warning(text: str) -> Annotate:
    return Annotate(level="warning", message=text, title="mergefloor")


def _examined(task: GateTask, place: Place, world: World) -> Report | Outcome:
    """The report, or what is told when there is none."""
    request = gate.GateRequest(
        base=task.base,
        head=task.head,
        suites=place.inputs.suites,
        config=place.inputs.config,
        code=task.command is None and not task.private,
    )
    try:
        found = gate.examine(request, world)
    except MergefloorError as error:
        told, code = told_of(error)
        return Outcome(exit_code=code, effects=posting.of_bulletin(told, code, task, place))
    named = replace(found, base_ref=task.base_name, head_ref=task.head_name, url=place.stamp.url)
    return hushed(named) if task.private else named


def _now(pull: Pull | None, hub: Hub) -> Pull | None:
    """The pull request as it is now. When GitHub does not tell, the status is written all the same: it names a
    commit, and nobody else's."""
    if pull is None:
        return None
    try:
        return hub.pull(pull.number)
    except HubError:
        return None


def _overtaken(pull: Pull, task: GateTask, place: Place) -> Outcome:
    """A newer push wins: its own run speaks for it. The old commit must not stay pending for ever."""
    line = f"overtaken: a newer commit was pushed ({pull.head_sha[:7]}), and its own run decides"
    return Outcome(
        exit_code=2,
        effects=(
            *posting.outputs_without_report("error"),
            AppendSummary(text=line),
            Print(text=line),
            posting.status(task.head, "error", line, place),
            *posting.done(task.command, "confused"),
        ),
    )


def _record(task: RecordTask, place: Place, world: World) -> Outcome:
    request = record.RecordRequest(
        ref=task.sha,
        name=task.name,
        suites=place.inputs.suites,
        config=place.inputs.config,
        report_dir=place.inputs.report_path,
    )
    return record.run(request, world)


def _calibrate(task: CalibrateTask, place: Place, world: World) -> Outcome:
    request = calibrate.CalibrateRequest(
        ref=task.sha, name=task.name, config=place.inputs.config, report_dir=place.inputs.report_path
    )
    return calibrate.run(request, world)


def _explain(task: ExplainTask, place: Place, world: World) -> Outcome:
    """The whole story of a case as one comment, edited at every question; a fork's texts are not shown again."""
    if task.pull.fork:
        text = f"The texts of a fork are not shown here. Type `mergefloor explain {cell(task.case)}` in a clone of it."
        return _reply(task, place, text, "rocket")
    request = explain.ExplainRequest(
        case=task.case, base=task.base, head=task.pull.head_sha, config=place.inputs.config
    )
    try:
        outcome = explain.run(request, world)
    except MergefloorError as error:
        return _reply(task, place, fence(place.redact(str(error))), "confused")
    text = "\n".join(effect.text for effect in outcome.effects if isinstance(effect, Print))
    cut = text.encode()[:REPLY_LIMIT].decode(errors="ignore")
    more = "" if cut == text else "\n(cut; `mergefloor explain` in a clone shows all of it)"
    return _reply(task, place, fence(cut + more), "rocket")


def _reply(task: ExplainTask, place: Place, text: str, reaction: Literal["rocket", "confused"]) -> Outcome:
    body = f"**`{cell(task.case)}`** at {task.pull.head_sha[:7]}\n\n{text}\n"
    return Outcome(
        exit_code=0,
        effects=(
            UpsertComment(
                pull=task.pull.number,
                marker=place.reply_marker,
                body=body,
                sha=task.pull.head_sha,
                stamp=place.stamp,
            ),
            *posting.done(task.command, reaction),
        ),
    )
