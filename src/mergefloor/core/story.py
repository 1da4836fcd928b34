"""One case in full: what was sent, what came back, what every check said, and why the cache had no answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mergefloor.core.compare import value
from mergefloor.core.settings import PASS_RATE
from mergefloor.core.types import ArmName, Cell, Message, Output, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """Nothing is stored for a request. `parts`: the components of the cache key in which the nearest stored
    request of that kind differs; empty when nothing is stored at all (DECISION 6)."""

    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmStory:
    """One arm of a case: the model, the messages and every stored draw with its grades, or the miss."""

    arm: ArmName
    model: str
    messages: tuple[Message, ...]
    draws: tuple[Cell, ...]
    miss: Miss | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A case of a suite. `identical`: both arms send the same bytes."""

    suite: str
    case: str
    place: Place
    identical: bool
    arms: tuple[ArmStory, ...]


def typical(arm: ArmStory) -> str | None:
    """The answer of the first draw that agrees with most of the arm's draws; None without any answer."""
    drawn = [
        (cell.output.text, value(PASS_RATE, "binary", cell))
        for cell in arm.draws
        if isinstance(cell.output, Output)
    ]
    known = [passed for _, passed in drawn if passed is not None]
    if not known:
        return drawn[0][0] if drawn else None
    mostly = 2 * sum(known) >= len(known)
    return next(text for text, passed in drawn if passed is not None and bool(passed) == mostly)


def miss(wanted: Mapping[str, str], stored: Iterable[Mapping[str, str]]) -> Miss:
    """The parts in which the nearest of the stored keys differs from the wanted one."""
    alike = [parts for parts in stored if parts.keys() == wanted.keys()]
    if not alike:
        return Miss()
    nearest = min(alike, key=lambda parts: (len(_differing(wanted, parts)), sorted(parts.items())))
    return Miss(parts=_differing(wanted, nearest))


def _differing(wanted: Mapping[str, str], parts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in sorted(wanted) if wanted[name] != parts[name])
