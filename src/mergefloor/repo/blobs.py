"""Blobs by id, through one long-lived `git cat-file --batch`: a process a repository, not one a file."""

from __future__ import annotations

import subprocess
from typing import IO

from mergefloor.core.tree import LARGEST
from mergefloor.errors import RepositoryError
from mergefloor.repo.git import Runner, stop

MISSING_FIX = (
    "fetch it: `git fetch --refetch --no-filter` (partial clone), or check the repository: `git fsck`"
)


class Blobs:
    """Reads blobs; git starts at the first one. Not for concurrent use."""

    def __init__(self, git: Runner) -> None:
        self._git = git
        self._child: subprocess.Popen[bytes] | None = None

    def read(self, blob: str) -> bytes:
        """The bytes of one blob. RepositoryError when it is missing, no blob, over 50 MiB, or git fails."""
        try:
            return self._ask(blob)
        except RepositoryError:
            self.close()  # what is left in the pipe belongs to no question
            raise
        except OSError as error:
            self.close()
            raise RepositoryError(f"`git cat-file` failed on blob {blob!r}: {error}", MISSING_FIX) from error

    def close(self) -> None:
        """Stop the child. Reading again starts another."""
        child, self._child = self._child, None
        if child is not None:
            stop(child)

    def _ask(self, blob: str) -> bytes:
        questions, answers = self._pipes()
        questions.write(blob.encode("ascii") + b"\n")
        questions.flush()
        size = _size(blob, answers.readline(400))
        if size > LARGEST:
            raise RepositoryError(
                f"blob {blob!r} has {size:,} bytes", f"{LARGEST:,} is the most that is read"
            )
        data = answers.read(size + 1)
        if len(data) != size + 1:
            raise RepositoryError(f"git ended in the middle of blob {blob!r}", "check it: `git fsck`")
        return data[:-1]

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        child = self._child or self._git.start("cat-file", "--batch")
        self._child = child
        if child.stdin is None or child.stdout is None:
            raise RepositoryError("`git cat-file` was started without pipes")
        return child.stdin, child.stdout


def _size(blob: str, header: bytes) -> int:
    """The size that git announces: `<id> blob <bytes>`. Anything else (`<id> missing`) is an error."""
    match header.split():
        case [_, b"blob", size]:
            return int(size)
        case words:
            said = b" ".join(words[1:]).decode("utf-8", "replace") or "nothing"
            raise RepositoryError(f"blob {blob!r} cannot be read: git says {said!r}", MISSING_FIX)
