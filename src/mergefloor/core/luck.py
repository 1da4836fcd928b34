"""Chances as people say them: once in 250 runs."""

from __future__ import annotations

import math

OFTEN = 0.1
RARE = 1e-6


def once(p: float) -> str:
    """How often luck alone does something: 0.004 -> 'once in 250 runs', 0.3 -> 'in 3 of 10 runs'."""
    if not math.isfinite(p):
        return "how often is not known"
    if p < RARE:
        return "less than once in a million runs"
    if p > OFTEN:
        tenths = min(10, round(10 * p))
        return "almost every time" if tenths == 10 else f"in {tenths} of 10 runs"  # noqa: PLR2004 - of 10
    return f"once in {round(1 / p):,} runs"
