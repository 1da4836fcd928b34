"""Signed JSONL files: the only part of the cache that travels between machines, and its source of truth.

A line is appended with one write that starts and ends with a newline, so that a torn line never swallows its
neighbour; empty lines mean nothing.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from mergefloor.errors import StoreError
from mergefloor.storage.entry import Defect, DefectKind
from mergefloor.storage.line import LINE_LIMIT, Line, parse_line
from mergefloor.storage.signing import Signer

FILE_LIMIT = 50_000_000
# A file is left before readers would refuse it.
ROLL_AT = FILE_LIMIT - 4 * LINE_LIMIT
NAME = re.compile(r"seg-[A-Za-z0-9._-]{1,120}\.jsonl")
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
SAFE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFile:
    """A file as the folder lists it. Equal stamps (bytes, nanoseconds) are equal contents."""

    name: str
    size: int
    mtime_ns: int

    @property
    def stamp(self) -> list[int]:
        """What tells one state of the file from another."""
        return [self.size, self.mtime_ns]


class Segments:
    """The segments of one folder, read by everybody who has the key, appended to by one run.

    Every method raises OSError for trouble of the disk. `known` tells how much of a file is in the working store.
    `shared`: folder and files are made for other users to read, whatever the umask; who may write is the signature's
    business. Else they are the owner's alone.
    """

    def __init__(self, folder: Path, *, run_id: str, signer: Signer, shared: bool = False) -> None:
        if not RUN_ID.fullmatch(run_id):
            raise StoreError(
                f"{run_id!r} cannot be part of a file name", "use letters, digits, `.`, `_` and `-`"
            )
        self.folder, self.known = folder, dict[str, int]()
        self._run_id, self._signer, self._part = run_id, signer, 0
        self._file: int | None = None
        self._folder_others, self._others = (0o055, 0o044) if shared else (0, 0)
        self._lock = Lock()

    def files(self) -> tuple[SegmentFile, ...]:
        """Everything named like a segment, whatever it is, in order of names."""
        try:
            with self._opened() as folder, os.scandir(folder) as found:
                return tuple(
                    sorted((_listed(item) for item in found if NAME.fullmatch(item.name)), key=_name)
                )
        except FileNotFoundError:
            return ()

    def read(self, name: str) -> Iterator[Line | Defect]:
        """The lines of one file in order. A file that is not a plain file of a sane size is one Defect."""
        try:
            yield from self._lines(name)
        except OSError as error:
            yield Defect(kind="file-kind" if error.errno in {errno.ELOOP, errno.ENXIO} else "unreadable")

    def append(self, line: bytes) -> None:
        """On the disk for good when this returns."""
        data = b"\n" + line + b"\n"
        with self._lock:
            file = self._current()
            try:
                before = os.fstat(file).st_size
                written = os.write(file, data)
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)
            if written != len(data):
                raise OSError(errno.ENOSPC, "the disk took only a part of a line")
            os.fsync(file)
            if self.known.get(self._name, 0) == before:
                self.known[self._name] = before + written

    def rewrite(self, name: str, dropped: frozenset[str]) -> None:
        """Drop the lines with these signatures, and damage, by an atomic exchange. An empty file is deleted."""
        with self._opened() as folder, _held(folder, name) as old:
            with os.fdopen(old, "rb", closefd=False) as stream:
                lines = [] if _unfit(os.fstat(old)) else list(_kept(stream, dropped, self._signer))
            if lines:
                _replace(folder, name, b"".join(lines), stat.S_IMODE(os.fstat(old).st_mode) | self._others)
            else:
                os.unlink(name, dir_fd=folder)
            os.fsync(folder)

    def drop(self, keys: frozenset[str]) -> None:
        """Drop the lines of these addresses from every file."""
        for each in self.files():
            lines = (line for line in self.read(each.name) if isinstance(line, Line))
            macs = frozenset(line.mac for line in lines if line.key in keys)
            if macs:
                self.rewrite(each.name, macs)

    def hand_over(self, user: int, group: int) -> None:
        """Give folder and files to a user: on a runner that stays, what root made could not be cleaned by anybody."""
        with self._opened() as folder:
            os.fchown(folder, user, group)
            for each in self.files():
                with suppress(OSError), _reading(folder, each.name) as file:
                    info = os.fstat(file)
                    if stat.S_ISREG(info.st_mode) and info.st_nlink == 1:
                        os.fchown(file, user, group)

    def close(self) -> None:
        """Close the file that was appended to."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @property
    def _name(self) -> str:
        return f"seg-{self._run_id}{f'.{self._part}' if self._part else ''}.jsonl"

    def _lines(self, name: str) -> Iterator[Line | Defect]:
        with self._opened() as folder, _reading(folder, name) as file:
            kind = _unfit(os.fstat(file))
            if kind is None:
                with os.fdopen(file, "rb", closefd=False) as stream:
                    yield from (parse_line(raw, self._signer) for raw in stream if raw != b"\n")
            else:
                yield Defect(kind=kind)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        # The folder lies in a checkout, where a pull request may have put a link to somewhere else.
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | SAFE)
        try:
            yield folder
        finally:
            os.close(folder)

    def _current(self) -> int:
        """The file to append to, locked against `rewrite`; another one when it was exchanged, deleted or is full."""
        while True:
            file = self._file if self._file is not None else self._create()
            fcntl.flock(file, fcntl.LOCK_SH)
            info = os.fstat(file)
            if info.st_nlink and info.st_size < ROLL_AT:
                return file
            self.close()
            self._part += 1 if info.st_nlink else 0

    def _create(self) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._opened() as folder:
            _widen(folder, self._folder_others)
            self._file = os.open(
                self._name, os.O_WRONLY | os.O_APPEND | os.O_CREAT | SAFE, 0o600, dir_fd=folder
            )
            if not stat.S_ISREG(os.fstat(self._file).st_mode):
                self.close()
                raise OSError(errno.EINVAL, f"{self._name} is not a regular file")
            _widen(self._file, self._others)
            os.fsync(folder)
        return self._file


def _widen(file: int, others: int) -> None:
    """Let others in, whom the umask may have kept out; what its owner may do stays as it is."""
    has = stat.S_IMODE(os.fstat(file).st_mode)
    if has | others != has:
        os.fchmod(file, has | others)


def _listed(item: os.DirEntry[str]) -> SegmentFile:
    info = item.stat(follow_symlinks=False)
    return SegmentFile(name=item.name, size=info.st_size, mtime_ns=info.st_mtime_ns)


def _name(file: SegmentFile) -> str:
    return file.name


def _unfit(info: os.stat_result) -> DefectKind | None:
    if not stat.S_ISREG(info.st_mode):
        return "file-kind"
    return "file-size" if info.st_size > FILE_LIMIT else None


def _kept(stream: Iterable[bytes], dropped: frozenset[str], signer: Signer) -> Iterator[bytes]:
    for raw in stream:
        line = parse_line(raw, signer)
        if isinstance(line, Line) and line.mac not in dropped:
            yield raw.rstrip(b"\n") + b"\n"


@contextmanager
def _reading(folder: int, name: str) -> Iterator[int]:
    file = os.open(name, os.O_RDONLY | SAFE, dir_fd=folder)
    try:
        yield file
    finally:
        os.close(file)


@contextmanager
def _held(folder: int, name: str) -> Iterator[int]:
    """The file, which nobody appends to or exchanges meanwhile."""
    while True:
        with _reading(folder, name) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_nlink:
                yield file
                return


def _replace(folder: int, name: str, data: bytes, mode: int) -> None:
    draft = f".{name}.{os.getpid()}"
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | SAFE, 0o600, dir_fd=folder)
    with os.fdopen(file, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fchmod(file, mode)
        os.fsync(file)
    os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
