"""What a label means: its score, whether it passes, and the steps between ordered classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mergefloor.core.calibration.labels import Value

HALF = 0.5
STEPS = 3  # from so many on, classes are ordered ones; two are pass and fail
# What people write for pass and fail when a check has no classes of its own.
WORDS: dict[str, float] = {
    "pass": 1.0,
    "fail": 0.0,
    "yes": 1.0,
    "no": 0.0,
    "true": 1.0,
    "false": 0.0,
    "good": 1.0,
    "bad": 0.0,
    "correct": 1.0,
    "incorrect": 0.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How the labels of one check are read. `classes`: the score of each class, as in the check's `choices`.

    A score passes from `threshold` on: the check's own where it has one. Without one it is a half: people label a
    yes-or-no check with 0 and 1, and what lies between says how sure they are or how many of them say yes.
    """

    threshold: float = HALF
    classes: Mapping[str, float] = field(default_factory=dict)

    def score(self, value: Value) -> float | None:
        """The score of a label; None for a class that nobody defined."""
        if not isinstance(value, str):
            return value
        return self.classes.get(value) if self.classes else WORDS.get(value.strip().lower())

    def passes(self, score: float) -> bool:
        """Whether a score is a pass; what is no number is not."""
        return score >= self.threshold

    @property
    def levels(self) -> tuple[float, ...]:
        """The scores of ordered classes from the worst up; none where the check is pass or fail."""
        found = sorted(set(self.classes.values()))
        return tuple(found) if len(found) >= STEPS else ()

    def level(self, score: float) -> float:
        """What kappa compares: the nearest level (the lower of two as near), or 1 and 0 for pass and fail."""
        if not self.levels:
            return float(self.passes(score))
        return min(self.levels, key=lambda level: (abs(level - score), level))
