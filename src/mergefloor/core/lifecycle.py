"""Model names as a team must see them: floating or dated, what to name instead, and when they end."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.types import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelNotice:
    """One model name somewhere in the repository. `instead`: the dated name to use, where the table knows it;
    `retires`: ISO date, `days_left` may be negative."""

    name: str
    place: Place
    floating: bool
    instead: str | None = None
    retires: str | None = None
    days_left: int | None = None
