"""The files of the history, line by line. Nothing that is found in them is fatal, and nothing is ever rewritten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from mergefloor.core.history.codec import entry_of
from mergefloor.core.history.entry import VERSION, Entry
from mergefloor.core.place import Place, Problem

DAMAGED = "the line is skipped; put it back as it was (`git log -p {path}` on the branch), or delete it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """What a file holds: entries in its order, lines that are none, and how many lines a newer release has written."""

    entries: tuple[Entry, ...] = ()
    damaged: tuple[Problem, ...] = ()
    newer: int = 0


def read_lines(path: str, data: bytes) -> Lines:
    """Read every line there is."""
    entries: list[Entry] = []
    damaged: list[Problem] = []
    newer = 0
    for number, line in filled(data):
        found = _read(line)
        if isinstance(found, Entry):
            entries.append(found)
        elif found is None:
            newer += 1
        else:
            place = Place(path=path, line=number)
            damaged.append(Problem(place=place, what=f"the line {found}", fix=DAMAGED.format(path=path)))
    return Lines(entries=tuple(entries), damaged=tuple(damaged), newer=newer)


def filled(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, without their line breaks, numbered from 1."""
    for number, line in enumerate(data.split(b"\n"), 1):
        if stripped := line.strip():
            yield number, stripped


def _read(line: bytes) -> Entry | str | None:
    """An entry, why it is none, or None where a newer release knows better."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return "is no JSON"
    if not isinstance(row, dict):
        return "is no object"
    version = row.get("v")
    if isinstance(version, int) and version > VERSION:
        return None
    return entry_of(row)
