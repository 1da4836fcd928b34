"""Hidden and look-alike characters that a change adds to files that reach the model or judge it (T40)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from mergefloor.core.integrity.fact import Fact
from mergefloor.core.integrity.hidden import hidden
from mergefloor.core.integrity.lookalikes import lookalikes
from mergefloor.core.integrity.scene import FileChange
from mergefloor.core.tampering import Rule

# In these files an escape is the character itself once the file is read.
ESCAPING = (".yaml", ".yml", ".json", ".jsonl", ".ndjson")
SHOWN = 3  # words or places of one file
_ESCAPE = re.compile(r"\\(?:\\|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2}))")
_LARGEST = 0x10FFFF
BYTE_ORDER_MARK = "\ufeff"


def character_facts(change: FileChange) -> Iterator[Fact]:
    """What the added lines of one file hold; characters that only moved from line to line are not added."""
    old, new = _lines(change, change.removed), _lines(change, change.added)
    yield from _hidden_fact(change.path, old, new)
    yield from _lookalike_fact(change.path, old, new)


def _hidden_fact(path: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Fact]:
    known = Counter(char for line in old for char in hidden(line))
    found = Counter(char for line in new for char in hidden(line))
    fresh = found - known
    if not fresh:
        return
    marked = frozenset(fresh)
    places = [line for line in new if marked & set(hidden(line))]
    count = sum(fresh.values())
    noun = "character" if count == 1 else "characters"
    yield _fact("hidden-characters", path, f"{count} invisible {noun}", places, marked)


def _lookalike_fact(path: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Fact]:
    known = {word for line in old for word, _ in lookalikes(line)}
    found = {word: letters for line in new for word, letters in lookalikes(line) if word not in known}
    if found:
        noun = "word" if len(found) == 1 else "words"
        marked = frozenset[str]().union(*found.values())
        text = f"{len(found)} {noun} with letters that look like others"
        yield _fact("look-alike-characters", path, text, list(found), marked)


def _fact(rule: Rule, path: str, text: str, quotes: Sequence[str], marked: frozenset[str]) -> Fact:
    shown = quotes[:SHOWN]
    text = f"{text}: {', '.join(['{}'] * len(shown))}"
    return Fact(rule=rule, subject=path, text=text, quotes=tuple(shown), marked=marked)


def _lines(change: FileChange, lines: Sequence[str]) -> tuple[str, ...]:
    """The lines as they will be read. A byte order mark at the very beginning is none of the text."""
    first = (change.after or "").partition("\n")[0]
    clean = (line.removeprefix(BYTE_ORDER_MARK) if line == first else line for line in lines)
    if not change.path.lower().endswith(ESCAPING):
        return tuple(clean)
    return tuple(_read(line) if "\\" in line else line for line in clean)


def _read(line: str) -> str:
    """The line with its escapes replaced; two surrogates are one character."""
    replaced = _ESCAPE.sub(_character, line)
    return replaced.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(match: re.Match[str]) -> str:
    digits = next(filter(None, match.groups()), None)
    number = int(digits, 16) if digits else _LARGEST + 1
    return chr(number) if number <= _LARGEST else match[0]
