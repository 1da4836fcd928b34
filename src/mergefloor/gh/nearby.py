"""Which files will probably be read next: of one kind with the one that is read now, the nearest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import takewhile

from mergefloor.core.ports import TreeEntry
from mergefloor.core.tree import REGULAR

LARGEST_TEXT = 256 * 1024  # bytes; larger ones are fetched when they are asked for
MOST_BYTES = 4 * 1024 * 1024  # bytes of one answer

Files = Mapping[str, TreeEntry]


def nearby(path: str, trees: Sequence[Files], *, skip: Iterable[str], most: int) -> tuple[str, ...]:
    """Blob ids of files with the same suffix, at most `most` of them and 4 MiB together, without those in `skip`.

    Other versions of the very path come first, then its folder, then what shares most of the way to it. Who reads a
    file that differs between the trees goes on with the other ones that do: those come before the rest.
    """
    suffix, parts, unwanted = _suffix(path), path.split("/"), set(skip)
    texts = tuple(_texts(trees, suffix))
    differing = _differing(texts, len(trees))
    first = differing if path in differing else frozenset()
    rows = {
        (other not in first, -_shared(parts, other), other, entry.blob): entry.size
        for other, entry in texts
        if entry.blob not in unwanted
    }
    total, chosen = 0, dict[str, None]()
    for row in nsmallest(most, rows):
        total += rows[row]
        if total > MOST_BYTES:
            break
        chosen[row[3]] = None
    return tuple(chosen)


def _texts(trees: Iterable[Files], suffix: str) -> Iterator[tuple[str, TreeEntry]]:
    for files in trees:
        for path, entry in files.items():
            small = entry.size <= LARGEST_TEXT and entry.mode in REGULAR
            if small and path.endswith(suffix) and _suffix(path) == suffix:
                yield path, entry


def _differing(texts: Iterable[tuple[str, TreeEntry]], trees: int) -> frozenset[str]:
    """The paths that not all of the trees hold with the same bytes."""
    versions: dict[str, list[str]] = {}
    for path, entry in texts:
        versions.setdefault(path, []).append(entry.blob)
    return frozenset(path for path, blobs in versions.items() if len(blobs) < trees or len(set(blobs)) > 1)


def _suffix(path: str) -> str:
    """The last dot of the name and what follows; the whole name where there is none."""
    name = path.rpartition("/")[2]
    return name[max(name.rfind("."), 0) :]


def _shared(parts: list[str], path: str) -> int:
    """How many components two paths have in common from the start."""
    pairs = zip(parts, path.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
