"""Where the signing secret comes from: a random key file on a laptop, the run's secrets in CI (THREATS 8).

The key file is created empty and filled under a lock. O_EXCL alone would not do: a process killed between creation
and writing would leave an empty file that nobody may fill again, and one that comes second would read it too early.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mergefloor.errors import StoreError
from mergefloor.storage.private import private_directory

KEY_BYTES = 32
NAME = "key"


def ci_secret(cache_key: str, provider_keys: Sequence[str]) -> bytes | None:
    """The secret of a CI run: the `cache-key` input, else the provider keys; None when a run has neither (a fork).

    GitHub gives forks empty strings for secrets, so an empty one is no secret.
    """
    if cache_key.strip():
        return cache_key.strip().encode("utf-8", "surrogateescape")
    keys = sorted({key.strip() for key in provider_keys} - {""})
    return "\0".join(keys).encode("utf-8", "surrogateescape") or None


def local_secret(directory: Path, *, random: Callable[[int], bytes]) -> bytes | None:
    """The 32 bytes of `<directory>/key`, drawn from `random(32)` once; None when a disk cannot keep them.

    Processes that ask at once get the same key. StoreError when others can read or replace the file.
    """
    try:
        path = private_directory(directory) / NAME
        return _present(path) or _created(path, random)
    except OSError:
        return None


def _present(path: Path) -> bytes | None:
    """The key of an existing file. It may lie on a disk that is read-only by now, so it is not opened for writing."""
    if not os.path.lexists(path):
        return None
    with _locked(path, os.O_RDONLY, fcntl.LOCK_SH) as file:
        return _whole(file)


def _created(path: Path, random: Callable[[int], bytes]) -> bytes:
    with _locked(path, os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX) as file:
        if found := _whole(file):
            return found
        key = random(KEY_BYTES)
        os.ftruncate(file, 0)
        if os.pwrite(file, key, 0) != KEY_BYTES:
            raise OSError(f"{path} was cut short")
        os.fsync(file)
        return key


@contextmanager
def _locked(path: Path, flags: int, lock: int) -> Iterator[int]:
    file = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    try:
        _check(path, os.fstat(file))
        fcntl.flock(file, lock)
        yield file
    finally:
        os.close(file)


def _check(path: Path, info: os.stat_result) -> None:
    foreign = info.st_uid != os.geteuid() or stat.S_IMODE(info.st_mode) & 0o077
    if foreign or not stat.S_ISREG(info.st_mode):
        raise StoreError(
            f"the key file {str(path)!r} is not a private file of your own",
            f"type `rm {path}`; what was signed with it is drawn again",
        )


def _whole(file: int) -> bytes | None:
    """The key, or None for a file that an interrupted process left unfinished."""
    key = os.pread(file, KEY_BYTES + 1, 0)
    return key if len(key) == KEY_BYTES else None
