"""diskcache without its pickles and files (CVE-2025-69872, T83, T84): text keys and JSON text are all it may hold."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import diskcache
from diskcache.core import MODE_RAW, UNKNOWN

KEY = re.compile(r"[0-9a-f]{64}")


class Refused(Exception):
    """A row or a call that only something hostile or broken can have made. To a reader it is a miss."""


class SafeDisk(diskcache.JSONDisk):  # type: ignore[misc]  # diskcache ships no types
    """Serialization that never unpickles, never opens a file and never deletes one."""

    def put(self, key: object) -> tuple[str, bool]:
        """The database key of a key of 64 hex digits."""
        if type(key) is not str or not KEY.fullmatch(key):
            raise Refused(f"key {key!r}")
        return key, True

    def get(self, key: object, raw: object) -> str:
        """The key of a row."""
        if type(key) is not str or not raw or not KEY.fullmatch(key):
            raise Refused("a key that is not 64 hex digits")
        return key

    def store(self, value: object, read: object, key: object = UNKNOWN) -> tuple[int, int, None, str]:
        """The columns size, mode, filename and value of a JSON value."""
        if read:
            raise Refused(f"a file as the value of {key!r}")
        text = json.dumps(value, allow_nan=False, sort_keys=True)
        # Values stay in their row whatever their size, so the column `size` would count nothing.
        return 0, MODE_RAW, None, text

    def fetch(self, mode: object, filename: object, value: object, read: object) -> Any:
        """The JSON value of a row."""
        if mode != MODE_RAW or filename is not None or type(value) is not str or read:
            raise Refused("a pickle, a file or a number as a value")
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise Refused("a value that is not JSON") from None

    def remove(self, file_path: object) -> NoReturn:
        """No row of ours names a file, so there is none to delete."""
        raise Refused(f"deleting {file_path!r}")
