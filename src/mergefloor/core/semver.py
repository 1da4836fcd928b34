"""What a version number promises, and whether the change keeps the promise (DECISION 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.types import Place

Bump: TypeAlias = Literal["none", "patch", "minor", "major"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """The edit that mends a bump that is too small: replace `old` by `new` on the line of `place`."""

    place: Place
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCheck:
    """Declared against required. `before`, `after`: versions as declared, None where none is; `declared`: the bump
    between them, None where it cannot be told; `wanted`: the smallest version that would do; `why`: the facts that
    require it, most demanding first; `ok` None: nothing was declared, so nothing was promised."""

    before: str | None
    after: str | None
    declared: Bump | None
    required: Bump
    wanted: str | None
    ok: bool | None
    why: tuple[str, ...]
    suggestion: Suggestion | None = None
    measured: bool = False
