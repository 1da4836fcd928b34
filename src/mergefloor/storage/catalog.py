"""The working store: a copy of the segments for fast reading, and an index from requests to their samples.

Three kinds of rows lie on the shelf: an entry is [signature, text] under its address, the index of a subject
{"keys": [...]}, and one row says which segments were copied in which state.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from mergefloor.core.keys import text_hash
from mergefloor.core.ports import Stored
from mergefloor.storage.entry import Defect, DefectKind, Entry, decode
from mergefloor.storage.line import HEX, Line
from mergefloor.storage.segments import SegmentFile, Segments
from mergefloor.storage.shelf import Shelf
from mergefloor.storage.signing import Signer


class Catalog:
    """Entries on a shelf. Every method may raise what the shelf raises; a defect is a miss and is counted."""

    def __init__(self, shelf: Shelf, *, signer: Signer, defects: Counter[DefectKind]) -> None:
        self.shelf = shelf
        self._signer, self._defects = signer, defects
        # With another key other lines hold, so what was copied under one is not copied under the other.
        self._copied_row = text_hash(f"copied\0{signer.fingerprint}")

    def entry(self, key: str) -> Entry | None:
        """The entry at an address."""
        return self._verified(key, self.shelf.read(key))

    def add(self, line: Line, entry: Entry) -> None:
        """Store one entry."""
        with self.shelf.transaction():
            self.shelf.write(line.key, [line.mac, line.text])
            if isinstance(entry, Stored):
                self._enlist(entry.subject, [line.key])

    def forget(self, keys: Collection[str]) -> None:
        """Lose entries, and their places in the indexes."""
        with self.shelf.transaction():
            subjects = {entry.subject for key in keys if isinstance(entry := self.entry(key), Stored)}
            for key in keys:
                self.shelf.delete(key)
            for subject in subjects:
                left = [key for key in self._listed(subject) if key not in keys]
                self.shelf.write(_index_row(subject), {"keys": left})

    def history(self, subject: str) -> tuple[tuple[str, Stored], ...]:
        """Every sample of a subject, oldest first."""
        found = ((key, self.entry(key)) for key in self._listed(subject))
        samples = [(key, item) for key, item in found if isinstance(item, Stored) and item.subject == subject]
        return tuple(sorted(samples, key=lambda sample: (sample[1].at, sample[0])))

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Every entry, in no order."""
        for key in self.shelf.addresses():
            row = self.shelf.read(key)
            if type(row) is list and (entry := self._verified(key, row)):
                yield key, entry

    def refresh(self, segments: Segments) -> None:
        """Copy what is new in the segments."""
        try:
            files = segments.files()
        except OSError:
            self._defects["unreadable"] += 1
            return
        copied = self._copied()
        changed = [file for file in files if copied.get(file.name) != file.stamp]
        failed = self._copy(segments, changed, files) if changed else frozenset()
        segments.known = {file.name: file.size for file in files if file.name not in failed}

    def settle(self, segments: Segments) -> None:
        """Remember segments that this run alone wrote to, so that the next start need not read them."""
        try:
            whole = {
                file.name: file.stamp
                for file in segments.files()
                if segments.known.get(file.name) == file.size
            }
        except OSError:
            return
        copied = self._copied()
        if any(copied.get(name) != stamp for name, stamp in whole.items()):
            with self.shelf.transaction():
                self.shelf.write(self._copied_row, {**self._copied(), **whole})

    def _copy(
        self, segments: Segments, changed: Sequence[SegmentFile], files: Sequence[SegmentFile]
    ) -> frozenset[str]:
        """Copy changed files under one transaction; the names of those that could not be read to the end."""
        with self.shelf.transaction():
            failed = frozenset(
                file.name for file in changed if not self._copy_lines(segments.read(file.name))
            )
            marks = {file.name: file.stamp for file in files if file.name not in failed}
            self.shelf.write(self._copied_row, marks)
        return failed

    def _copy_lines(self, items: Iterable[Line | Defect]) -> bool:
        readable, subjects = True, defaultdict[str, list[str]](list)
        for item in items:
            entry = item if isinstance(item, Defect) else decode(item.text)
            if isinstance(entry, Defect):
                self._defects[entry.kind] += 1
                readable = readable and entry.kind != "unreadable"
            elif isinstance(item, Line) and self._is_news(item, entry):
                self.shelf.write(item.key, [item.mac, item.text])
                if isinstance(entry, Stored):
                    subjects[entry.subject].append(item.key)
        for subject, keys in subjects.items():
            self._enlist(subject, keys)
        return readable

    def _is_news(self, line: Line, entry: Entry) -> bool:
        """False for what is there already. Of two entries at one address the younger counts, then the later."""
        row = self.shelf.read(line.key)
        if row is None:
            return True
        there = None if row == [line.mac, line.text] else self._verified(line.key, row)
        return row != [line.mac, line.text] and (there is None or there.at <= entry.at)

    def _verified(self, key: str, row: Any) -> Entry | None:
        match row:
            case None:
                return None
            case [str(mac), str(text)] if HEX.fullmatch(mac) and self._signer.verify(key, text, mac):
                entry = decode(text)
            case _:
                entry = Defect(kind="signature")
        if isinstance(entry, Defect):
            self._defects[entry.kind] += 1
            return None
        return entry

    def _enlist(self, subject: str, keys: Sequence[str]) -> None:
        known = self._listed(subject)
        fresh = [key for key in dict.fromkeys(keys) if key not in known]
        if fresh:
            self.shelf.write(_index_row(subject), {"keys": [*known, *fresh]})

    def _listed(self, subject: str) -> list[str]:
        row = self.shelf.read(_index_row(subject))
        keys = row.get("keys") if type(row) is dict else None
        return [key for key in keys if type(key) is str and HEX.fullmatch(key)] if type(keys) is list else []

    def _copied(self) -> Mapping[str, object]:
        row = self.shelf.read(self._copied_row)
        return row if type(row) is dict else {}


def _index_row(subject: str) -> str:
    return text_hash(f"subject\0{subject}")
