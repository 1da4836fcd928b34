"""What git prints about trees, read: listings and differences."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.core.ports import TreeEntry


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
