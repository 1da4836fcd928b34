"""What the files of the branch held when they were last seen, so that it is noticed when a person changes them.

Files of lines only ever grow at their end. So a file is whole when it begins with the very bytes that were seen
before. The branch carries a seal of itself, written with every commit of ours: edits show against it. A force-push to
an older commit brings its seal along, and shows only against the seal that the cache remembers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from mergefloor.core.types import Json
from mergefloor.core.wording import count

SEAL = "seal.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a file began with: bytes, their SHA-256, and how many lines those were."""

    size: int
    sha256: str
    lines: int

    @classmethod
    def of(cls, data: bytes) -> Mark:
        """The mark of all that a file holds."""
        return cls(size=len(data), sha256=hashlib.sha256(data).hexdigest(), lines=data.count(b"\n"))

    def holds(self, data: bytes) -> bool:
        """Whether a file still begins so."""
        begin = data[: self.size]
        return len(begin) == self.size and hashlib.sha256(begin).hexdigest() == self.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Marks by path."""

    marks: Mapping[str, Mark] = field(default_factory=dict)

    def renewed(self, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Seal:
        """The seal after these files have grown. A mark that did not hold before stays, so that the edit that broke
        it goes on being told until a person has looked."""
        fresh = {
            path: Mark.of(data)
            for path, data in after.items()
            if path not in self.marks or self.marks[path].holds(before.get(path, b""))
        }
        return Seal(marks={**self.marks, **fresh})

    def broken(self, files: Mapping[str, bytes | None]) -> tuple[str, ...]:
        """What is no longer as it was, in words, by path; None stands for a file that is gone."""
        said = []
        for path, mark in sorted(self.marks.items()):
            data = files.get(path)
            if path in files and not (data is not None and mark.holds(data)):
                said.append(f"{path!r} {_change(mark, data)}")
        return tuple(said)

    @property
    def text(self) -> str:
        """The file."""
        rows: Json = {
            path: {"bytes": mark.size, "sha256": mark.sha256, "lines": mark.lines}
            for path, mark in sorted(self.marks.items())
        }
        return json.dumps({"v": 1, "files": rows}, ensure_ascii=False, indent=1) + "\n"


def seal_of(files: Mapping[str, bytes]) -> Seal:
    """The seal of files as they are."""
    return Seal(marks={path: Mark.of(data) for path, data in files.items()})


def seal_from(data: bytes | str) -> Seal | None:
    """The seal of a text; None where it is none, which vouches for nothing."""
    try:
        value = json.loads(data)
        rows = value["files"].items()
        marks = {
            path: Mark(size=row["bytes"], sha256=row["sha256"], lines=row["lines"]) for path, row in rows
        }
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    known = all(type(mark.size) is int and type(mark.lines) is int for mark in marks.values())
    return Seal(marks=marks) if known else None


def _change(mark: Mark, data: bytes | None) -> str:
    if data is None:
        return f"is gone, with {count(mark.lines, 'line')}"
    now = data.count(b"\n")
    if now < mark.lines:
        return f"holds {count(now, 'line')} where there were {mark.lines:,}"
    return f"no longer begins with the {count(mark.lines, 'line')} that it held"
