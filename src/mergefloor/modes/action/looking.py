"""A change that is looked at and not run: a fork's, or a bot's whose run has no secrets. It fails closed."""

from __future__ import annotations

from typing import Literal

from mergefloor.core.bulletin import Bulletin, invalid, untouched, waiting
from mergefloor.core.effects import Effect, Outcome
from mergefloor.core.hub import State
from mergefloor.core.hushed import silent
from mergefloor.modes.action import posting
from mergefloor.modes.action.look import Touched, by_blobs, by_reading
from mergefloor.modes.action.place import Place
from mergefloor.modes.action.tasks import LookTask
from mergefloor.modes.world import World
from mergefloor.render import status_line


def look(task: LookTask, place: Place, world: World) -> Outcome:
    """Nothing relevant: pass, with the count of files as evidence. Else a maintainer has to ask for the run."""
    found = _found(task, place, world)
    told = _told(task, found)
    if task.privileged:
        return _preflight(task, found, told, place)
    code: Literal[0, 2, 3] = (3 if found.problems else 2) if found.relevant else 0
    effects: tuple[Effect, ...] = (
        *posting.outputs_without_report(told.verdict),
        *posting.spoken(told, url=place.stamp.url, redact=place.redact),
    )
    if task.pull.bot and not task.pull.fork:
        # A bot's token may be allowed to write what a fork's never may; where it is not, the context stays Expected.
        state: State = "error" if code else "success"
        line = status_line(told, redact=place.redact)
        effects += (posting.status(task.pull.head_sha, state, line, place, final=False),)
    return Outcome(exit_code=code, effects=effects)


def _found(task: LookTask, place: Place, world: World) -> Touched:
    read = by_blobs if task.privileged else by_reading
    return read(task.base, task.pull.head_sha, place.inputs.config, world)


def _told(task: LookTask, found: Touched) -> Bulletin:
    if not found.relevant:
        return untouched(found.files)
    if found.problems:
        return invalid(found.problems)
    return waiting(
        "dependabot" if task.pull.bot and not task.pull.fork else "fork",
        task.pull.head_sha,
        suites=[name for name, _ in found.suites],
        findings=tuple(map(silent, found.tampering)) if task.pull.fork else found.tampering,
    )


def _preflight(task: LookTask, found: Touched, told: Bulletin, place: Place) -> Outcome:
    """The privileged look: it may set the status, so a fork that touches nothing needs nobody."""
    state: State = "pending" if found.relevant else "success"
    line = status_line(told, redact=place.redact)
    return Outcome(
        exit_code=0,
        effects=(
            *posting.spoken(told, url=place.stamp.url, redact=place.redact),
            posting.status(task.pull.head_sha, state, line, place),
        ),
    )
