"""Words with letters of another script that look like Latin ones: read by people as one word, by models as another."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from mergefloor.core.integrity.scripts import (
    CYRILLIC,
    GREEK_ALWAYS,
    GREEK_BETWEEN,
    LATIN,
    NEVER_MIXED,
    script_of,
)

_WORD = re.compile(r"[^\W\d_]+")
STYLED = 3  # letters: fewer mathematical letters are a formula
WHOLE = 4  # letters: a shorter word of look-alikes only is too often an honest word


def lookalikes(line: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The words of one line that deceive the eye, each with its foreign letters."""
    if line.isascii():
        return ()
    words = [word for word in _WORD.findall(line) if not word.isascii()]
    present = frozenset(line)
    found = [(word, _deceiving(word) or _whole(word, present)) for word in words]
    return tuple((word, letters) for word, letters in found if letters)


def _deceiving(word: str) -> frozenset[str]:
    scripts = {script_of(char) for char in word}
    if "MATHEMATICAL" in scripts:
        return _of(word, {"MATHEMATICAL"}) if len(word) >= STYLED else frozenset()
    if "LATIN" not in scripts or len(scripts) == 1:
        return frozenset()
    if scripts & (NEVER_MIXED | {"FULLWIDTH"}):
        return _of(word, NEVER_MIXED | {"FULLWIDTH"})
    if "GREEK" in scripts:
        return _greek(word)
    return _cyrillic(word) if "CYRILLIC" in scripts else frozenset()


def _cyrillic(word: str) -> frozenset[str]:
    """Either script may be the guest. A Russian ending on a foreign word has letters that deceive nobody."""
    guests, latin = _of(word, {"CYRILLIC"}), _of(word, {"LATIN"})
    if guests <= CYRILLIC or any(char in CYRILLIC for char in _between(word, "LATIN")):
        return guests & CYRILLIC
    return latin if latin <= LATIN else frozenset()


def _greek(word: str) -> frozenset[str]:
    found = {char for char in word if char in GREEK_ALWAYS}
    return frozenset(found | {char for char in _between(word, "LATIN") if char in GREEK_BETWEEN})


def _whole(word: str, present: frozenset[str]) -> frozenset[str]:
    """A word of look-alikes only, in a line whose characters are Latin and otherwise none of its script."""
    letters = frozenset(word)
    if (
        len(word) < WHOLE
        or not letters <= CYRILLIC
        or not any(script_of(char) == "LATIN" for char in present)
    ):
        return frozenset()
    others = {char for char in present if script_of(char) == "CYRILLIC"} - CYRILLIC
    return frozenset() if others else letters


def _between(word: str, host: str) -> str:
    """The letters of a word that stand between letters of another script."""
    inner = range(1, len(word) - 1)
    return "".join(word[at] for at in inner if script_of(word[at - 1]) == host == script_of(word[at + 1]))


def _of(word: str, scripts: AbstractSet[str]) -> frozenset[str]:
    return frozenset(char for char in word if script_of(char) in scripts)
