"""Which stored draws of the base's requests stand as history, fixed once for a pair of commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mergefloor.core.keys import ask_key, candidate_ask, digest
from mergefloor.core.plan import PlannedCase
from mergefloor.core.ports import Cache, Stored
from mergefloor.core.types import Output

LIMIT = 5
MAX_AGE_S = 90 * 86400.0


def stored_history(planned: Iterable[PlannedCase], cache: Cache, now: float) -> dict[str, tuple[Output, ...]]:
    """Up to 5 draws of each base request, younger than 90 days, oldest first, by the request's hash (DECISION 1).

    The choice is written down under the pair of requests: draws that this run or another adds later must not
    change the cases that a re-run of the same commit looks at (DECISION 5.7, T36).
    """
    found: dict[str, tuple[Output, ...]] = {}
    for case in planned:
        if case.base is not None and (not case.head_only or case.identical) and case.base.hash not in found:
            found[case.base.hash] = _of_case(case, cache, now)
    return found


def _of_case(case: PlannedCase, cache: Cache, now: float) -> tuple[Output, ...]:
    note_key = digest(["history", case.pair])
    keys = _noted(cache.get_note(note_key), now)
    if keys is None:
        keys = _choose(case, cache, now)
        cache.put_note(note_key, {"keys": keys, "at": now})
    entries = (cache.get(key) for key in keys)
    return tuple(entry.answer for entry in entries if entry is not None and isinstance(entry.answer, Output))


def _noted(note: Mapping[str, object] | None, now: float) -> list[str] | None:
    if note is None:
        return None
    keys, at = note.get("keys"), note.get("at")
    if not isinstance(keys, list) or not isinstance(at, int | float) or now - at > MAX_AGE_S:
        return None
    return [key for key in keys if isinstance(key, str)]


def _choose(case: PlannedCase, cache: Cache, now: float) -> list[str]:
    """The newest stored draws; on a first run the stand-in that is about to be drawn."""
    if case.base is None:
        return []
    rows = [key for key, entry in cache.history(case.base.hash) if _young(entry, now)]
    return rows[-LIMIT:] or [ask_key(candidate_ask(case.base.request))]


def _young(entry: Stored, now: float) -> bool:
    return isinstance(entry.answer, Output) and now - entry.at <= MAX_AGE_S
