"""Trees as data: what differs between two, and what of one may be read as a file."""

from __future__ import annotations

from collections.abc import Mapping

from mergefloor.core.ports import Change, TreeEntry
from mergefloor.core.types import Place, Problem

LARGEST = 50 * 1024 * 1024  # bytes; the data limit of T68, the largest of any purpose
REGULAR = ("100644", "100755")
SYMLINK, SUBMODULE = "120000", "160000"


def compare(base: Mapping[str, TreeEntry], head: Mapping[str, TreeEntry]) -> tuple[Change, ...]:
    """What differs between two trees, in path order. A rename is a deletion and an addition (T30)."""
    added = (Change(path=path, kind="added") for path in head.keys() - base.keys())
    deleted = (Change(path=path, kind="deleted") for path in base.keys() - head.keys())
    both = base.keys() & head.keys()
    modified = (Change(path=path, kind="modified") for path in both if _differs(base[path], head[path]))
    return tuple(sorted((*added, *deleted, *modified), key=lambda change: change.path))


def readable(files: Mapping[str, TreeEntry], path: str) -> TreeEntry | Problem:
    """The entry of a regular file of at most 50 MiB, or why it is none: known before a byte is read (T06)."""
    entry = files.get(path)
    if entry is None:
        return refusal(path, "is not in the repository", "name a file as `git ls-files` prints it")
    if entry.mode == SYMLINK:
        return refusal(path, "is a symbolic link", "commit the file itself in its place")
    if entry.mode == SUBMODULE:
        return refusal(path, "is a submodule", "commit the files that mergefloor reads to this repository")
    if entry.mode not in REGULAR:
        return refusal(path, f"has mode {entry.mode}", "commit a regular file")
    if entry.size > LARGEST:
        return refusal(
            path, f"has {entry.size:,} bytes", f"split it: {LARGEST:,} bytes is the most that is read"
        )
    return entry


def refusal(path: str, what: str, fix: str) -> Problem:
    """What is wrong with a path that cannot be read as a file."""
    return Problem(place=Place(path=shown(path)), what=f"{path!r} {what}", fix=fix)


def shown(path: str) -> str:
    """A path for people: as it is, or with escapes when it holds line breaks, controls or bytes that are no text."""
    return path if path.isprintable() else repr(path)[1:-1]


def _differs(base: TreeEntry, head: TreeEntry) -> bool:
    return (base.blob, base.mode) != (head.blob, head.mode)
