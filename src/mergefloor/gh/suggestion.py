"""The text of one review suggestion, and how it is found again."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass

from mergefloor.core.effects import SuggestChange
from mergefloor.core.types import Place

_KEY = re.compile(r"<!-- mergefloor-suggestion-line:(?P<key>[0-9a-f]{16}) -->")
_TICKS = re.compile("`+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A suggestion that should stand on a line: its key, the line as it reads, and the whole comment."""

    key: str
    place: Place
    line: str
    body: str


def wanted(effect: SuggestChange) -> tuple[Wanted, ...]:
    """Every suggestion of the effect as a comment. The key says file and line text, not the number: what is pushed
    above a line does not make it another one. Equal lines of one file are counted."""
    seen: Counter[tuple[str, str]] = Counter()
    made = []
    for suggestion, why in effect.suggestions:
        line = (suggestion.place.path, suggestion.old)
        key = _hash(*line, str(seen[line]))
        seen[line] += 1
        body = "\n".join((effect.marker, _key_line(key), why.strip(), "", fenced(suggestion.new)))
        made.append(Wanted(key=key, place=suggestion.place, line=suggestion.old, body=body))
    return tuple(made)


def key_of(body: str, marker: str) -> str | None:
    """The key of a suggestion of ours. None: the text does not begin as ours do."""
    first, _, rest = body.replace("\r\n", "\n").partition("\n")
    found = _KEY.fullmatch(rest.partition("\n")[0])
    return found["key"] if first == marker and found else None


def fenced(text: str) -> str:
    """A suggestion block; its fence is longer than any run of backticks in the text."""
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}suggestion\n{text}\n{fence}"


def _key_line(key: str) -> str:
    return f"<!-- mergefloor-suggestion-line:{key} -->"


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
