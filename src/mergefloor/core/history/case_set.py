"""The ids of a golden set's cases, written down once: entries name them by a hash and hold values in their order."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mergefloor.core.keys import digest

FOLDER = "sets"
DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSet:
    """Case ids in the order in which the points of an entry stand."""

    cases: tuple[str, ...]

    @property
    def hash(self) -> str:
        """Sixteen hex digits: equal lists of ids give equal hashes, and the order counts."""
        return digest(list(self.cases))[:DIGITS]

    @property
    def path(self) -> str:
        """Where the branch keeps it."""
        return f"{FOLDER}/{self.hash}.json"

    @property
    def text(self) -> str:
        """The file: one id a line, so that a difference of two sets can be read."""
        return json.dumps({"v": 1, "cases": list(self.cases)}, ensure_ascii=False, indent=1) + "\n"


def case_set_from(path: str, data: bytes) -> CaseSet | str:
    """The case set of a file, or why it cannot be used: the name is the hash, so that no edit goes unseen."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return "is no JSON"
    cases = value.get("cases") if isinstance(value, dict) else None
    if not isinstance(cases, list) or not all(isinstance(case, str) for case in cases):
        return "holds no list of case ids"
    found = CaseSet(cases=tuple(cases))
    return found if found.path == path else "does not hold the case ids that its name stands for"
