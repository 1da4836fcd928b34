"""The cache port: answers are appended to signed segments and copied into a working store for fast reading.

The segments are the source of truth, on a laptop as in CI; the working store is a copy of them that may be thrown
away at any moment. Why this way round:

- `put` returns after the fsync of one appended line, so an answer outlives a killed process and a power cut alike.
  SQLite in WAL mode without an fsync a commit outlives only the former, and with one costs two.
- A warm start reads no segment: the store remembers name, size and mtime of every file it has copied, and copies
  again what changed. A killed run leaves its own file unremembered, and so the next start repairs the store.
- Nothing of SQLite ever leaves the machine, and a damaged or doctored database is deleted, not examined: copying
  anew costs about a second per 10,000 answers.

Rows of the store carry the signature of their line and are verified when read, so that even somebody who writes
into the database forges nothing. Without a secret (a fork) nothing is read and nothing is written: answers live
in memory for the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from mergefloor.core.keys import text_hash
from mergefloor.core.ports import Clock, Stored
from mergefloor.core.types import Vectors
from mergefloor.storage.catalog import Catalog
from mergefloor.storage.entry import DefectKind, Entry, Noted, encode
from mergefloor.storage.line import HEX, LINE_LIMIT, Line, render_line
from mergefloor.storage.private import private_directory
from mergefloor.storage.segments import Segments
from mergefloor.storage.shelf import BROKEN, DiskShelf, MemoryShelf, Shelf, is_passing
from mergefloor.storage.signing import Signer
from mergefloor.storage.terms import Terms

FOLDER = "segments"
PLAIN = Terms()
T = TypeVar("T")


def open_cache(
    *,
    directory: Path,
    segments: Path | None = None,
    secret: bytes | None,
    run_id: str,
    clock: Clock,
    warn: Callable[[str], None],
    terms: Terms = PLAIN,
) -> DiskCache:
    """Open the cache of one run. `segments` defaults to a folder in `directory`; no secret: memory only.

    StoreError when others can write to `directory` or own it. A disk that is full, read-only or broken is a warning.
    """
    with suppress(OSError):
        private_directory(directory)
    signer = Signer.of(secret or b"")
    folder = segments or directory / FOLDER
    travelling = Segments(folder, run_id=run_id, signer=signer, shared=terms.shared) if secret else None
    return DiskCache(
        directory=directory,
        segments=travelling,
        signer=signer,
        clock=clock,
        warn=warn,
        terms=terms,
    )


class DiskCache:
    """Implements core.ports.Cache. Nothing a disk does raises here: it is a miss, or one warning and memory."""

    def __init__(
        self,
        *,
        directory: Path,
        segments: Segments | None,
        signer: Signer,
        clock: Clock,
        warn: Callable[[str], None],
        terms: Terms = PLAIN,
    ) -> None:
        self.segments, self.clock, self.defects = segments, clock, Counter[DefectKind]()
        self.unsaved = 0
        self._directory, self._signer, self._warn = directory, signer, warn
        self._terms = terms
        self._fallen = False
        self._brief: dict[str, Entry] = {}
        self._catalog = self._on(MemoryShelf())
        if segments is not None:
            self._open(segments)

    def get(self, key: str) -> Stored | None:
        """The entry under a key of 64 hex digits, or None: absent, damaged, forged or of another schema."""
        entry = self._entry(key)
        return entry if isinstance(entry, Stored) else None

    def put(self, key: str, entry: Stored) -> None:
        """Saved for good when this returns: appended and synced. ValueError for a key that is not 64 hex digits.

        What may not be stored (a cut or filtered answer, a NaN, a secret, more than 1 MiB) is kept for this run only.
        """
        if not HEX.fullmatch(key):
            raise ValueError(f"{key!r} is not a key of 64 hex digits")
        self._put(key, replace(entry, producer=entry.producer or self._terms.producer))

    def history(self, subject: str) -> tuple[tuple[str, Stored], ...]:
        """Every stored sample of one request with its key, oldest first."""
        return self._try(lambda catalog: catalog.history(subject))

    def get_note(self, key: str) -> Mapping[str, object] | None:
        """A small JSON record, or None."""
        entry = self._entry(_note_address(key))
        return entry.value if isinstance(entry, Noted) else None

    def put_note(self, key: str, value: Mapping[str, object]) -> None:
        """Save a small JSON record as durably as an answer. TypeError when it is not JSON."""
        self._put(_note_address(key), Noted(value=value, at=self.clock()))

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Everything in the working store, in no order."""
        return iter(self._try(lambda catalog: tuple(catalog.entries())))

    def size(self) -> int:
        """Bytes of the working store."""
        return self._try(lambda catalog: catalog.shelf.size())

    def forget(self, keys: Iterable[str]) -> None:
        """Lose these entries in the working store, and follow what was done to the segments."""
        lost = frozenset(keys)
        self._try(lambda catalog: catalog.forget(lost))
        if self.segments is not None:
            segments = self.segments
            self._try(lambda catalog: catalog.refresh(segments))

    def drop(self, keys: Collection[str]) -> None:
        """Lose these entries for good, in the segments too. Where the disk does not let us, in this run at least."""
        lost = frozenset(keys)
        try:
            if self.segments is not None:
                self.segments.drop(lost)
        except OSError as error:
            self._fall_back(error)
        for key in lost:
            self._brief.pop(key, None)
        self.forget(lost)

    def close(self) -> None:
        """Close files. Answers are safe without it, but the next start then reads this run's segment again."""
        if self.segments is not None:
            segments = self.segments
            self._try(lambda catalog: catalog.settle(segments))
            segments.close()
        with suppress(*BROKEN):
            self._catalog.shelf.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self, segments: Segments) -> None:
        try:
            self._catalog = self._on(DiskShelf(self._directory, self.defects))
            self._catalog.refresh(segments)
        except BROKEN as error:
            self._fall_back(error)

    def _entry(self, key: str) -> Entry | None:
        if key in self._brief or not HEX.fullmatch(key):
            return self._brief.get(key)
        return self._try(lambda catalog: catalog.entry(key))

    def _put(self, key: str, entry: Entry) -> None:
        line, data = self._line(key, entry)
        if line is None or len(data) > LINE_LIMIT:
            self._brief[key] = entry
            self.unsaved += 1
            return
        self._brief.pop(key, None)
        self._append(data)
        self._try(lambda catalog: catalog.add(line, entry))

    def _line(self, key: str, entry: Entry) -> tuple[Line | None, bytes]:
        text = encode(entry)
        if text is None or self._secret(entry, text):
            return None, b""
        line = Line(key=key, text=text, mac=self._signer.sign(key, text))
        return line, render_line(line)

    def _secret(self, entry: Entry, text: str) -> bool:
        """Whether the entry holds a secret, as it reads or as it is written. Numbers hold none."""
        answer = entry.answer if isinstance(entry, Stored) else None
        if isinstance(answer, Vectors):
            return self._terms.private(answer.served_model)
        return self._terms.private(text) or (answer is not None and self._terms.private(answer.text))

    def _append(self, data: bytes) -> None:
        if self.segments is None:
            return
        try:
            self.segments.append(data)
        except OSError as error:
            self.unsaved += 1
            if not self._fallen:
                self._fall_back(error)

    def _try(self, use: Callable[[Catalog], T]) -> T:
        try:
            return use(self._catalog)
        except BROKEN as error:
            self._fall_back(error)
            return use(self._catalog)

    def _fall_back(self, error: Exception) -> None:
        """Go on in memory with everything the segments hold, and say so (R16). Memory does not fail, so it is once."""
        self._fallen = True
        self._warn(
            f"the cache cannot be used ({error}), so this run keeps its answers in memory; "
            f"free space on the disk or correct the permissions of {self._place()!r}"
        )
        shelf = self._catalog.shelf
        with suppress(*BROKEN):
            if is_passing(error):
                shelf.close()
            else:
                shelf.discard()
        self._catalog = self._on(MemoryShelf())
        if self.segments is not None:
            self._catalog.refresh(self.segments)

    def _place(self) -> str:
        """What a person can mend: in CI the working store is a folder of the moment, and the segments are what stays."""
        mended = self.segments.folder if self.segments and self._terms.shared else self._directory
        return str(mended)

    def _on(self, shelf: Shelf) -> Catalog:
        return Catalog(shelf, signer=self._signer, defects=self.defects)


def _note_address(key: str) -> str:
    """Notes live beside samples under addresses of their own."""
    return text_hash(f"note\0{key}")
