"""Which files will probably be read next: of one kind with the one that is read now, the nearest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest
from itertools import takewhile

from mergefloor.core.ports import TreeEntry
from mergefloor.core.tree import REGULAR

LARGEST_TEXT = 256 * 1024  # bytes; larger ones are fetched when they are asked for
MOST_BYTES = 4 * 1024 * 1024  # bytes of one answer

Files = Mapping[str, TreeEntry]


def nearby(path: str, trees: Iterable[Files], *, skip: Iterable[str], most: int) -> tuple[str, ...]:
    """Blob ids of files with the same suffix, at most `most` of them and 4 MiB together, without those in `skip`.

    Other versions of the very path come first, then its folder, then what shares most of the way to it.
    """
    suffix, parts, unwanted = _suffix(path), path.split("/"), set(skip)
    rows = {
        (-_shared(parts, other), other, entry.blob): entry.size
        for other, entry in _texts(trees, suffix)
        if entry.blob not in unwanted
    }
    total, chosen = 0, dict[str, None]()
    for row in nsmallest(most, rows):
        total += rows[row]
        if total > MOST_BYTES:
            break
        chosen[row[2]] = None
    return tuple(chosen)


def _texts(trees: Iterable[Files], suffix: str) -> Iterator[tuple[str, TreeEntry]]:
    for files in trees:
        for path, entry in files.items():
            small = entry.size <= LARGEST_TEXT and entry.mode in REGULAR
            if small and path.endswith(suffix) and _suffix(path) == suffix:
                yield path, entry


def _suffix(path: str) -> str:
    """The last dot of the name and what follows; the whole name where there is none."""
    name = path.rpartition("/")[2]
    return name[max(name.rfind("."), 0) :]


def _shared(parts: list[str], path: str) -> int:
    """How many components two paths have in common from the start."""
    pairs = zip(parts, path.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
