"""Files beside the repository: what a step before ours has put into the workspace, tracked or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Exports(Protocol):
    """The workspace as data."""

    def listed(self, folder: str) -> Sequence[str]:
        """Paths of the files below a folder, "" for all; none where there is no such folder."""

    def read(self, path: str) -> bytes:
        """The bytes of one of them. InputError when it is no regular file."""
