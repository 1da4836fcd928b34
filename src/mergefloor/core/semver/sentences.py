"""Two texts as sentences: which were added, removed, moved, and which were edited into which."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mergefloor.core.semver.wording import likeness, tokens

# What may stand before a line's text: bullets, list numbers, headings, quotes, table bars.
_MARKER = re.compile(
    r"[ \t]*(?:(?:[-*+>#•|–—]+|\(?[0-9]{1,3}[.)]|\(?[a-z][.)])[ \t]+)*(?:[-*+>#•|–—]+[ \t]*$)?"
)
_SENTENCE = re.compile(
    r"(?<=[.!?;])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\betc\.)(?<!\bvs\.)[ \t]+|(?<=[。！？])", re.IGNORECASE
)
_ALIKE = 0.5
_PAIRS = 2500


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Sentences that came and went, and those that were edited: (before, after)."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    edited: tuple[tuple[str, str], ...] = ()


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of every line, without bullets, list numbers and blanks around them."""
    lines = (_MARKER.sub("", line, count=1) for line in text.splitlines())
    return tuple(part.strip() for line in lines for part in _SENTENCE.split(line) if part.strip())


def edits(before: str, after: str) -> Edits:
    """What came, what went, and what was edited. A sentence that only moved is no edit.

    What has no partner that is alike was added or removed; so is everything where too much changed to look for
    partners, which can only raise the bump.
    """
    old, new = Counter(sentences(before)), Counter(sentences(after))
    gone, come = list((old - new).elements()), list((new - old).elements())
    pairs = _partners(gone, come) if len(gone) * len(come) <= _PAIRS else []
    left, right = {i for i, _ in pairs}, {j for _, j in pairs}
    return Edits(
        added=tuple(text for j, text in enumerate(come) if j not in right),
        removed=tuple(text for i, text in enumerate(gone) if i not in left),
        edited=tuple((gone[i], come[j]) for i, j in pairs),
    )


def _partners(gone: Sequence[str], come: Sequence[str]) -> list[tuple[int, int]]:
    """Indices of sentences that are alike, the most alike first; every sentence once."""
    words = {text: tokens(text) for text in (*gone, *come)}
    scored = sorted(
        (-likeness(words[one], words[other]), i, j)
        for i, one in enumerate(gone)
        for j, other in enumerate(come)
    )
    found: dict[int, int] = {}
    for score, i, j in scored:
        if -score >= _ALIKE and i not in found and j not in found.values():
            found[i] = j
    return sorted(found.items())
