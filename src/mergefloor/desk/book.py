"""The label file on a disk: lines are added for good, a change replaces the whole file at once."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mergefloor.errors import StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBook:
    """One JSONL file. `place`: where it is; `path`: what people call it. A link is refused: what it points to is not
    ours to write, and a repository may hold links to anywhere."""

    place: Path
    path: str

    def read(self) -> bytes:
        """All of it; nothing when it does not exist. StoreError where it is no file or cannot be read."""
        with self._failing("read"):
            try:
                descriptor = os.open(self.place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except FileNotFoundError:
                return b""
            with os.fdopen(descriptor, "rb") as file:
                self._check(file.fileno())
                return file.read()

    def append(self, lines: Sequence[str]) -> None:
        """Add lines and wait for the disk. A file that does not end with a line break gets one first."""
        data = "".join(f"{line}\n" for line in lines).encode()
        with self._failing("written"):
            self.place.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
            descriptor = os.open(self.place, flags, 0o644)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                size = self._check(file.fileno()).st_size
                broken = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
                _write(file.fileno(), b"\n" + data if broken else data)
            if size == 0:
                _sync_folder(self.place.parent)

    def rewrite(self, data: bytes) -> None:
        """Replace the file at once, with the rights it had: whoever reads it sees all of the old or of the new."""
        with self._failing("written"):
            rights = stat.S_IMODE(self.place.lstat().st_mode)
            descriptor, name = tempfile.mkstemp(dir=self.place.parent, prefix=f".{self.place.name}.")
            try:
                with os.fdopen(descriptor, "wb", buffering=0) as file:
                    os.fchmod(file.fileno(), rights)
                    _write(file.fileno(), data)
                Path(name).replace(self.place)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            _sync_folder(self.place.parent)

    @contextmanager
    def _failing(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            what = f"{self.path!r} cannot be {done} ({error.strerror or error})"
            raise StoreError(
                what, "name a regular file in a folder that can be written with `--out`"
            ) from error

    def _check(self, descriptor: int) -> os.stat_result:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise StoreError(f"{self.path!r} is no regular file", "name another with `--out`")
        return found


def _write(descriptor: int, data: bytes) -> None:
    """All of it, on the disk."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    """The name of a new file is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
