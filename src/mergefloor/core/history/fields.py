"""A parsed line taken apart, field by field. Whatever is not what it should be says so in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn, TypeGuard

from mergefloor.core.types import Json

LATEST = 253_402_300_799.0  # the end of 9999, in seconds since 1970
LARGEST = 10**15  # of whole numbers: a float still holds it exactly


class Damaged(Exception):
    """A line that is no entry; the text goes on after the line's place."""


class Fields:
    """One object of a line. `where`: the keys that lead to it. A field that is null is as if it were not there."""

    def __init__(self, row: Mapping[str, Json], where: str = "") -> None:
        self._row, self._where = row, where

    def has(self, key: str) -> bool:
        """Whether something is known under this key."""
        return self._row.get(key) is not None

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self._row.get(key)
        return value if isinstance(value, str) and _is_text(value) else self._lacks(key, "text")

    def maybe_text(self, key: str) -> str | None:
        """A text; None where there is none."""
        return self.text(key) if self.has(key) else None

    def number(self, key: str) -> float:
        """A number that must be there."""
        value = self._row.get(key)
        return float(value) if _is_number(value) else self._lacks(key, "number")

    def moment(self, key: str) -> float:
        """Seconds since 1970, up to the last year that calendars write."""
        value = self.number(key)
        return value if 0 <= value <= LATEST else self._lacks(key, "moment between 1970 and 9999")

    def maybe_number(self, key: str) -> float | None:
        """A number; None where there is none."""
        return self.number(key) if self.has(key) else None

    def count(self, key: str) -> int:
        """A whole number from 0 on that must be there."""
        value = self._row.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST:
            return value
        return self._lacks(key, "whole number")

    def maybe_count(self, key: str) -> int | None:
        """A whole number from 0 on; None where there is none."""
        return self.count(key) if self.has(key) else None

    def numbers(self, key: str, size: int) -> tuple[float | None, ...]:
        """So many numbers or nulls; as many unknown ones where there is no list."""
        value = self._row.get(key)
        if value is None:
            return (None,) * size
        if not isinstance(value, list) or len(value) != size:
            return self._lacks(key, f"list of {size} numbers")
        inside = Fields({str(at): each for at, each in enumerate(value)}, self._path(key))
        return tuple(inside.maybe_number(str(at)) for at in range(size))

    def texts(self, key: str) -> tuple[str, ...]:
        """Any number of texts; none where there is no list."""
        value = self._row.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            return self._lacks(key, "list of texts")
        inside = Fields({str(at): each for at, each in enumerate(value)}, self._path(key))
        return tuple(inside.text(str(at)) for at in range(len(value)))

    def one_of(self, key: str, allowed: Sequence[str]) -> str:
        """One of a few texts."""
        value = self.text(key)
        return value if value in allowed else self._lacks(key, " or ".join(map(repr, allowed)))

    def inside(self, key: str) -> Fields:
        """The object under a key; an empty one where there is none."""
        value = self._row.get(key)
        if value is None:
            return Fields({}, self._path(key))
        return Fields(value, self._path(key)) if isinstance(value, dict) else self._lacks(key, "object")

    def parts(self) -> Iterator[tuple[str, Fields]]:
        """Every object that is held here, with its name."""
        for key in self._row:
            yield (key, self.inside(key)) if _is_text(key) else self._lacks(repr(key), "name")

    def _path(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key

    def _lacks(self, key: str, wanted: str) -> NoReturn:
        raise Damaged(f"has no {wanted} at {self._path(key)!r}")


def _is_number(value: Json) -> TypeGuard[int | float]:
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) <= LARGEST
    return isinstance(value, float) and math.isfinite(value)


def _is_text(value: str) -> bool:
    """Whether there is something to show: JSON can spell halves of characters, which no file can hold."""
    try:
        return bool(value.encode())
    except UnicodeEncodeError:
        return False
