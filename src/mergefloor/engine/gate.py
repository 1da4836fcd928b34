"""How many calls one endpoint gets at once, and how fast: halved by a 429, recovering with every answer (R12).

The one that got the 429 waits as long as it was told to; everybody else goes on at the rate that was let through.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque

from mergefloor.core.ports import Clock

# A 429 says that the rate was too high: go on below the rate that was let through and feel the way up again by
# a fifth of a per cent an answer. Whatever the provider's rate, some 2 % of the answers are then a 429.
BELOW, WELL_BELOW = 0.9, 0.7
CREEP, RUN = 0.998, 0.98
ENOUGH, UNHINDERED = 10, 70

# Refusals that come as often however slow we are do not speak of our rate (another user of the account, a broken
# proxy): after a dozen cuts that did not help, take them back.
SETTLED, TOO_VAIN = 40, 12

# Seconds between the first calls. Begun together they would come back together, and each would wait while all of
# them are worked on, every time: at a fixed latency that costs 10 % of the run.
RAMP = 0.002


class Gate:
    """First come, first served. `limit` is the concurrency of the moment, never above `concurrency` or below 1."""

    def __init__(self, concurrency: int, clock: Clock) -> None:
        self._concurrency, self._clock = max(1, concurrency), clock
        self.limit = float(self._concurrency)
        self.in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._spacing = self._next = self._before = 0.0
        self._turn = asyncio.Lock()
        self._cut_at = -math.inf
        self._begun = 0
        self._since, self._all, self._passed, self._vain = math.inf, 0, 0, 0

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
        self._all += 1
        self._passed += 1
        self.limit = min(float(self._concurrency), self.limit + 1.0 / self.limit)
        self._spacing *= CREEP if self._passed < UNHINDERED else RUN
        self._wake()

    def limited(self, started: float, wait: float) -> None:
        """A call that began at `started` got a 429. All calls of one burst count once. `wait`: seconds asked for."""
        now = self._clock()
        if started <= self._cut_at:
            return
        if self._all >= ENOUGH:
            self._slow_down((now - self._since) / self._all)
        self._next = max(self._next, now + (self._spacing or (0.0 if self._passed else wait)))
        self.limit = max(1.0, self.limit / 2)
        self._cut_at, self._passed = now, 0

    def _slow_down(self, seconds_an_answer: float) -> None:
        """The first time by what was let through, then by little: the pace is near the provider's by then."""
        told = self._spacing or seconds_an_answer
        if not self._vain:
            self._before = told
        self._vain = max(0, self._vain + (1 if self._passed < SETTLED else -1))
        if self._vain > TOO_VAIN:
            self._spacing, self._vain = min(told, self._before), 0
        else:
            self._spacing = told / (BELOW if self._passed >= ENOUGH else WELL_BELOW)

    async def _pace(self) -> None:
        """One at a time, so that a slower pace holds at once for everybody who still waits."""
        self._since = min(self._since, self._clock())
        self._begun += 1
        spacing = self._spacing or (RAMP if self.in_flight > 1 and self._begun <= self._concurrency else 0.0)
        if not spacing and self._next <= self._clock():
            return
        async with self._turn:
            while (wait := self._next - self._clock()) > 0:
                await asyncio.sleep(wait)
            self._next = self._clock() + (self._spacing or spacing)

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
