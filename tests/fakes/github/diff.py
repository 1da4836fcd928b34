"""What changed between two trees, as GitHub shows it: rows with patches, hunks, and which lines may be commented."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypeAlias

Side: TypeAlias = Literal["LEFT", "RIGHT"]
STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}
_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One row of a file list. `sha`: the blob of the new side (of the old one when removed); `patch`: None if binary."""

    status: str
    path: str
    previous: str | None
    sha: str
    added: int
    removed: int
    patch: str | None

    @property
    def lines(self) -> int:
        """Length of the patch in lines."""
        return self.patch.count("\n") + 1 if self.patch else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """One hunk; rows are (old line or None, new line or None, text with its sign)."""

    header: str
    rows: tuple[tuple[int | None, int | None, str], ...]

    def has(self, line: int, side: Side) -> bool:
        """Whether a comment may hang on this line."""
        return any(row[side == "RIGHT"] == line for row in self.rows)

    def until(self, line: int, side: Side) -> str:
        """The hunk from its header down to a line, as GitHub keeps it with a comment."""
        at = next(n for n, row in enumerate(self.rows) if row[side == "RIGHT"] == line)
        return "\n".join([self.header, *(row[2] for row in self.rows[: at + 1])])


def changed(rows: bytes, patches: bytes) -> tuple[Changed, ...]:
    """The rows of `git diff-tree --raw --numstat -z` joined with the patches of `-p`, which come in the same order."""
    raw, counts = _rows(rows.decode("utf-8", "surrogateescape").split("\0"))
    sections = iter(_sections(patches.decode("utf-8", "replace")))
    found = []
    for status, sha, previous, path in raw:
        texts = list(islice(sections, 2 if status == "T" else 1))
        added, removed = counts[path]
        found.append(
            Changed(
                status=STATUS[status],
                path=path,
                previous=previous,
                sha=sha,
                added=added,
                removed=removed,
                patch="\n".join(filter(None, texts)) or None,
            )
        )
    return tuple(found)


def hunks(patch: str | None) -> list[Hunk]:
    """The hunks of one file's patch."""
    if not patch:
        return []
    starts = [match.start() for match in _HUNK.finditer(patch)]
    return [_hunk(patch[a:b].rstrip("\n")) for a, b in zip(starts, [*starts[1:], len(patch)], strict=True)]


def moved(patch: str | None, line: int) -> int | None:
    """Where a line of the old side is on the new side; None when it was changed or removed. `patch` has context."""
    shift = 0
    for hunk in hunks(patch):
        for old, new, _ in hunk.rows:
            if old == line:
                return new
            if old is not None and old > line:
                return line + shift
            shift += (1 if old is None else 0) - (1 if new is None else 0)
    return line + shift


def _rows(parts: list[str]) -> tuple[list[tuple[str, str, str | None, str]], dict[str, tuple[int, int]]]:
    raw, counts, at = [], {}, 0
    while at < len(parts) and parts[at]:
        row = parts[at]
        if row.startswith(":"):
            _, _, old, new, letter = row[1:].split(" ")
            paths = 2 if letter[0] in "RC" else 1
            names = parts[at + 1 : at + 1 + paths]
            raw.append(
                (letter[0], old if letter[0] == "D" else new, names[0] if paths == 2 else None, names[-1])
            )
            at += 1 + paths
            continue
        added, removed, path = row.split("\t")
        at += 1 if path else 3
        counts[path or parts[at - 1]] = (
            0 if added == "-" else int(added),
            0 if removed == "-" else int(removed),
        )
    return raw, counts


def _sections(text: str) -> list[str]:
    pieces = re.split(r"^diff --git .*\n", text, flags=re.MULTILINE)[1:]
    found = [_HUNK.search(piece) for piece in pieces]
    return [
        piece[hit.start() :].removesuffix("\n") if hit else ""
        for piece, hit in zip(pieces, found, strict=True)
    ]


def _hunk(text: str) -> Hunk:
    lines = text.split("\n")
    match = _HUNK.match(lines[0])
    assert match is not None
    old, new = int(match[1]), int(match[3])
    rows: list[tuple[int | None, int | None, str]] = []
    for line in lines[1:]:
        sign = line[:1]
        if sign == "\\":
            rows.append((None, None, line))
            continue
        rows.append((None if sign == "+" else old, None if sign == "-" else new, line))
        old, new = old + (sign != "+"), new + (sign != "-")
    return Hunk(header=lines[0], rows=tuple(rows))
