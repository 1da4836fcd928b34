"""The files of one commit, behind the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mergefloor.core.ports import TreeEntry
from mergefloor.core.tree import readable
from mergefloor.core.types import Problem
from mergefloor.errors import InputError
from mergefloor.gh.blobs import Blobs


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSnapshot:
    """One commit's tree, listed; blobs are read when asked for. `repository`: where it was found, owner/name."""

    sha: str
    files: Mapping[str, TreeEntry]
    blobs: Blobs
    repository: str

    def read(self, path: str) -> bytes:
        """The bytes of one regular file. InputError for symlinks, submodules, missing or oversized files."""
        entry = readable(self.files, path)
        if isinstance(entry, Problem):
            raise InputError([entry])
        return self.blobs.read(path, entry)
