"""What happened on GitHub, as data: the event that started a run, read and checked. Nothing here was fetched yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Mode: TypeAlias = Literal[
    "auto",
    "gate",
    "record",
    "calibrate",
    "model-update",
    "models",
    "scheduled",
    "weekly",
    "preflight",
    "command",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """A pull request as an event or the API tells it.

    `fork`: the head lives in another repository (or in one that was deleted); `bot`: opened by Dependabot, whose
    runs get a read-only token and none of the repository's secrets. `head_repo`: owner/name, None when deleted.
    """

    number: int
    head_sha: str
    head_ref: str
    base_ref: str
    base_sha: str
    author: str
    head_repo: str | None = None
    fork: bool = False
    bot: bool = False
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PullChanged:
    """`pull_request`: opened, pushed to, reopened, made ready or edited."""

    pull: Pull


@dataclass(frozen=True, slots=True, kw_only=True)
class PullTargeted:
    """`pull_request_target`: the privileged look at a fork's pull request. Nothing of it may run.

    `retargeted`: it was moved to another base branch, so that what was said of this commit no longer counts.
    """

    pull: Pull
    retargeted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupQueued:
    """`merge_group`: the merge queue asks about a group's own commit. `number` is for display only, from the ref."""

    base_sha: str
    head_sha: str
    base_ref: str
    head_ref: str
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """`push`. `default`: to the default branch; `deleted`: the branch is gone."""

    sha: str
    ref: str
    default: bool
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched:
    """`workflow_dispatch` on a branch, or `schedule`. `clock`: nobody pressed a button, the time had come."""

    sha: str
    ref: str
    default: bool
    default_branch: str = "main"
    clock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented:
    """`issue_comment`: somebody wrote under an issue or a pull request. `by_app`: through a GitHub App."""

    number: int
    comment: int
    author: str
    body: str
    on_pull: bool
    human: bool
    by_app: bool
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Any other event; `name` as GitHub spells it."""

    name: str


Activity: TypeAlias = PullChanged | PullTargeted | GroupQueued | Pushed | Dispatched | Commented | Other


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStamp:
    """Which run of which workflow this is; orders two runs that look at the same pull request.

    `started`: seconds since 1970 when this attempt started; `url`: where its log is read.
    """

    run: int
    attempt: int
    started: float
    url: str = ""

    @property
    def order(self) -> tuple[float, int, int]:
        """Newer runs compare greater. Microseconds, as they are written down: a run is not newer than itself."""
        return (round(self.started, 6), self.run, self.attempt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The inputs of action.yml (CONTRACT 5), checked. Keys are secrets and never shown. `old`, `new`: the models of an
    update, `from` and `to`."""

    config: str | None = None
    mode: Mode = "auto"
    token: str = ""
    status_context: str = "mergefloor"
    cache_path: str = ".mergefloor-cache"
    cache_key: str = ""
    base: str | None = None
    head: str | None = None
    suites: tuple[str, ...] = ()
    report_path: str | None = None
    exit_zero: bool = False
    comment: bool = True
    old: str = ""
    new: str = ""
    open_pr: bool = False
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run of the action: what happened, where, and what its workflow asked for.

    `repository`: owner/name; `workspace`: the checkout's folder, which may be empty; `sha`: the commit of the workflow.
    """

    activity: Activity
    inputs: Inputs
    repository: str
    stamp: RunStamp
    workspace: str
    sha: str
    api_url: str = "https://api.github.com"
    graphql_url: str = "https://api.github.com/graphql"
    server_url: str = "https://github.com"

    @property
    def origin(self) -> str:
        """Whose workflow this is and at which commit: `pull/12@<sha>`, `refs/heads/main@<sha>` (T25)."""
        return f"{_origin(self.activity)}@{self.sha}"


def _origin(activity: Activity) -> str:
    match activity:
        case PullChanged() | PullTargeted():
            return f"pull/{activity.pull.number}"
        case GroupQueued():
            return activity.head_ref
        case Pushed() | Dispatched():
            return activity.ref
        case Commented():
            return f"comment/{activity.comment}"
    return activity.name
