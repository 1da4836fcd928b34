"""The files of one commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mergefloor.core.ports import TreeEntry
from mergefloor.core.tree import readable
from mergefloor.core.types import Problem
from mergefloor.errors import InputError
from mergefloor.repo.blobs import Blobs


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitSnapshot:
    """One commit's tree, listed; blobs are read when asked for."""

    sha: str
    files: Mapping[str, TreeEntry]
    blobs: Blobs

    @property
    def commit(self) -> str:
        """The commit that a merge base is looked up for."""
        return self.sha

    def read(self, path: str) -> bytes:
        """The bytes of one regular file. InputError for symlinks, submodules, missing or oversized files."""
        entry = readable(self.files, path)
        if isinstance(entry, Problem):
            raise InputError([entry])
        return self.blobs.read(entry.blob)
