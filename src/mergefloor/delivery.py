"""Effects applied: files and text here, everything else by the adapter that can."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, assert_never

from mergefloor.core.effects import (
    AmendComment,
    Annotate,
    AppendHistory,
    AppendSummary,
    CloseIssue,
    ClosePullRequest,
    CommentIssue,
    Effect,
    OpenPullRequest,
    Outcome,
    Print,
    PublishFiles,
    React,
    SaveState,
    SetOutput,
    SetStatus,
    SuggestChange,
    UpsertComment,
    UpsertIssue,
    WriteFile,
)
from mergefloor.core.hub import State
from mergefloor.errors import HubError, MergefloorError

ExitCode: TypeAlias = Literal[0, 1, 2, 3]
UNHEARD: Literal[2] = 2
PATIENCE_S = 420.0  # status 5 minutes, comment 60 s, suggestion 60 s (R23)
# What comes before the work may wait for one rate limit of a minute: the final status counts.
OPENING_S = 90.0
REFUSED = (401, 403, 404, 422)
ForGitHub: TypeAlias = (
    SetStatus
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
)
ForRunner: TypeAlias = Print | AppendSummary | Annotate | SetOutput | SaveState
NOUNS: dict[type, str] = {
    SetStatus: "the status was not set",
    UpsertComment: "the comment was not written",
    AmendComment: "the comment was not amended",
    SuggestChange: "the suggestion was not made",
    React: "no reaction was left",
    UpsertIssue: "the issue was not written",
    CloseIssue: "the issue was not closed",
    CommentIssue: "the issue was not commented on",
    OpenPullRequest: "the pull request was not opened",
    ClosePullRequest: "the pull request was not closed",
    AppendHistory: "the history was not extended",
    PublishFiles: "the pages were not published",
}


class OnGitHub(Protocol):
    """Writes to GitHub; each method raises HubError, or returns a remark where it left quietly."""

    def apply(self, effect: ForGitHub) -> str | None:
        """Do it."""


class OnRunner(Protocol):
    """Writes to the runner's log and files. Nothing here raises: what cannot be written is said in the log."""

    def apply(self, effects: Iterable[ForRunner]) -> None:
        """Carry them out; the last text comes last."""


def apply(outcome: Outcome) -> None:
    """Do to the world what a mode asked for: write files, show text. A file that cannot be written ends the run,
    but only after everything was shown: it was paid for."""
    refused: list[str] = []
    for effect in outcome.effects:
        if isinstance(effect, WriteFile):
            refused += _write(effect)
        elif isinstance(effect, Print):
            print(effect.text, file=sys.stdout if effect.stream == "out" else sys.stderr)
        elif not isinstance(effect, AppendSummary | Annotate | SetOutput):  # for GitHub's runner alone
            raise TypeError(f"{type(effect).__name__} needs GitHub, and this command has none")
    if refused:
        raise MergefloorError("; ".join(refused), "name a path that can be written, with room on its disk")


class Delivery:
    """Effects of a run on GitHub. Only the final status can change how the run ends (R24)."""

    def __init__(
        self,
        hub: OnGitHub,
        runner: OnRunner,
        within: Callable[[float], AbstractContextManager[None]],
        workspace: Path,
    ) -> None:
        self._hub, self._runner, self._within, self._workspace = hub, runner, within, workspace
        self._pending: SetStatus | None = None

    def expect(self, status: SetStatus | None) -> None:
        """Where the last word goes if the run ends before it has written anything. None: nowhere."""
        self._pending = status

    def begin(self, effects: Sequence[Effect]) -> None:
        """What comes before the work. HubError when GitHub refuses our status: nothing is paid for that cannot be told."""
        self._runner.apply([each for each in effects if isinstance(each, SaveState)])
        with self._within(OPENING_S):
            for effect in effects:
                if isinstance(effect, SetStatus):
                    self._announce(effect)
                elif isinstance(effect, React):
                    self._try(effect)

    def conclude(self, outcome: Outcome, *, exit_zero: bool, seconds: float = PATIENCE_S) -> ExitCode:
        """Apply everything; the exit code. `exit_zero` counts only once GitHub has the final status. `seconds`: what
        all of GitHub may take."""
        with self._within(seconds):
            return self._conclude(outcome, exit_zero)

    def _conclude(self, outcome: Outcome, exit_zero: bool) -> ExitCode:
        said: list[ForRunner] = []
        final = [each for each in outcome.effects if isinstance(each, SetStatus) and each.final]
        heard = True
        for effect in outcome.effects:
            match effect:
                case WriteFile():
                    said += [_warning(problem) for problem in self._written(effect)]
                case SetStatus():
                    accepted = self._try(effect, said=said)
                    heard = heard and (accepted or not effect.final)
                    said += self._settled(effect) if accepted else []
                case UpsertComment() | AmendComment() | SuggestChange() | React():
                    self._try(effect, said=said)
                case UpsertIssue() | CloseIssue() | CommentIssue() | OpenPullRequest() | ClosePullRequest():
                    self._try(effect, said=said)
                case AppendHistory() | PublishFiles():
                    self._try(effect, said=said)
                case Print() | AppendSummary() | Annotate() | SetOutput() | SaveState():
                    said.append(effect)
                case _:
                    assert_never(effect)
        self._runner.apply(said)
        if final and not heard:
            return UNHEARD
        return 0 if exit_zero and final else outcome.exit_code

    def settle(self, state: State, description: str, *, seconds: float = PATIENCE_S) -> None:
        """The last word of a run that ended early: its pending status must not stay."""
        last = self._pending
        if last is None:
            return
        word = replace(last, state=state, description=description, final=True)
        said: list[ForRunner] = []
        with self._within(seconds):
            if self._try(word, said=said):
                said += self._settled(word)
        self._runner.apply(said)

    def _written(self, effect: WriteFile) -> list[str]:
        """A change may have put a link where the report goes: nothing is written outside of the workspace."""
        target = self._workspace / effect.path
        if not target.resolve().is_relative_to(self._workspace.resolve()):
            return [f"{effect.path!r} leads out of the workspace and was not written"]
        return _write(replace(effect, path=str(target)))

    def _announce(self, effect: SetStatus) -> None:
        self._pending = effect  # also when a signal comes while GitHub is writing it
        try:
            self._hub.apply(effect)
        except HubError as error:
            if error.status in REFUSED:
                self._pending = None
                raise
            self._runner.apply([_warning(f"the status could not be set to {effect.state} yet: {error}")])

    def _settled(self, effect: SetStatus) -> list[ForRunner]:
        if not effect.final:
            return []
        self._pending = None
        return [SaveState(name="done", value="1")]

    def _try(self, effect: ForGitHub, *, said: list[ForRunner] | None = None) -> bool:
        """Whether GitHub took it; what went wrong, or a remark, is added to what will be said."""
        told = said if said is not None else []
        try:
            remark = self._hub.apply(effect)
        except HubError as error:
            told.append(_warning(f"{NOUNS[type(effect)]}: {error}"))
            return False
        if remark:
            told.append(Annotate(level="notice", message=remark, title="mergefloor"))
        return True


def _warning(text: str) -> Annotate:
    return Annotate(level="warning", message=text, title="mergefloor")


def _write(effect: WriteFile) -> list[str]:
    """What is wrong with the place where a file should go; nothing when it was written."""
    target = Path(effect.path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(effect.text, encoding="utf-8")
    except OSError as error:
        return [f"{effect.path!r} cannot be written ({error.strerror or error})"]
    return []
