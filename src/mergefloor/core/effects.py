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


Effect: TypeAlias = (
    WriteFile
    | Print
    | SetStatus
    | UpsertComment
    | AmendComment
    | SuggestChange
    | React
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
