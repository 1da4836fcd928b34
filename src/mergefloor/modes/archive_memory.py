"""What the cache remembers of the branch of data: what was there, and lines that it may not have taken.

Whether a run's lines arrived is known only after the run. So they are kept until a later run sees them on the branch,
and what it does not see it adds again: a line that is there twice is there once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mergefloor.core.history.branch import BRANCH
from mergefloor.core.history.seal import Seal, seal_from
from mergefloor.core.keys import digest
from mergefloor.core.ports import Cache

Line = tuple[str, str]
CHUNK = 150_000  # characters of one note, far below what a line of the cache holds
MOST = 5_000  # lines; about 100 days of 50 suites


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The branch as a run saw it last: its commit, and what its files held. `tip` "": it was never seen."""

    tip: str = ""
    seal: Seal = field(default_factory=Seal)


def remembered(cache: Cache) -> Memory:
    """What the last run wrote down."""
    note = cache.get_note(digest(["history seen", BRANCH])) or {}
    tip, text = note.get("tip"), note.get("seal")
    seal = seal_from(text) if isinstance(text, str) else None
    return Memory(tip=tip, seal=seal) if isinstance(tip, str) and seal is not None else Memory()


def remember(cache: Cache, memory: Memory) -> None:
    """Write it down for the next run."""
    cache.put_note(digest(["history seen", BRANCH]), {"tip": memory.tip, "seal": memory.seal.text})


def kept_lines(cache: Cache) -> tuple[Line, ...]:
    """Lines that no run has seen on the branch yet, oldest first."""
    return tuple(_kept(cache))


def keep_lines(cache: Cache, lines: Iterable[Line]) -> int:
    """Keep these and no others; how many of the oldest had to go."""
    rows = tuple(dict.fromkeys(lines))
    chunks = list(_chunks(rows[-MOST:]))
    for at, chunk in enumerate(chunks):
        value = {"lines": [list(line) for line in chunk], "more": at + 1 < len(chunks)}
        cache.put_note(_address(at), value)
    if not chunks and cache.get_note(_address(0)) is not None:
        cache.put_note(_address(0), {"lines": [], "more": False})
    return max(0, len(rows) - MOST)


def _kept(cache: Cache) -> Iterator[Line]:
    at, more = 0, True
    while more:
        note = cache.get_note(_address(at)) or {}
        rows = note.get("lines")
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, list | tuple) and len(row) == 2 and all(isinstance(each, str) for each in row):  # noqa: PLR2004 - path and line
                yield row[0], row[1]
        at, more = at + 1, note.get("more") is True


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    chunk: list[Line] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line[0]) + len(line[1])
        if size > CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _address(at: int) -> str:
    return digest(["history kept", BRANCH, at])
