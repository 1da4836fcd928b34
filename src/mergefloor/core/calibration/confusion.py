"""The judge's pass and fail against people's, and what a drop looks like through such a judge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mergefloor.core.calibration.corrected import Estimate, wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Counts of outputs: people's verdict first, the judge's second."""

    pass_pass: int = 0
    pass_fail: int = 0
    fail_pass: int = 0
    fail_fail: int = 0

    @classmethod
    def of(cls, pairs: Iterable[tuple[bool, bool]]) -> Confusion:
        """Counted from pairs (people pass it, the judge passes it)."""
        rows = list(pairs)
        return cls(
            pass_pass=rows.count((True, True)),
            pass_fail=rows.count((True, False)),
            fail_pass=rows.count((False, True)),
            fail_fail=rows.count((False, False)),
        )

    @property
    def n(self) -> int:
        """All outputs."""
        return self.passes + self.failures

    @property
    def passes(self) -> int:
        """Those that people pass."""
        return self.pass_pass + self.pass_fail

    @property
    def failures(self) -> int:
        """Those that people fail."""
        return self.fail_pass + self.fail_fail

    @property
    def sensitivity(self) -> Estimate | None:
        """Of what people pass, the share that the judge passes; Wilson's interval. None of nothing."""
        return wilson(self.pass_pass, self.passes)

    @property
    def specificity(self) -> Estimate | None:
        """Of what people fail, the share that the judge fails; Wilson's interval. None of nothing."""
        return wilson(self.fail_fail, self.failures)

    @property
    def clarity(self) -> float | None:
        """Sensitivity + specificity - 1 (Youden 1950): the part of a difference that the judge lets through."""
        if self.sensitivity is None or self.specificity is None:
            return None
        return self.sensitivity.value + self.specificity.value - 1


def seen(drop: float, confusion: Confusion) -> float | None:
    """What a true drop of the pass rate shows as in this judge's pass rate: `drop` x clarity (Rogan and Gladen 1978).

    None where the labels do not tell. At or below 0 the judge shows no drop, or shows it as a gain.
    """
    return None if confusion.clarity is None else drop * confusion.clarity


def behind(shown: float, confusion: Confusion) -> float | None:
    """The true drop behind one that this judge shows; None where the judge cannot show it, whatever happens."""
    clarity = confusion.clarity
    if clarity is None or clarity <= 0 or shown > clarity:
        return None
    return shown / clarity
