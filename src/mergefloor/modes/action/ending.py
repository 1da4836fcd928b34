"""A run that an error ended: what its status says, and what is left on its page, in its log and at the lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from mergefloor.core.bulletin import Bulletin, invalid, undecided
from mergefloor.core.effects import Annotate, AppendSummary, Print, SetOutput
from mergefloor.core.hub import State
from mergefloor.errors import InputError, MergefloorError
from mergefloor.modes.action.posting import outputs_without_report, spoken
from mergefloor.render import status_line

USAGE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """`line`: for the status; `said`: for the runner."""

    exit_code: Literal[2, 3]
    state: State
    line: str
    said: tuple[SetOutput | AppendSummary | Print | Annotate, ...]


def told_of(error: MergefloorError) -> tuple[Bulletin, Literal[2, 3]]:
    """An error in words, and its exit code (CONTRACT 4)."""
    if isinstance(error, InputError):
        return invalid(error.problems), 3
    return undecided(error.what, error.fix), 3 if error.exit_code == USAGE else 2


def ending(error: MergefloorError, *, url: str, redact: Callable[[str], str]) -> Ending:
    """The end of a run that has no report. `url`: its page, "" where that is not known yet."""
    told, code = told_of(error)
    annotated = () if told.problems else (Annotate(level="error", message=str(error), title="mergefloor"),)
    return Ending(
        exit_code=code,
        state="failure" if code == USAGE else "error",
        line=status_line(told, redact=redact),
        said=(*outputs_without_report(told.verdict), *spoken(told, url=url, redact=redact), *annotated),
    )
