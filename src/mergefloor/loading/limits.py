"""How much a loader reads before it refuses (T60, T61, T68)."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one file: bytes in all, levels of nesting, values, characters of a text, rows, bytes of a line."""

    size: int
    depth: int = 40
    nodes: int = 50_000
    scalar: int = 200_000
    rows: int = 10_000
    line: int = MIB


CONFIG = Limits(size=MIB)
PROMPT = Limits(size=5 * MIB)
DATA = Limits(size=50 * MIB, nodes=600_000, scalar=MIB)
