"""What a repository asks of its scheduled runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`samples`: new draws of every case in a run. One is what a chart needs; cost grows with it."""

    samples: int = 1
