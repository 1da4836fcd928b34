"""One judge's part in a verdict that several judges, or several questions, make together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What one judge said of one output; `passed` and `score` None: it gave no verdict, and `reason` says why.

    `orders`: of a comparison the preference for the output, shown first and shown second (1, a half for a tie, 0).
    """

    judge: str
    passed: bool | None
    score: float | None
    reason: str = ""
    orders: tuple[float, float] | None = None
