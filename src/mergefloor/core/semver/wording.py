"""How two versions of one sentence differ: in words that weigh, in what they say, or in other wording."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

from mergefloor.core.semver.lexicon import Weight, opposite, weight

_TOKEN = re.compile(
    r"[+-]?\d(?:[\d.,:/_-]*\d)?(?:st|nd|rd|th)?"  # 12, 0.5, 2026-10-02, -3, 1st
    r"|[\u3040-\u30ff\u3400-\u9fff]"  # scripts without blanks: a character is a word
    r"|[^\W\d_]+(?:['’-][^\W\d_]+)*"
    r"|[^\w\s]"
)
# Words that carry grammar, not content, and are no rule either.
_GRAMMAR = """
a an the this that these those it its is are was were be been being am do does did has have had having of in on at to
for from by with as into about your you their they them he she his her we our i me my and or so then than also too very
just which who what how there here such well etc ensure make sure
"""
GRAMMAR = frozenset(_GRAMMAR.split())
_SPELLING = 0.75
_REWRITTEN = 3  # words of content that came or went: more is another instruction, whatever the rest says
_COMPARED = 60
_SHORT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighty:
    """Words that weigh and that changed, as they stood before and stand now."""

    kinds: tuple[Weight | str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


def tokens(text: str) -> tuple[str, ...]:
    """Words, numbers and signs, casefolded, in order."""
    return tuple(_TOKEN.findall(text.replace("\u2019", "'").casefold()))


def weighty(before: Sequence[str], after: Sequence[str]) -> Weighty | None:
    """The weighty words where two token sequences differ in them or in their order; None where they do not."""
    old, new = ([word for word in side if weight(word)] for side in (before, after))
    if old != new:
        gone, come = _difference(old, new), _difference(new, old)
        kinds = tuple(dict.fromkeys(found for word in (*gone, *come) if (found := weight(word))))
        if not kinds:
            return Weighty(kinds=("order",), before=tuple(old), after=tuple(new))
        return Weighty(kinds=kinds, before=gone, after=come)
    return _turned(_difference(before, after), _difference(after, before))


def _turned(gone: tuple[str, ...], come: tuple[str, ...]) -> Weighty | None:
    for one in gone[:_COMPARED]:
        for other in come[:_COMPARED]:
            if opposite(one, other):
                return Weighty(kinds=("opposite",), before=(one,), after=(other,))
    return None


def rewritten(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether so many words of content came or went that the sentence says something else. Corrected spelling and
    words of grammar do not count."""
    gone, come = (_content(words) for words in (_difference(before, after), _difference(after, before)))
    left = list(come)
    for word in gone[:_COMPARED]:
        twin = next((other for other in islice(left, _COMPARED) if same_word(word, other)), None)
        if twin is not None:
            left.remove(twin)
    twins = len(come) - len(left)
    return max(len(gone) - twins, len(left)) >= _REWRITTEN


def likeness(before: Sequence[str], after: Sequence[str]) -> float:
    """Share of tokens that two sentences have in common (Dice), 0 to 1; of short ones, the share of letters."""
    both = sum((Counter(before) & Counter(after)).values())
    share = 2 * both / max(1, len(before) + len(after))
    if not both and len(before) == len(after) <= _SHORT:
        share = sum(same_word(one, other) for one, other in zip(before, after, strict=True)) / max(
            1, len(before)
        )
    return share


def changed_words(before: Sequence[str], after: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that went and the words that came."""
    return _difference(before, after), _difference(after, before)


def same_word(one: str, other: str) -> bool:
    """Whether one word is the other, spelled or inflected differently."""
    return SequenceMatcher(None, one[:_COMPARED], other[:_COMPARED], autojunk=False).ratio() >= _SPELLING


def _content(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in GRAMMAR and word[0].isalnum()]


def _difference(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """What `one` has more of than `other`, in order of first appearance."""
    return tuple((Counter(one) - Counter(other)).elements())
