"""`mergefloor cache`: what is kept on this machine, in words."""

from __future__ import annotations

from collections.abc import Mapping

from mergefloor.core.effects import Outcome, Print


def table(rows: Mapping[str, str]) -> Outcome:
    """Facts, one a line."""
    width = max(map(len, rows))
    return Outcome(
        exit_code=0, effects=(Print(text="\n".join(f"{k:<{width}}  {v}" for k, v in rows.items())),)
    )
