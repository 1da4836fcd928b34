"""Files through which a step speaks to its runner: outputs, saved state, the summary (T56, FileCommandManager.cs)."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable

MAX_VALUE = 500_000  # UTF-16 units; the service refuses a job whose outputs exceed 1 MiB of them
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


def heredoc(name: str, value: str, token: Callable[[], str]) -> bytes:
    """One value in the runner's grammar: `name<<delimiter`, the value, the delimiter.

    The delimiter is random and in neither; NUL and halves of surrogate pairs, which no environment and no UTF-8 can
    hold, become U+FFFD. ValueError for a name that is not ours.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of an output or a state")
    clean = _UNWRITABLE.sub("\ufffd", value)
    delimiter = f"mergefloor_{token()}"
    while delimiter in clean:
        delimiter = f"mergefloor_{token()}"
    return f"{name}<<{delimiter}\n{clean}\n{delimiter}\n".encode()


def too_long(value: str) -> bool:
    """Whether the service would refuse it."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2 > MAX_VALUE


def size(path: str) -> int:
    """Bytes that a file command's file holds already; 0 when it is not there yet."""
    try:
        return os.stat(path, follow_symlinks=False).st_size  # noqa: PTH116 - Path.stat opens no better
    except FileNotFoundError:
        return 0


def append(path: str, data: bytes) -> None:
    """Add all of `data` to a regular file, or nothing: half a heredoc would fail the job. OSError when it cannot.

    Links are not followed: whoever shares the folder does not choose where this is written.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o644)
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise OSError("not a regular file")
        try:
            _write_all(descriptor, data)
        except OSError:
            os.ftruncate(descriptor, before.st_size)
            raise
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
