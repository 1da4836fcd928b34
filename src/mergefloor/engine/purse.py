"""The budget in USD: a call starts only when what is spent, what is in flight and its own worst case fit (R13)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Lock

from mergefloor.core.cost import Ledger
from mergefloor.core.settings import Price
from mergefloor.core.types import EmbedRequest, Request

MILLION = 1_000_000
# An estimate, on the high side: English has some 4 bytes a token, Chinese about one token for a character of 3.
BYTES_A_TOKEN = 3
# What is assumed of an answer whose length the request does not bound.
ASSUMED_OUTPUT = 1024
OUTPUT_BOUNDS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


def estimate(request: Request | EmbedRequest, price: Price | None) -> float:
    """USD that a call may cost, before it is made; 0 for a model without a price."""
    if price is None:
        return 0.0
    if isinstance(request, EmbedRequest):
        return sum(map(_tokens, request.texts)) * price.input / MILLION
    sent = sum(_tokens(message.content) for message in request.messages)
    bounds = [value for name in OUTPUT_BOUNDS if isinstance(value := request.params.get(name), int)]
    return (sent * price.input + (max(bounds) if bounds else ASSUMED_OUTPUT) * price.output) / MILLION


def _tokens(text: str) -> float:
    return len(text.encode("utf-8", "surrogatepass")) / BYTES_A_TOKEN


class Purse:
    """What is left of `cap` USD, given the ledger and the calls that are under way. Any thread may hold and release."""

    def __init__(self, cap: float, ledger: Ledger) -> None:
        self._cap, self._ledger = cap, ledger
        self._held = 0.0
        self._waiting: list[asyncio.Future[None]] = []
        self._lock = Lock()

    async def reserve(self, amount: float) -> bool:
        """Hold `amount` USD; False when it can never fit. Waits while calls in flight may still leave room."""
        while True:
            change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            with self._lock:
                fits = self._hold(amount)
                if fits is not None:
                    return fits
                self._waiting.append(change)
            await change

    def hold(self, amount: float) -> bool | None:
        """Hold `amount` USD at once; None while calls in flight may still leave room, False when it can never fit."""
        with self._lock:
            return self._hold(amount)

    def release(self, amount: float) -> None:
        """The call is over; what it cost stands in the ledger."""
        with self._lock:
            self._held = max(0.0, self._held - amount)
            waiting, self._waiting = self._waiting, []
        for change in waiting:
            _wake(change)

    def _hold(self, amount: float) -> bool | None:
        if self._ledger.usd + amount > self._cap:
            return False
        if self._held and not self._ledger.usd + self._held + amount <= self._cap:
            return None
        self._held += amount
        return True


def _wake(change: asyncio.Future[None]) -> None:
    """On its own loop, from whatever thread. On a loop that was closed meanwhile nobody waits."""
    with suppress(RuntimeError):
        change.get_loop().call_soon_threadsafe(lambda: None if change.done() else change.set_result(None))
