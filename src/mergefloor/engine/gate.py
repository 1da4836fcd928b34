"""How many calls one endpoint gets at once, and how fast: halved by a 429, recovering with every answer (R12)."""

from __future__ import annotations

import asyncio
from collections import deque

from mergefloor.core.ports import Clock

# A 429 says that the rate was too high: go on below what was let through, and feel the way up again. One answer
# in 50 at most is then a 429, whatever the rate.
BELOW = 0.9
CREEP = 0.998


class Gate:
    """First come, first served. `limit` is the concurrency of the moment, never above `concurrency` or below 1."""

    def __init__(self, concurrency: int, clock: Clock) -> None:
        self._concurrency, self._clock = max(1, concurrency), clock
        self.limit = float(self._concurrency)
        self.in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._spacing, self._next = 0.0, 0.0
        self._cut_at, self._passed = clock(), 0

    async def enter(self) -> None:
        """Wait for a place, then for the pace. Pair with `leave`."""
        if self._waiting or self.in_flight >= int(self.limit):
            await self._queue()
        else:
            self.in_flight += 1
        try:
            await self._pace()
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """Give the place to the next in line."""
        self.in_flight -= 1
        self._wake()

    def passed(self) -> None:
        """An answer came: additive recovery, one more place for every `limit` of them."""
        self._passed += 1
        self.limit = min(float(self._concurrency), self.limit + 1.0 / self.limit)
        self._spacing *= CREEP
        self._wake()

    def limited(self, started: float, wait: float) -> None:
        """A call that began at `started` got a 429. All calls of one burst count once. `wait`: seconds asked for."""
        now = self._clock()
        self._next = max(self._next, now + wait)
        if started < self._cut_at:
            return
        if self._passed and now > self._cut_at:
            self._spacing = (now - self._cut_at) / (BELOW * self._passed)
        self.limit = max(1.0, self.limit / 2)
        self._cut_at, self._passed = now, 0

    async def _pace(self) -> None:
        if not self._next:
            return
        now = self._clock()
        start = max(now, self._next)
        self._next = start + self._spacing
        if start > now:
            await asyncio.sleep(start - now)

    async def _queue(self) -> None:
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.leave()
            raise

    def _wake(self) -> None:
        while self._waiting and self.in_flight < int(self.limit):
            place = self._waiting.popleft()
            if not place.done():
                self.in_flight += 1
                place.set_result(None)
