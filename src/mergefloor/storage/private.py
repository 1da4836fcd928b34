"""Directories that nobody else can write to. What lies in another's reach is not a cache but an attack (T83, T84)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from mergefloor.errors import StoreError


def private_directory(path: Path) -> Path:
    """The real path of an own directory, created with mode 0700 when absent.

    OSError when it cannot be created; StoreError when others can write to it or own it.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Links are followed once, here: whoever moves a link later does not move the cache.
    real = path.resolve(strict=True)
    info = real.stat()
    if info.st_uid != os.geteuid():
        raise StoreError(
            f"the cache directory {str(real)!r} belongs to user {info.st_uid}, not to {os.geteuid()}",
            "use a directory of your own",
        )
    if stat.S_IMODE(info.st_mode) & 0o022:
        raise StoreError(
            f"others can write to the cache directory {str(real)!r} (mode {stat.S_IMODE(info.st_mode):04o})",
            f"type `chmod 700 {real}`, after a look at what is in it",
        )
    return real
