"""Who may ask a program now: many together, or one alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Whoever wants to be alone waits until nobody else is there, and goes before those who come later."""

    def __init__(self) -> None:
        self._together = self._lonely = 0
        self._taken = False
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """With any number of others."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._lonely)
            self._together += 1
        try:
            yield
        finally:
            async with self._changed:
                self._together -= 1
                self._changed.notify_all()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """With nobody."""
        self._lonely += 1
        try:
            async with self._changed:
                await self._changed.wait_for(lambda: not self._together and not self._taken)
                self._taken = True
            try:
                yield
            finally:
                self._taken = False
        finally:
            self._lonely -= 1
            async with self._changed:
                self._changed.notify_all()
