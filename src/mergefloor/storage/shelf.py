"""Rows of JSON under keys of 64 hex digits: on disk (diskcache), or in memory when no disk can be used."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Protocol

import diskcache

from mergefloor.errors import StoreError
from mergefloor.storage.disk import Refused, SafeDisk
from mergefloor.storage.entry import DefectKind
from mergefloor.storage.private import private_directory

FOLDER = "store"
FILES = ("cache.db", "cache.db-wal", "cache.db-shm", "cache.db-journal")
LOCK_S = 10
SETTINGS = diskcache.DEFAULT_SETTINGS.keys() | diskcache.core.METADATA.keys()
# What a shelf on disk may raise: the disk, the database, a lock that another process never gave back.
BROKEN = (sqlite3.Error, OSError, diskcache.Timeout)
# What opening raises besides: rows of diskcache's Settings table become attributes and arguments.
MANGLED = (TypeError, ValueError, AttributeError, Refused)
# Trouble of the disk or of the moment. After any other error the database itself is at fault.
PASSING = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)


class Shelf(Protocol):
    """Where rows lie while a run works."""

    def read(self, key: str) -> Any:
        """The row, or None."""

    def write(self, key: str, row: Any) -> None:
        """Set the row."""

    def delete(self, key: str) -> None:
        """Lose the row."""

    def addresses(self) -> Iterator[str]:
        """Every key."""

    def transaction(self) -> AbstractContextManager[None]:
        """All writes inside happen, or none; nobody else writes meanwhile."""

    def size(self) -> int:
        """Bytes on disk."""

    def close(self) -> None:
        """Let go of the disk."""

    def discard(self) -> None:
        """Lose every row, for good: the segments hold them too."""


class MemoryShelf:
    """Rows for this run only."""

    def __init__(self) -> None:
        self._rows: dict[str, Any] = {}

    def read(self, key: str) -> Any:
        """The row, or None."""
        return self._rows.get(key)

    def write(self, key: str, row: Any) -> None:
        """Set the row."""
        self._rows[key] = row

    def delete(self, key: str) -> None:
        """Lose the row."""
        self._rows.pop(key, None)

    def addresses(self) -> Iterator[str]:
        """Every key."""
        return iter(tuple(self._rows))

    def transaction(self) -> AbstractContextManager[None]:
        """Nothing to guard."""
        return nullcontext()

    def size(self) -> int:
        """Nothing on disk."""
        return 0

    def close(self) -> None:
        """Nothing to let go of."""

    def discard(self) -> None:
        """Lose every row."""
        self._rows.clear()


class DiskShelf:
    """Rows in a private folder. Any method may raise one of BROKEN."""

    def __init__(self, directory: Path, defects: Counter[DefectKind]) -> None:
        self._defects = defects
        self._folder = private_directory(private_directory(directory) / FOLDER)
        # diskcache replaces $NAME in paths; the database would land outside the folder that was checked.
        if os.path.expandvars(self._folder) != str(self._folder):
            raise StoreError(
                f"the cache directory {str(directory)!r} holds the name of an environment variable",
                "use a path without `$`",
            )
        self._cache = self._open()

    def read(self, key: str) -> Any:
        """The row, or None. A row that is refused is a miss."""
        try:
            return self._cache.get(key)
        except Refused:
            self._defects["refused"] += 1
            return None

    def write(self, key: str, row: Any) -> None:
        """Set the row."""
        # Refused: the row that is replaced named a file; the new one is in place, the file stays where it is.
        with suppress(Refused):
            self._cache.set(key, row)

    def delete(self, key: str) -> None:
        """Lose the row."""
        with suppress(Refused):
            self._cache.delete(key)

    def addresses(self) -> Iterator[str]:
        """Every key, up to the first row that is refused."""
        try:
            yield from self._cache.iterkeys()
        except Refused:
            self._defects["refused"] += 1

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen, or none; nobody else writes meanwhile."""
        with self._cache.transact():
            yield

    def size(self) -> int:
        """Bytes of the database."""
        return sum(path.stat().st_size for path in self._paths() if path.exists())

    def close(self) -> None:
        """Close this thread's connection."""
        self._cache.close()

    def discard(self) -> None:
        """Delete the database, which no longer works after that: only for one that is damaged."""
        self._cache.close()
        self._unlink()

    def _open(self) -> Any:
        try:
            if not self._is_ours():
                self._unlink()
            return self._connect()
        except (*BROKEN, *MANGLED) as error:
            if is_passing(error):
                raise
            self._unlink()
            return self._connect()

    def _connect(self) -> Any:
        # Rows are copies of what the segments hold, so they survive a killed process (WAL) and need no fsync.
        return diskcache.Cache(
            str(self._folder),
            disk=SafeDisk,
            timeout=LOCK_S,
            eviction_policy="none",
            cull_limit=0,
            statistics=0,
        )

    def _is_ours(self) -> bool:
        """False for settings that diskcache does not know: it would make methods of itself of them (T84)."""
        if not (self._folder / FILES[0]).exists():
            return True
        with closing(sqlite3.connect(self._folder / FILES[0], timeout=LOCK_S)) as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE name = 'Settings'").fetchall()
            rows = database.execute("SELECT key FROM Settings").fetchall() if tables else []
        return all(key in SETTINGS for (key,) in rows)

    def _paths(self) -> Iterator[Path]:
        return (self._folder / name for name in FILES)

    def _unlink(self) -> None:
        for path in self._paths():
            path.unlink(missing_ok=True)


def is_passing(error: Exception) -> bool:
    """True for trouble that is not the database's own fault: a full disk, a lock, a missing permission."""
    if isinstance(error, OSError | diskcache.Timeout):
        return True
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in PASSING
