"""A model update as a value: every suite's verdict, the edits that follow, and what was left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from mergefloor.core.evidence import MetricDecision
from mergefloor.core.report import CaseChange, Cost
from mergefloor.core.updating.direction import Direction, Ending
from mergefloor.core.updating.figures import ArmFigures, LengthChange
from mergefloor.core.updating.judge import JudgeUpdate


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteUpdate:
    """One suite under both models. `reverse`: the same metrics for the change back; `version`: what the move asks of
    the prompt's version, in a sentence."""

    name: str
    prompt: str
    ending: Ending
    direction: Direction
    reasons: tuple[str, ...]
    metrics: tuple[MetricDecision, ...]
    reverse: tuple[MetricDecision, ...]
    base: ArmFigures
    head: ArmFigures
    cases: int
    broken: tuple[CaseChange, ...] = ()
    fixed: tuple[CaseChange, ...] = ()
    longest: tuple[LengthChange, ...] = ()
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEdit:
    """One file of the update, whole, before and after."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Something that the update leaves alone, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One update from one model to another. `todo`: what a person has to do by hand; `remarks`: what to know.
    `files`: what the pull request would change; `judge`: where the old model is the judge, what the new one makes
    of it; `embedding`: it embeds too, which no run of the suites can decide."""

    old: str
    new: str
    ref: str
    sha: str
    suites: tuple[SuiteUpdate, ...] = ()
    files: tuple[FileEdit, ...] = ()
    cost: Cost = field(default_factory=Cost)
    duration_s: float = 0.0
    config: str | None = None
    left: tuple[Left, ...] = ()
    todo: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    scripted: bool = False
    judge: JudgeUpdate | None = None
    embedding: bool = False

    @property
    def endings(self) -> tuple[Ending, ...]:
        """How everything that was asked about ended."""
        judged: tuple[Ending, ...] = () if self.judge is None else (self.judge.ending,)
        unasked: tuple[Ending, ...] = ("undecided",) if self.embedding else ()
        return (*(suite.ending for suite in self.suites), *judged, *unasked)

    @property
    def exit_code(self) -> Literal[0, 1, 2]:
        """0: everything moves; 1: something was refused; 2: something could not be decided."""
        return exit_code(self.endings)


def exit_code(endings: Sequence[Ending]) -> Literal[0, 1, 2]:
    """A refusal outranks a gap in the evidence."""
    if "refused" in endings:
        return 1
    return 2 if "undecided" in endings else 0
