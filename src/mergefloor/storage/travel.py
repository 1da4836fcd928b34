"""The cache of a run in CI: a private working store for this run alone, and signed segments that travel between runs.

The folder of the segments lies in the workspace, next to files that a pull request wrote; another user restores it
before the run and saves it after. So nothing there is believed but for its signature, no link in its path is followed,
and what this run adds is readable by everybody and belongs to whoever owns the workspace.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mergefloor.core.ports import Clock
from mergefloor.errors import StoreError
from mergefloor.storage.cache import DiskCache, open_cache
from mergefloor.storage.segments import FILE_LIMIT
from mergefloor.storage.terms import Terms
from mergefloor.storage.upkeep import prune_segments


@dataclass(frozen=True, slots=True, kw_only=True)
class Luggage:
    """Where answers travel and who packs them. `path` is the input `cache-path`, relative to `workspace`;
    `secret` None: a fork, which neither reads nor writes; `run`, `attempt`: of the workflow run.

    `producer`: ref and commit of the workflow, written into every entry; `private`: whether a text holds a secret.
    """

    workspace: Path
    path: str
    secret: bytes | None
    run: int
    attempt: int
    producer: str
    private: Callable[[str], bool]
    clock: Clock
    warn: Callable[[str], None]


@contextmanager
def travelling(luggage: Luggage) -> Iterator[DiskCache]:
    """The cache of one run. Trouble with the folder is one warning, and the run goes on without it (R16)."""
    with tempfile.TemporaryDirectory(prefix="mergefloor-") as private:
        folder = _folder(luggage) if luggage.secret else None
        cache = open_cache(
            directory=Path(private),
            segments=folder,
            secret=luggage.secret,
            run_id=f"{luggage.run}-{luggage.attempt}",
            clock=luggage.clock,
            warn=luggage.warn,
            terms=Terms(shared=folder is not None, producer=luggage.producer, private=luggage.private),
        )
        with cache:
            try:
                yield cache
            finally:
                _pack(cache, luggage)


def _folder(luggage: Luggage) -> Path | None:
    """Where the segments lie; None, and a warning, for a place that cannot be trusted or is no folder."""
    asked = PurePosixPath(luggage.path)
    if asked.is_absolute() or ".." in asked.parts or not asked.parts or "\0" in luggage.path:
        return _without(luggage, "is no path inside the workspace")
    place = luggage.workspace
    for part in asked.parts:
        place = place / part
        try:
            mode = os.lstat(place).st_mode
        except FileNotFoundError:
            break
        except OSError as error:
            return _without(luggage, f"cannot be used ({error.strerror or error})")
        if not stat.S_ISDIR(mode):
            return _without(luggage, f"leads over {place.name!r}, which is a link or a file")
    return luggage.workspace / asked


def _without(luggage: Luggage, why: str) -> Path | None:
    luggage.warn(
        f"no answer is read or kept: `cache-path` {luggage.path!r} {why}; "
        "name a folder that only `actions/cache` writes, such as `.mergefloor-cache`"
    )
    return None


def _pack(cache: DiskCache, luggage: Luggage) -> None:
    """At most 50 MB go on the way, the oldest answers stay behind; and all of it can be read by the save step."""
    try:
        prune_segments(cache, FILE_LIMIT)
    except StoreError as error:
        luggage.warn(str(error))
    if cache.segments is not None and os.geteuid() == 0:
        with suppress(OSError):
            owner = luggage.workspace.stat()
            cache.segments.hand_over(owner.st_uid, owner.st_gid)
