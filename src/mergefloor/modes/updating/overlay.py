"""A tree with some of its files rewritten: what a pull request would contain before there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha1

from mergefloor.core.ports import Change, Repo, Snapshot, TreeEntry
from mergefloor.core.tree import compare


@dataclass(frozen=True, slots=True)
class Overlay:
    """The `Snapshot` of a tree with other bytes at some of its paths."""

    below: Snapshot
    edited: Mapping[str, bytes]
    files: Mapping[str, TreeEntry] = field(init=False)

    def __post_init__(self) -> None:
        """The listing, with git's own ids of the new contents."""
        listed = {**self.below.files}
        for path, data in self.edited.items():
            listed[path] = replace(listed[path], blob=_blob(data), size=len(data))
        object.__setattr__(self, "files", listed)

    @property
    def sha(self) -> str:
        """Of the tree below, marked: nothing was committed."""
        return f"{self.below.sha}+edits"

    def read(self, path: str) -> bytes:
        """The bytes of one file. InputError as the tree below raises it."""
        return self.edited[path] if path in self.edited else self.below.read(path)


@dataclass(frozen=True, slots=True)
class Overlaid:
    """The `Repo` port over another one, which knows trees with edits too."""

    repo: Repo

    def snapshot(self, ref: str) -> Snapshot:
        """The tree of a ref."""
        return self.repo.snapshot(ref)

    def merge_base(self, base: Snapshot, head: Snapshot) -> Snapshot:
        """A tree with edits was branched from the one below it."""
        return head.below if isinstance(head, Overlay) else self.repo.merge_base(base, head)

    def changes(self, base: Snapshot, head: Snapshot) -> tuple[Change, ...]:
        """What differs, in path order."""
        return compare(base.files, head.files)

    def tags(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Nobody has tagged what is not committed."""
        return () if isinstance(snapshot, Overlay) else self.repo.tags(snapshot)


def _blob(data: bytes) -> str:
    """Git's id of a blob."""
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
