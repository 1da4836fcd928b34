"""What an event asks of us once GitHub was asked what holds now. Exactly one a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.activity import Pull
from mergefloor.core.report import Override


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTask:
    """Compare two commits and set the status on `head`. `base`, `head`: full commit ids; the names are for people.

    `pull`: where the comment goes (None in a merge queue). `command`: the comment that asked for the run.
    """

    base: str
    head: str
    base_name: str
    head_name: str
    pull: Pull | None = None
    command: int | None = None

    @property
    def private(self) -> bool:
        """A fork's texts are not shown again (T16)."""
        return self.pull is not None and self.pull.fork


@dataclass(frozen=True, slots=True, kw_only=True)
class LookTask:
    """Look at a change without running it: a fork or a bot without secrets. `privileged`: the status may be set."""

    pull: Pull
    base: str
    privileged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTask:
    """Top up the history of a commit of the default branch."""

    sha: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrateTask:
    """Compare the judge of a commit with people's labels."""

    sha: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUpdateTask:
    """Try model `new` in the place of `old` on a commit of the default branch, whose name is `name`."""

    sha: str
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsTask:
    """Look at every pin of a commit of the default branch and keep their issue up to date."""

    sha: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledTask:
    """Run every suite of a commit of the default branch with new samples."""

    sha: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyTask:
    """Sum up the week from the history. `sha`: of the default branch, whose config names the report's issue."""

    sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainTask:
    """Answer `/mergefloor explain` with one case in full."""

    pull: Pull
    base: str
    case: str
    command: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideTask:
    """Let one commit in although it is blocked."""

    pull: Pull
    override: Override
    command: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """There is nothing to do, or nothing that may be done: why, and what the person who asked is shown."""

    why: str
    exit_code: Literal[0, 2] = 0
    command: int | None = None


Task: TypeAlias = (
    GateTask
    | LookTask
    | RecordTask
    | CalibrateTask
    | ModelUpdateTask
    | ModelsTask
    | ScheduledTask
    | WeeklyTask
    | ExplainTask
    | OverrideTask
    | Nothing
)
