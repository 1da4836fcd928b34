"""A judge's epoch: whatever makes its verdicts. Verdicts of two epochs are never compared; outputs are judged again."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.wording import count


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """A new one began: `outputs` stored outputs whose verdicts are of an older one were judged again. `since`: the day
    on which the last of those was drawn (2026-11-20); `judge`: another model judges now, else it is asked something else."""

    outputs: int
    since: str
    judge: bool


def sentence(epoch: Epoch) -> str:
    """What a report says of it."""
    what = "The judge" if epoch.judge else "What the judge is asked (its prompt, rubric or parameters)"
    stored = count(epoch.outputs, "stored output was", "stored outputs were")
    return f"{what} changed since {epoch.since}: {stored} judged again, and no older verdict counts."
