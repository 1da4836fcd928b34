"""What a person may ask of a cache: how much is in it, and to forget what is old or too much to carry."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from mergefloor.core.ports import Stored
from mergefloor.errors import StoreError
from mergefloor.storage.cache import DiskCache
from mergefloor.storage.entry import Defect, DefectKind, decode
from mergefloor.storage.line import Line, render_line
from mergefloor.storage.segments import FILE_LIMIT, SegmentFile, Segments

KEEP_DAYS = 90.0
DAY_S = 86_400
NEWLINES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheStats:
    """What a cache holds. `bytes` of the working store; times in seconds since 1970, None when it is empty.

    `defects` were met since it was opened, by kind; `unsaved` answers of this run are in memory only.
    """

    entries: int
    notes: int
    subjects: int
    bytes: int
    segments: int
    segment_bytes: int
    oldest: float | None
    newest: float | None
    unsaved: int
    defects: Mapping[DefectKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One line of one segment. `at` is None for another schema, whose age cannot be read."""

    name: str
    key: str
    mac: str
    at: float | None
    size: int


def stats(cache: DiskCache) -> CacheStats:
    """Count everything in a cache."""
    entries = [entry for _, entry in cache.entries()]
    samples = [entry for entry in entries if isinstance(entry, Stored)]
    times = [sample.at for sample in samples]
    files = _files(cache)
    return CacheStats(
        entries=len(samples),
        notes=len(entries) - len(samples),
        subjects=len({sample.subject for sample in samples}),
        bytes=cache.size(),
        segments=len(files),
        segment_bytes=sum(file.size for file in files),
        oldest=min(times, default=None),
        newest=max(times, default=None),
        unsaved=cache.unsaved,
        defects=dict(cache.defects),
    )


def _files(cache: DiskCache) -> tuple[SegmentFile, ...]:
    try:
        return cache.segments.files() if cache.segments else ()
    except OSError:
        # The run was warned when the cache was opened; here nothing is what there is to count.
        return ()


def prune(cache: DiskCache, older_than_days: float = KEEP_DAYS) -> int:
    """Forget entries older than so many days; how many. StoreError when the disk does not let us."""
    horizon = cache.clock() - older_than_days * DAY_S
    return _forget(
        cache, lambda places: [place for place in places if place.at is not None and place.at < horizon]
    )


def prune_segments(cache: DiskCache, max_bytes: int = FILE_LIMIT) -> int:
    """Forget the oldest entries until all segments together fit the export limit; how many (T85)."""
    if sum(file.size for file in _files(cache)) <= max_bytes:
        return 0
    return _forget(cache, lambda places: _beyond(places, max_bytes))


def _beyond(places: Sequence[Place], max_bytes: int) -> list[Place]:
    """The oldest lines, without which the others fit. Those of another schema are the oldest of all."""
    youngest = sorted(places, key=lambda place: -math.inf if place.at is None else place.at, reverse=True)
    filled = accumulate(place.size for place in youngest)
    return [place for place, total in zip(youngest, filled, strict=True) if total > max_bytes]


def _forget(cache: DiskCache, choose: Callable[[Sequence[Place]], Sequence[Place]]) -> int:
    if cache.segments is None:
        return 0
    try:
        places, damaged = _survey(cache.segments)
        dropped = choose(places)
        macs = frozenset(place.mac for place in dropped)
        for name in sorted(damaged | {place.name for place in dropped}):
            cache.segments.rewrite(name, macs)
    except OSError as error:
        raise StoreError(
            f"the cache cannot be pruned ({error})", "free space or correct its permissions"
        ) from error
    kept = {place.key for place in places if place.mac not in macs}
    lost = {place.key for place in dropped} - kept
    cache.forget(lost)
    return len(lost)


def _survey(segments: Segments) -> tuple[list[Place], set[str]]:
    """Every line that can be read, and the names of files that hold anything else and may be written anew."""
    places, damaged = list[Place](), set[str]()
    for file in segments.files():
        for item in segments.read(file.name):
            if isinstance(item, Line):
                places.append(_place(file.name, item))
            elif item.kind not in {"file-kind", "unreadable"}:
                damaged.add(file.name)
    return places, damaged


def _place(name: str, line: Line) -> Place:
    entry = decode(line.text)
    at = None if isinstance(entry, Defect) else entry.at
    return Place(name=name, key=line.key, mac=line.mac, at=at, size=len(render_line(line)) + NEWLINES)
