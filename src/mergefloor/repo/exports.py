"""Files of a workspace as data, tracked or not: exports that a step before ours has written. No link is followed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from mergefloor.errors import InputError
from mergefloor.repo.disk import Disk

MOST = 20_000  # files looked at: an export has a folder of its own
GIT = ".git"


class WorkspaceFiles:
    """The regular files below one folder; `most` of them."""

    def __init__(self, top: Path, most: int = MOST) -> None:
        self._top, self._most = top, most
        self._disk = Disk(top, "sha1")

    def listed(self, folder: str) -> Sequence[str]:
        """Their paths from the top, sorted; InputError where there are too many to look at."""
        if self._linked(folder):
            return []
        found: list[str] = []
        for here, folders, names in os.walk(self._top / folder):
            folders[:] = [name for name in folders if name != GIT]
            found += [(Path(here) / name).relative_to(self._top).as_posix() for name in names]
            if len(found) > self._most:
                what = f"there are more than {self._most:,} files below it"
                raise InputError.at(folder or ".", 1, what, "give the export a folder of its own")
        return sorted(found)

    def read(self, path: str) -> bytes:
        """The bytes of a regular file. InputError when it is none: a link, a folder, more than 50 MiB."""
        try:
            return self._disk.read(path)
        except OSError as error:
            why = error.strerror or str(error)
            fix = "make it a regular file that this run may read"
            raise InputError.at(path, 1, f"cannot be read: {why}", fix) from error

    def _linked(self, folder: str) -> bool:
        """Whether a link is on the way to a folder; `os.walk` follows none below."""
        here = self._top / folder
        return any(each.is_symlink() for each in (here, *here.parents) if self._top in each.parents)
