"""What the cache holds of a request, and which draws a full history lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count, islice

from mergefloor.core.keys import ask_key, candidate_ask, digest
from mergefloor.core.plan import PlannedCase, Side
from mergefloor.core.ports import Cache
from mergefloor.core.types import Output
from mergefloor.modes.history import LIMIT, MAX_AGE_S, young_draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Of one request: the stored runs that count as history, and the addresses of plain draws that it lacks.

    `unkept`: plain draws that were made and may not be stored (cut, filtered, with a secret in them). They count,
    so that a prompt whose answers are always cut does not cost a full history on every push.
    """

    known: tuple[Output, ...]
    lacking: tuple[int, ...]
    unkept: frozenset[int] = frozenset()


Stocks = dict[str, Stock]


def take_stock(cases: Iterable[PlannedCase], cache: Cache, now: float) -> Stocks:
    """The stock of every base request, by its hash."""
    sides = {case.base.hash: case.base for case in cases if case.base is not None}
    return {subject: _stock(side, cache, now) for subject, side in sides.items()}


def _stock(side: Side, cache: Cache, now: float) -> Stock:
    known = tuple(answer for _, answer in young_draws(side.hash, cache, now)[-LIMIT:])
    unkept = _unkept(side.hash, cache, now)
    stored = {key for key, _ in cache.history(side.hash)}
    # What is stored but too old to count keeps its address; a draw never replaces one that a verdict may rest on.
    free = (
        index
        for index in count()
        if index not in unkept and ask_key(candidate_ask(side.request, index=index)) not in stored
    )
    lacking = tuple(islice(free, max(0, LIMIT - len(known) - len(unkept))))
    return Stock(known=known, lacking=lacking, unkept=unkept)


def _unkept(subject: str, cache: Cache, now: float) -> frozenset[int]:
    note = cache.get_note(_address(subject)) or {}
    rows, at = note.get("draws"), note.get("at")
    if not isinstance(rows, list) or not isinstance(at, int | float) or now - at > MAX_AGE_S:
        return frozenset()
    return frozenset(index for index in rows if type(index) is int)


def remember_unkept(side: Side, indices: Iterable[int], stock: Stock, cache: Cache, now: float) -> None:
    """Write down the draws that were made and are not stored; nothing when all are."""
    stored = {key for key, _ in cache.history(side.hash)}
    lost = {i for i in indices if ask_key(candidate_ask(side.request, index=i)) not in stored}
    if lost - stock.unkept:
        cache.put_note(_address(side.hash), {"draws": sorted(lost | stock.unkept), "at": now})


def _address(subject: str) -> str:
    return digest(["unkept", subject])
