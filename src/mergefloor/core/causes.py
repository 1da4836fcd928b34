"""Why draws are not known, told once a cause: what a reader must mend before a run can decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from mergefloor.core.types import Cell, Failure, GradeMissing

SHOWN = 3
CANCELLED = "cancelled"


def failures(cells: Iterable[Cell]) -> tuple[Failure, ...]:
    """Every failure that left a gating outcome unknown: of the draw itself, or of a gating check."""
    found: list[Failure] = []
    for cell in cells:
        if isinstance(cell.output, Failure):
            found.append(cell.output)
        found += [g.failure for g in cell.grades if isinstance(g, GradeMissing) and g.gating]
    return tuple(found)


def sentences(found: Iterable[Failure]) -> tuple[str, ...]:
    """The most frequent causes, each with how many draws it cost and what to do about it."""
    counted = Counter(failure.message for failure in found)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(f"{_draws(count)} without an answer: {message}." for message, count in ranked[:SHOWN])


def cancelled(found: Iterable[Failure]) -> bool:
    """Whether a signal ended the run: then nothing was decided, whatever the draws that were made say (R32)."""
    return any(failure.code == CANCELLED for failure in found)


def _draws(count: int) -> str:
    return "1 draw" if count == 1 else f"{count} draws"
