"""Files of the work tree, opened component by component so that no symbolic link is ever followed (T06)."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mergefloor.core.ports import TreeEntry
from mergefloor.core.tree import LARGEST, SYMLINK

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: a pipe that somebody put in the place of a file must not make us wait for a writer.
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
CHUNK = 1 << 20
UNREADABLE = "unreadable"


class Disk:
    """The folder of a work tree. `algorithm` is git's object format: sha1 or sha256."""

    def __init__(self, top: Path, algorithm: str) -> None:
        self._top, self._algorithm = top, algorithm

    def entry(self, path: str) -> TreeEntry | None:
        """Mode, blob id as git would compute it without filters, and size. None: no file or link is there.

        A file that exists but may not be read has the id `unreadable`, so that it differs from every blob.
        """
        try:
            with self._folder(path) as (folder, name):
                return self._entry(folder, name)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            return TreeEntry(mode="100644", blob=UNREADABLE, size=0)

    def read(self, path: str) -> bytes:
        """The bytes of a regular file, 50 MiB at most. OSError when it is not one, or changed into something else."""
        with self._folder(path) as (folder, name), _opened(name, FILE, folder) as file:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise OSError("not a regular file")
            data = b"".join(_chunks(file, LARGEST + 1))
        if len(data) > LARGEST:
            raise OSError(f"more than {LARGEST:,} bytes")
        return data

    def blob_id(self, data: bytes) -> str:
        """The id that git would give these bytes."""
        return hashlib.new(self._algorithm, b"blob %d\0" % len(data) + data).hexdigest()

    def _entry(self, folder: int, name: str) -> TreeEntry | None:
        facts = os.lstat(name, dir_fd=folder)
        if stat.S_ISLNK(facts.st_mode):
            target = os.fsencode(os.readlink(name, dir_fd=folder))
            return TreeEntry(mode=SYMLINK, blob=self.blob_id(target), size=len(target))
        if not stat.S_ISREG(facts.st_mode):
            return None
        with _opened(name, FILE, folder) as file:
            facts = os.fstat(file)
            digest = hashlib.new(self._algorithm, b"blob %d\0" % facts.st_size)
            for chunk in _chunks(file, facts.st_size):
                digest.update(chunk)
        mode = "100755" if facts.st_mode & stat.S_IXUSR else "100644"
        return TreeEntry(mode=mode, blob=digest.hexdigest(), size=facts.st_size)

    @contextmanager
    def _folder(self, path: str) -> Iterator[tuple[int, str]]:
        """The open folder that holds a path, and the last component of the path."""
        *folders, name = path.split("/")
        current = os.open(self._top, FOLDER)
        try:
            for part in folders:
                inner = os.open(part, FOLDER, dir_fd=current)
                os.close(current)
                current = inner
            yield current, name
        finally:
            os.close(current)


@contextmanager
def _opened(name: str, flags: int, folder: int) -> Iterator[int]:
    file = os.open(name, flags, dir_fd=folder)
    try:
        yield file
    finally:
        os.close(file)


def _chunks(file: int, most: int) -> Iterator[bytes]:
    """The file's bytes, `most` at the most."""
    while most > 0 and (chunk := os.read(file, min(CHUNK, most))):
        most -= len(chunk)
        yield chunk
