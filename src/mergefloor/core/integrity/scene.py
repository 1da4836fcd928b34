"""What a change is compared with and what it leaves: configs, suites, cases, and the files it touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mergefloor.core.prompt import PromptVersion
from mergefloor.core.settings import Config
from mergefloor.core.types import Case, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteScene:
    """One suite on one side. `prompt` None: there is no such file, or it was not read.

    `prompt_text` is everything of the prompt that reaches the model, without its embedded cases. `golden` and
    `watched` are the files of the head's tree that this side's globs name, so that two sides can be told apart.
    """

    prompt: PromptVersion | None = None
    prompt_text: str = ""
    cases: tuple[Case, ...] = ()
    model: str = ""
    params: Mapping[str, Json] = field(default_factory=dict)
    golden: frozenset[str] = frozenset()
    watched: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One side of a change: its config and, by name, its suites."""

    config: Config
    suites: Mapping[str, SuiteScene] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file that differs. A text is None where the side has no such file or it could not be read as text."""

    path: str
    kind: Literal["added", "modified", "deleted"]
    before: str | None = None
    after: str | None = None

    @property
    def added(self) -> tuple[str, ...]:
        """Lines of the new text that the old one does not have, or has less often."""
        return _more(self.after, self.before)

    @property
    def removed(self) -> tuple[str, ...]:
        """Lines of the old text that the new one does not have, or has less often."""
        return _more(self.before, self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Every file that the change touched; `covered` tells whether a suite of either side runs on a path."""

    files: tuple[FileChange, ...] = ()
    covered: Callable[[str], bool] = lambda _path: False


def _more(text: str | None, other: str | None) -> tuple[str, ...]:
    """Moving lines about changes nothing. Lines end at \\n alone: other separators are characters to look at."""
    spare = Counter(_lines(other))
    found = []
    for line in _lines(text):
        spare[line] -= 1
        if spare[line] < 0:
            found.append(line)
    return tuple(found)


def _lines(text: str | None) -> list[str]:
    return [line.removesuffix("\r") for line in text.split("\n")] if text else []
