"""Two texts word by word: what stayed, what went and what came. The one comparison behind every report's diff."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

ALIKE = 0.6

_WORDS = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A stretch of words: in both texts, only in the first, or only in the second."""

    kind: Literal["same", "gone", "new"]
    text: str


def word_diff(base: str, head: str) -> tuple[Edit, ...]:
    """The edits that turn `base` into `head`: `same` and `gone` joined are the base, `same` and `new` the head.

    Texts with too little in common to be read as one are one `gone` and one `new`.
    """
    if base == head:
        return (Edit(kind="same", text=base),) if base else ()
    before, after = _WORDS.findall(base), _WORDS.findall(head)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE or matcher.ratio() < ALIKE:
        return _kept((Edit(kind="gone", text=base), Edit(kind="new", text=head)))
    found: list[Edit] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        gone, new = "".join(before[i1:i2]), "".join(after[j1:j2])
        found += (
            [Edit(kind="same", text=gone)]
            if tag == "equal"
            else [Edit(kind="gone", text=gone), Edit(kind="new", text=new)]
        )
    return _kept(found)


def alike(edits: Iterable[Edit]) -> bool:
    """Whether the two texts share enough words to be read as one text with marks."""
    return any(edit.kind == "same" for edit in edits)


def marked(edits: Iterable[Edit]) -> str:
    """One text with [-gone-] and {+new+} words; a space at the end of a mark moves behind it."""
    pieces: list[str] = []
    after = ""
    for edit in edits:
        if edit.kind == "same":
            pieces += [after, edit.text]
            after = ""
            continue
        word = edit.text.strip()
        left, right = ("[-", "-]") if edit.kind == "gone" else ("{+", "+}")
        if edit.kind == "gone":
            pieces.append(after)
        pieces.append(f"{left}{word}{right}" if word else "")
        after = edit.text[len(edit.text.rstrip()) :]
    return "".join((*pieces, after))


def _kept(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple(edit for edit in edits if edit.text)
