"""Runs of words: how much of one text stands in another, whatever the line breaks, case and punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TypeAlias

SIZE = 5
_WORD = re.compile(r"[^\W_]+")
Runs: TypeAlias = "frozenset[tuple[str, ...]]"


def words(text: str) -> tuple[str, ...]:
    """The words of a text, folded."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def shingles(listed: Sequence[str], size: int = SIZE) -> Runs:
    """Every run of `size` words; none where there are fewer."""
    return frozenset(tuple(listed[at : at + size]) for at in range(len(listed) - size + 1))


def share(part: Runs, whole: Runs) -> float:
    """The share of one text's runs that stand in the other; 0 where there are none."""
    return len(part & whole) / len(part) if part else 0.0
