"""The cases of a golden set, written down once: entries name the set by a hash and hold values in its order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from mergefloor.core.keys import digest
from mergefloor.core.types import Case, Json

FOLDER = "sets"
DIGITS = 16
CONTENT_DIGITS = 12
PARTS = 2  # id and content


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseName:
    """A case: its id, and the beginning of its content's hash."""

    id: str
    content: str

    @property
    def key(self) -> str:
        """Changes with the content: an edited case is another one, and starts anew."""
        return f"{self.id}@{self.content}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSet:
    """Cases in the order in which the points of an entry stand."""

    cases: tuple[CaseName, ...]

    @classmethod
    def of(cls, cases: Iterable[Case]) -> CaseSet:
        """The set of these cases, in their order."""
        return cls(
            cases=tuple(CaseName(id=case.id, content=case.content_hash[:CONTENT_DIGITS]) for case in cases)
        )

    @property
    def hash(self) -> str:
        """Sixteen hex digits: equal cases in equal order give equal hashes."""
        return digest(self._rows())[:DIGITS]

    @property
    def path(self) -> str:
        """Where the branch keeps it."""
        return f"{FOLDER}/{self.hash}.json"

    @property
    def line(self) -> str:
        """The one line of its file."""
        return json.dumps({"v": 1, "cases": self._rows()}, ensure_ascii=False, separators=(",", ":"))

    def _rows(self) -> list[Json]:
        return [[case.id, case.content] for case in self.cases]


def case_set_from(path: str, data: bytes) -> CaseSet | str:
    """The set of a file, or why it has none. Its name is its hash, so that no edit goes unseen; a line that was
    spoilt is mended by the next run, which adds the right one below."""
    found = "is empty"
    for line in data.splitlines():
        read = _read(path, line)
        if isinstance(read, CaseSet):
            return read
        found = read
    return found


def _read(path: str, line: bytes) -> CaseSet | str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return "is no JSON"
    rows = value.get("cases") if isinstance(value, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == PARTS for row in rows):
        return "holds no list of cases"
    if not all(isinstance(part, str) for part in chain.from_iterable(rows)):
        return "holds cases without names"
    found = CaseSet(cases=tuple(CaseName(id=row[0], content=row[1]) for row in rows))
    return found if found.path == path else "does not hold the cases that its name stands for"
