"""What a mode wants done to the world, as data. Adapters apply them; a test compares them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.activity import RunStamp
from mergefloor.core.hub import State
from mergefloor.core.semver import Suggestion
from mergefloor.core.types import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteFile:
    """Write a text file, parents included."""

    path: str
    text: str
    overwrite: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """Show text to the person at the terminal."""

    text: str
    stream: Literal["out", "err"] = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStatus:
    """A commit status. The description may be of any length: the adapter cuts it at GitHub's 140 characters.

    `final`: a run that cannot write this one has not been heard, and ends with exit code 2 (R24).
    """

    sha: str
    context: str
    state: State
    description: str
    url: str = ""
    final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertComment:
    """The one comment with this marker on a pull request: created, or edited in place.

    `marker` is the first line. `sha`: the head that the text speaks of; the comment stays as it is when the pull
    request has moved on, or when a newer run (`stamp`) has written it (PLATFORM 2).
    """

    pull: int
    marker: str
    body: str
    sha: str
    stamp: RunStamp


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendComment:
    """A block at the top of the comment with this marker, in the place of an earlier block; the rest stays.

    Who wrote the rest, and when, stays too: this says something about a run without being one. Where there is no
    comment yet, the block alone makes one.
    """

    pull: int
    marker: str
    block: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestChange:
    """The lines that one click should change on a pull request, all of them: an earlier suggestion of ours that is
    not among them has been dealt with and is resolved. `marker` begins each of our review comments."""

    pull: int
    marker: str
    sha: str
    suggestions: tuple[tuple[Suggestion, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class React:
    """A reaction to a comment: seen, done, refused."""

    comment: int
    content: Literal["eyes", "rocket", "confused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendSummary:
    """Markdown for the page of the run."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotate:
    """A line of the log that GitHub shows at a file."""

    level: Literal["error", "warning", "notice"]
    message: str
    place: Place | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOutput:
    """An output of the step."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveState:
    """A value for the step that runs after this one, whatever happens to this one."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertIssue:
    """The one issue with this marker: created, edited in place, or reopened when it was closed.

    `marker`: the first line of its body; with the token that wrote it the only thing by which it is found. `labels`
    are added, never removed (people sort issues too). `comment`: said below it once for each time that it is opened
    or reopened: this is where a person may be mentioned. `stamp`: an issue that a newer run has written or closed
    stays as it is.
    """

    marker: str
    title: str
    body: str
    stamp: RunStamp
    labels: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIssue:
    """Close the open issue with this marker as completed, with a last comment, unless a newer run has written it.
    Where there is none, nothing is done."""

    marker: str
    comment: str
    stamp: RunStamp


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentIssue:
    """Add a comment below the issue with this marker, open or closed, at most once for each `key`; the first text
    of a key stays."""

    marker: str
    key: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPullRequest:
    """The one pull request from `branch`: opened, or brought to these files and this text when it is open.

    `base`: the branch it goes to; `base_sha`: the commit that the files were edited from, and the one parent of the
    commit. `files`: path and whole new text. A commit that makes this change already, on an older base, stays. A
    branch on which a person has committed is left alone, and so is what a person closed, or what was merged, with
    these very files; that is said.
    """

    branch: str
    base: str
    base_sha: str
    title: str
    body: str
    message: str
    files: tuple[tuple[str, str], ...]
    stamp: RunStamp
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePullRequest:
    """Close our pull request from this branch because it is obsolete, say why, and delete the branch unless it holds
    a person's commit. The same files may be proposed again later."""

    branch: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendHistory:
    """Add lines to JSON Lines files of the data branch, without losing what another run adds at the same time.

    `lines`: path and one line without its line break. A line that is there already is not added again, so that a
    repeated run changes nothing. The branch is made, without a parent, where it does not exist.
    """

    branch: str
    message: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishFiles:
    """Replace whole files of the data branch (dashboard, badge); other files stay."""

    branch: str
    message: str
    files: tuple[tuple[str, str], ...]


Effect: TypeAlias = (
    WriteFile
    | Print
    | SetStatus
    | UpsertComment
    | AmendComment
    | SuggestChange
    | React
    | UpsertIssue
    | CloseIssue
    | CommentIssue
    | OpenPullRequest
    | ClosePullRequest
    | AppendHistory
    | PublishFiles
    | AppendSummary
    | Annotate
    | SetOutput
    | SaveState
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a mode ended: the exit code (CONTRACT 4) and what is to be done."""

    exit_code: Literal[0, 1, 2, 3]
    effects: tuple[Effect, ...] = ()
