"""What a look at a gate found, and what it could not see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.types import Place

Level: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One weakness. `error`: the gate can be passed by or blocks for ever; `warning`: it holds, but weaker or dearer.

    `what`: one sentence; `fix`: what to type or write, further lines are lines of a file. `place` None: a setting on
    GitHub.
    """

    rule: str
    level: Level
    place: Place | None
    what: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """Something that was not looked at, and how it would be. `vital`: without it nobody knows whether the gate holds."""

    what: str
    fix: str
    vital: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Everything about one gate. `workflows`: the files that run mergefloor."""

    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...] = ()
    workflows: tuple[str, ...] = ()

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.level == "error" for finding in self.findings)

    @property
    def exit_code(self) -> Literal[0, 1, 2]:
        """1: errors were found; 2: something vital could not be seen; 0: the gate holds as far as was looked."""
        if self.errors:
            return 1
        return 2 if any(gap.vital for gap in self.unchecked) else 0
