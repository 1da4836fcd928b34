"""Which paths a pattern names. No regular expressions, so no pattern can blow up: time is pattern x path."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, TypeVar

P = TypeVar("P")
T = TypeVar("T")

ANY_DEPTH = "**"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """One character out of ranges, or outside of them."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool

    def has(self, char: str) -> bool:
        return any(low <= char <= high for low, high in self.ranges) != self.negated


_Star: TypeAlias = None
_Piece: TypeAlias = "str | _Set | _Star"  # a literal character, `?` as an empty text, a set, or `*`


def matches(pattern: str, path: str) -> bool:
    """Whether a glob names a path of the repository, from its root and by case.

    `**` as a component stands for any number of folders, also none; `*` and `?` stay within a component and take a
    leading dot too; `[a-z]` and `[!a-z]` are sets. An unclosed `[` is itself.
    """
    return _wild(pattern.split("/"), path.split("/"), lambda part: part == ANY_DEPTH, _component)


def select(patterns: Iterable[str], paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that any of the patterns names, each once, sorted."""
    listed = tuple(patterns)
    return tuple(sorted({path for path in paths if any(matches(pattern, path) for pattern in listed)}))


def _component(pattern: str, name: str) -> bool:
    if pattern in ("*", name):
        return True
    return _wild(_pieces(pattern), name, lambda piece: piece is None, _fits)


def _fits(piece: _Piece, char: str) -> bool:
    if isinstance(piece, _Set):
        return piece.has(char)
    return piece in ("", char)


def _wild(
    pattern: Sequence[P], items: Sequence[T], star: Callable[[P], bool], fits: Callable[[P, T], bool]
) -> bool:
    """Wildcard matching with one step back: on a mismatch only the last star takes one item more."""
    at = item = 0
    last_star, taken = -1, 0
    while item < len(items):
        if at < len(pattern) and star(pattern[at]):
            last_star, taken = at, item
            at += 1
        elif at < len(pattern) and fits(pattern[at], items[item]):
            at, item = at + 1, item + 1
        elif last_star >= 0:
            taken += 1
            at, item = last_star + 1, taken
        else:
            return False
    return all(star(piece) for piece in pattern[at:])


@lru_cache(maxsize=1024)
def _pieces(pattern: str) -> tuple[_Piece, ...]:
    """A component in pieces."""
    found: list[_Piece] = []
    at = 0
    while at < len(pattern):
        char, at = pattern[at], at + 1
        end = _set_end(pattern, at) if char == "[" else -1
        if end >= 0:
            found.append(_set(pattern[at:end]))
            at = end + 1
        elif char == "*":
            found.append(None)
        else:
            found.append("" if char == "?" else char)
    return tuple(found)


def _set_end(pattern: str, at: int) -> int:
    """Where the set that opens before `at` closes; a `]` in first place belongs to it. -1: never."""
    first = at + (pattern[at : at + 1] in ("!", "^"))
    return pattern.find("]", first + 1)


def _set(body: str) -> _Set:
    negated = body[:1] in ("!", "^")
    body = body[negated:]
    ranges: list[tuple[str, str]] = []
    at = 0
    while at < len(body):
        span = body[at : at + 3]
        whole = len(span) == 3 and span[1] == "-"  # noqa: PLR2004 - the length of `a-z`
        ranges.append((span[0], span[2] if whole else span[0]))
        at += 3 if whole else 1
    return _Set(ranges=tuple(ranges), negated=negated)
