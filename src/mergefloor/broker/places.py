"""Calls in flight, shared fairly: no process of a target can keep another one waiting, whatever it asks for (T38)."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Places:
    """At most `limit` calls in flight, divided among the sides that want any; first come, first served within a side.

    A side that comes later gets its share at once: until calls of the others have ended there may be more than
    `limit`, never more than twice as many for two sides.
    """

    def __init__(self, limit: int) -> None:
        self._limit = max(1, limit)
        self._inside: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def one(self, side: str) -> AsyncIterator[None]:
        """A place for a call of this side."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(side, deque()).append(mine)
        self._let_in()
        try:
            await mine
        except asyncio.CancelledError:
            self._given_up(side, mine)
            raise
        try:
            yield
        finally:
            self._leave(side)

    def _given_up(self, side: str, mine: asyncio.Future[None]) -> None:
        if mine.done() and not mine.cancelled():
            self._leave(side)
        else:
            self._waiting[side].remove(mine)
            self._let_in()

    def _leave(self, side: str) -> None:
        self._inside[side] -= 1
        self._let_in()

    def _let_in(self) -> None:
        active = {side for side, line in self._waiting.items() if line} | set(+self._inside)
        share = -(-self._limit // max(1, len(active)))
        for side in active:
            line = self._waiting.get(side, deque())
            while line and self._inside[side] < share:
                place = line.popleft()
                if not place.cancelled():
                    self._inside[side] += 1
                    place.set_result(None)
