"""Which stored draws of the base's requests stand as history, fixed once for a pair of commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from mergefloor.core.keys import ask_key, candidate_ask, digest
from mergefloor.core.plan import PlannedCase
from mergefloor.core.ports import Cache
from mergefloor.core.types import Output

LIMIT = 5
MAX_AGE_S = 90 * 86400.0
# One note for this many cases: a note a case would be a disk flush a case, one for all could outgrow a cache line.
CHUNK = 500


def stored_history(planned: Iterable[PlannedCase], cache: Cache, now: float) -> dict[str, tuple[Output, ...]]:
    """Up to 5 draws of each base request, younger than 90 days, oldest first, by the request's hash (DECISION 1).

    The choice is written down under the pairs of requests: draws that this run or another adds later must not
    change the cases that a re-run of the same commit looks at (DECISION 5.7, T36).
    """
    cases = iter([c for c in planned if c.base is not None and (not c.head_only or c.identical)])
    found: dict[str, tuple[Output, ...]] = {}
    while chunk := list(islice(cases, CHUNK)):
        found.update(_of_chunk(chunk, cache, now))
    return found


def _of_chunk(chunk: Sequence[PlannedCase], cache: Cache, now: float) -> dict[str, tuple[Output, ...]]:
    note_key = digest(["history", *(case.pair for case in chunk)])
    keys = _noted(cache.get_note(note_key), now)
    if keys is None:
        keys = _choice(chunk, cache, now)
        cache.put_note(note_key, {"keys": keys, "at": now})
    return {subject: _outputs(rows, cache) for subject, rows in keys.items()}


def _choice(chunk: Sequence[PlannedCase], cache: Cache, now: float) -> dict[str, list[str]]:
    """The draws of each base request, which several cases may share."""
    keys: dict[str, list[str]] = {}
    for case in chunk:
        if case.base is not None:
            keys[case.base.hash] = keys.get(case.base.hash) or _choose(case, cache, now)
    return keys


def _noted(note: Mapping[str, object] | None, now: float) -> dict[str, list[str]] | None:
    """The choice of an earlier run, while it is younger than 90 days."""
    if note is None:
        return None
    keys, at = note.get("keys"), note.get("at")
    if not isinstance(keys, dict) or not isinstance(at, int | float) or now - at > MAX_AGE_S:
        return None
    return {str(subject): list(map(str, rows)) for subject, rows in keys.items() if isinstance(rows, list)}


def _choose(case: PlannedCase, cache: Cache, now: float) -> list[str]:
    """The newest stored draws; on a first run the stand-in that is about to be drawn. Where both sides send the
    same nothing will be drawn, and what another run draws later must not count in a re-run of this one."""
    if case.base is None:
        return []
    rows = [key for key, _ in young_draws(case.base.hash, cache, now)][-LIMIT:]
    return rows or ([] if case.identical else [ask_key(candidate_ask(case.base.request))])


def young_draws(subject: str, cache: Cache, now: float) -> list[tuple[str, Output]]:
    """Every stored draw of one request that is younger than 90 days, with its key, oldest first."""
    return [
        (key, entry.answer)
        for key, entry in cache.history(subject)
        if isinstance(entry.answer, Output) and now - entry.at <= MAX_AGE_S
    ]


def _outputs(keys: Sequence[str], cache: Cache) -> tuple[Output, ...]:
    entries = (cache.get(key) for key in keys)
    return tuple(entry.answer for entry in entries if entry is not None and isinstance(entry.answer, Output))
