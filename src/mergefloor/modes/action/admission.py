"""From an event to a task: what holds on GitHub now, and what may be done about it."""

from __future__ import annotations

import re
from typing import assert_never

from mergefloor.core.activity import (
    Commented,
    Dispatched,
    GroupQueued,
    Inputs,
    Job,
    Other,
    Pull,
    PullChanged,
    PullTargeted,
    Pushed,
)
from mergefloor.core.hub import Hub
from mergefloor.errors import UsageError
from mergefloor.modes.action import command
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

SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
MODES_OF = {
    PullChanged: ("auto", "gate"),
    GroupQueued: ("auto", "gate"),
    PullTargeted: ("auto", "preflight"),
    Commented: ("auto", "command"),
    Pushed: ("auto", "record"),
    Dispatched: ("auto", "record", "gate", "calibrate", "model-update", "models", "scheduled", "weekly"),
}


def admit(job: Job, hub: Hub) -> Task:
    """The task of this run. UsageError when the workflow asks for a mode that the event cannot have."""
    event = job.activity
    if isinstance(event, Other):
        return Nothing(why=f"the event {event.name!r} asks nothing of mergefloor")
    _mode_fits(type(event), job.inputs)
    if isinstance(event, PullChanged):
        return _changed(event.pull, job.inputs, hub)
    if isinstance(event, PullTargeted):
        return _targeted(event, job.inputs, hub)
    if isinstance(event, GroupQueued):
        return GateTask(
            base=event.base_sha, head=event.head_sha, base_name=event.base_ref, head_name=event.head_ref
        )
    if isinstance(event, Pushed):
        return _pushed(event)
    if isinstance(event, Dispatched):
        return _dispatched(event, job.inputs, hub)
    if isinstance(event, Commented):
        return _commented(event, hub)
    assert_never(event)


def own_commit(job: Job) -> str | None:
    """The commit that a run speaks of by its event alone, before GitHub was asked: where a run that cannot even ask
    leaves its error. None where no status of ours belongs, or where only GitHub can tell."""
    event = job.activity
    if isinstance(event, PullChanged):
        return None if event.pull.fork or event.pull.bot else event.pull.head_sha
    if isinstance(event, GroupQueued):
        return event.head_sha
    if isinstance(event, Dispatched) and _gates(event, job.inputs):
        head = job.inputs.head or event.sha
        return head if SHA.fullmatch(head) else None
    return None


def _mode_fits(kind: type, inputs: Inputs) -> None:
    known = MODES_OF[kind]
    if inputs.mode not in known:
        fix = f"leave `mode: auto`, or run it on the event that it is for (here: {', '.join(known[1:])})"
        raise UsageError(f"mode {inputs.mode!r} does not fit this event", fix)


def _changed(told: Pull, inputs: Inputs, hub: Hub) -> Task:
    """A re-run gets the payload of its first attempt, so the pull request is asked for again."""
    pull = hub.pull(told.number)
    if stale := _stale(told, pull):
        return stale
    if pull.fork or (pull.bot and not inputs.cache_key and not inputs.keys):
        return LookTask(pull=pull, base=hub.tip(pull.base_ref), privileged=False)
    return _gate(pull, hub)


def _targeted(event: PullTargeted, inputs: Inputs, hub: Hub) -> Task:
    pull = hub.pull(event.pull.number)
    if stale := _stale(event.pull, pull):
        return stale
    if not pull.fork and not pull.bot:
        return Nothing(why="a branch of this repository is gated by the event pull_request")
    judged = hub.status(pull.head_sha, inputs.status_context)
    if judged is not None and judged.state != "pending" and not event.retargeted:
        return Nothing(why=f"this very commit has a status already: {judged.state}")
    return LookTask(pull=pull, base=hub.tip(pull.base_ref), privileged=True)


def _stale(told: Pull, pull: Pull) -> Nothing | None:
    if pull.head_sha != told.head_sha:
        return Nothing(why=f"a newer commit was pushed: the head is {pull.head_sha} now", exit_code=2)
    return None if pull.open else Nothing(why="the pull request is closed")


def _gate(pull: Pull, hub: Hub, asked_by: int | None = None) -> GateTask:
    return GateTask(
        base=hub.tip(pull.base_ref),
        head=pull.head_sha,
        base_name=pull.base_ref,
        head_name=pull.head_ref,
        pull=pull,
        command=asked_by,
    )


def _pushed(event: Pushed) -> Task:
    if event.deleted or not event.default:
        return Nothing(why="only pushes to the default branch are recorded")
    return RecordTask(sha=event.sha, name=event.ref.removeprefix("refs/heads/"))


def _dispatched(event: Dispatched, inputs: Inputs, hub: Hub) -> Task:
    """By hand: the history of the default branch is topped up; a branch, or named commits, are gated."""
    name = event.ref.removeprefix("refs/heads/")
    if inputs.mode == "calibrate":
        return CalibrateTask(sha=event.sha, name=name)
    if inputs.mode == "model-update":
        return _model_update(event, inputs, name)
    if inputs.mode == "models":
        return _models(event, name)
    if inputs.mode == "weekly":
        return _weekly(event)
    if inputs.mode == "scheduled" or (event.clock and inputs.mode == "auto"):
        return _scheduled(event, name)
    if not _gates(event, inputs):
        return RecordTask(sha=event.sha, name=name)
    base, head = inputs.base or event.default_branch, inputs.head or event.sha
    return GateTask(
        base=_commit(base, hub),
        head=_commit(head, hub),
        base_name=base,
        head_name=inputs.head or name,
    )


def _model_update(event: Dispatched, inputs: Inputs, name: str) -> Task:
    """Pins move from the default branch: a pull request from another one would carry its commits along."""
    if not event.default:
        raise UsageError(
            "a model update starts from the default branch", f"run the workflow on {event.default_branch!r}"
        )
    if not inputs.old or not inputs.new:
        raise UsageError(
            "a model update needs the inputs `from` and `to`",
            "write them as `provider/model`, a dated snapshot",
        )
    return ModelUpdateTask(sha=event.sha, name=name, old=inputs.old, new=inputs.new)


def _models(event: Dispatched, name: str) -> Task:
    """There is one issue about the models: that of the default branch."""
    if not event.default:
        fix = f"run the workflow on {event.default_branch!r}; `mergefloor models --ref REF` shows another branch"
        raise UsageError("the issue about the models is that of the default branch", fix)
    return ModelsTask(sha=event.sha, name=name)


def _scheduled(event: Dispatched, name: str) -> Task:
    """The history is that of the default branch: what another branch measures would look like a change of it."""
    if not event.default:
        fix = f"run the workflow on {event.default_branch!r}"
        raise UsageError("a scheduled run is one of the default branch", fix)
    return ScheduledTask(sha=event.sha, name=name)


def _weekly(event: Dispatched) -> Task:
    """There is one report: that of the default branch, whatever history another branch would like to tell of."""
    if not event.default:
        fix = (
            f"run the workflow on {event.default_branch!r}; `mergefloor weekly` writes the page from a clone"
        )
        raise UsageError("the weekly report is that of the default branch", fix)
    return WeeklyTask(sha=event.sha)


def _gates(event: Dispatched, inputs: Inputs) -> bool:
    if inputs.mode in ("calibrate", "model-update", "models", "scheduled", "weekly"):
        return False
    named = inputs.mode == "gate" or inputs.head is not None or inputs.base is not None
    return named or not (event.default or inputs.mode == "record")


def _commit(name: str, hub: Hub) -> str:
    return name if SHA.fullmatch(name) else hub.tip(name)


def _commented(event: Commented, hub: Hub) -> Task:
    """A command, when a person who may give it wrote one; everything else is none of our business."""
    if not command.addressed(event.body) or not command.spoken_by_a_person(event):
        return Nothing(why="the comment is no command for mergefloor")
    asked = command.parse(event.body)
    if isinstance(asked, command.Refusal):
        return Nothing(why=asked.why, command=event.comment)
    pull = hub.pull(event.number)
    refused = command.refusal(asked, pull, event.author, hub)
    if refused is not None:
        return Nothing(why=refused.why, command=event.comment)
    if isinstance(asked, command.Run):
        return _gate(pull, hub, asked_by=event.comment)
    if isinstance(asked, command.Explain):
        base = hub.tip(pull.base_ref)
        return ExplainTask(pull=pull, base=base, case=asked.case, command=event.comment)
    override = command.override(asked, event.author, pull, hub.role(event.author))
    return OverrideTask(pull=pull, override=override, command=event.comment)
