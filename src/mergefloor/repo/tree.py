"""What git prints about trees, read: listings, differences, and one error wording for a path that is no file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mergefloor.core.ports import Change, TreeEntry
from mergefloor.errors import InputError

LARGEST = 50 * 1024 * 1024  # bytes; the data limit of T68, the largest of any purpose
REGULAR = ("100644", "100755")
SYMLINK, SUBMODULE = "120000", "160000"


def entries(listing: bytes) -> Iterator[tuple[str, TreeEntry]]:
    """Path and entry of every line of `ls-tree -r -z -l`. Paths that are not UTF-8 carry surrogates (PEP 383)."""
    for record in records(listing):
        facts, _, path = record.partition("\t")
        mode, _, blob, size = facts.split()
        # `-` is a submodule; `BAD` is an object that is not here, which only matters when it is read.
        yield path, TreeEntry(mode=mode, blob=blob, size=int(size) if size.isdigit() else 0)


def raw_changes(listing: bytes) -> Iterator[tuple[str, str, str, str]]:
    """Path, status letter, new mode and new id of every change of `diff-index -z --raw`."""
    parts = iter(records(listing))
    for facts, path in zip(parts, parts, strict=True):
        _, mode, _, blob, status = facts.split()
        yield path, status, mode, blob


def records(listing: bytes) -> list[str]:
    """The NUL-terminated records of a listing."""
    return listing.decode("utf-8", "surrogateescape").split("\0")[:-1]


def compare(base: Mapping[str, TreeEntry], head: Mapping[str, TreeEntry]) -> tuple[Change, ...]:
    """What differs between two trees, in path order. A rename is a deletion and an addition (T30)."""
    added = (Change(path=path, kind="added") for path in head.keys() - base.keys())
    deleted = (Change(path=path, kind="deleted") for path in base.keys() - head.keys())
    both = base.keys() & head.keys()
    modified = (Change(path=path, kind="modified") for path in both if _differs(base[path], head[path]))
    return tuple(sorted((*added, *deleted, *modified), key=lambda change: change.path))


def readable(files: Mapping[str, TreeEntry], path: str) -> TreeEntry:
    """The entry of a regular file of at most 50 MiB. InputError for everything else, before a byte is read (T06)."""
    entry = files.get(path)
    if entry is None:
        raise refusal(path, "is not in the repository", "name a file as `git ls-files` prints it")
    if entry.mode == SYMLINK:
        raise refusal(path, "is a symbolic link", "commit the file itself in its place")
    if entry.mode == SUBMODULE:
        raise refusal(path, "is a submodule", "commit the files that mergefloor reads to this repository")
    if entry.mode not in REGULAR:
        raise refusal(path, f"has mode {entry.mode}", "commit a regular file")
    if entry.size > LARGEST:
        raise refusal(
            path, f"has {entry.size:,} bytes", f"split it: {LARGEST:,} bytes is the most that is read"
        )
    return entry


def refusal(path: str, what: str, fix: str) -> InputError:
    """The error for a path that cannot be read as a file."""
    return InputError.at(shown(path), 1, f"{path!r} {what}", fix)


def shown(path: str) -> str:
    """A path for people: as it is, or with escapes when it holds line breaks, controls or bytes that are no text."""
    return path if path.isprintable() else repr(path)[1:-1]


def _differs(base: TreeEntry, head: TreeEntry) -> bool:
    return (base.blob, base.mode) != (head.blob, head.mode)
