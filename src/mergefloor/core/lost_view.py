"""Which relevant documents a change no longer retrieves, in words: base's rank, head's rank."""

from __future__ import annotations

from collections.abc import Sequence

from mergefloor.core.excerpts import Clean
from mergefloor.core.retrieval import Lost
from mergefloor.core.wording import Name, Words, say

MOST = 5  # documents of one case


def lost_words(lost: Sequence[Lost], clean: Clean | None = None) -> Words:
    """Lost documents: `doc-17` 2 -> not in the first 10; `doc-3` 1 -> 14; nothing when none is lost."""
    if not lost:
        return ()
    found: list[Words] = [_one(each, clean or str) for each in lost[:MOST]]
    joined = found[0]
    for each in found[1:]:
        joined = say("{}; {}", joined, each)
    more = say(" and {} more", len(lost) - MOST) if len(lost) > MOST else ()
    return say("Lost documents: {}{}", joined, more)


def _one(each: Lost, clean: Clean) -> Words:
    now = str(each.head) if each.head is not None else f"not in the first {each.depth}"
    if each.depth == 0:
        now = "nothing was retrieved"
    return say("{} {} \u2192 {}", Name(clean(each.document)), each.base, now)
