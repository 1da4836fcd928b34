"""The nouns of the version check: facts about a change, the bump they ask for, and the check itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.types import Place

Bump: TypeAlias = Literal["none", "patch", "minor", "major"]
RuleSet: TypeAlias = Literal["contract", "behaviour"]
Kind: TypeAlias = Literal[
    # static: read from the two prompts and from what they send
    "identical",
    "unreached",
    "variable-removed",
    "variable-renamed",
    "variable-required",
    "variable-optional",
    "variable-default",
    "output-field",
    "output-field-added",
    "output-format",
    "tool-changed",
    "tool-added",
    "model",
    "snapshot",
    "max-tokens",
    "parameters",
    "few-shots",
    "instructions",
    "weighty-words",
    "wording",
    # measured: read from the outputs
    "certified",
    "uncertified",
    "unresolved",
    "outputs-changed",
    "metric-moved",
    "regression",
    "schema-valid",
    "refusals",
    "cost",
    "latency",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that is true of a change, as a sentence without a full stop. What it asks for: `rules.TABLE`."""

    kind: Kind
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """The edit that mends a bump that is too small: the line of `place` reads `old` and should read `new`.

    Both are the whole line without its line end; indentation, quotes and comments are kept.
    """

    place: Place
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCheck:
    """Declared against required. `before`, `after`: versions as declared, None where none is; `declared`: the bump
    between them, None where it cannot be told; `required`: comparable with `declared`, so one level lower below
    1.0.0; `wanted`: the smallest version that would do; `why`: the facts that require it, most demanding first;
    `ok` None: nothing was declared, so nothing was promised, or missing answers leave it open. `measured`: outputs
    of both sides were compared. `suggestion`, `changelog`: the lines that mend a bump that is too small."""

    before: str | None
    after: str | None
    declared: Bump | None
    required: Bump
    wanted: str | None
    ok: bool | None
    why: tuple[str, ...]
    suggestion: Suggestion | None = None
    changelog: Suggestion | None = None
    measured: bool = False

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """Every line to write, in the order of the file."""
        found = [each for each in (self.suggestion, self.changelog) if each is not None]
        return tuple(sorted(found, key=lambda each: (each.place.path, each.place.line)))
