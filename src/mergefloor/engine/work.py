"""A list of things to do: what is next, what is done, and what deserves a second round."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class Work(Generic[T, U]):
    """`make` does an item. `again` does it once more, after all others, when `wanting` says that it failed in passing."""

    def __init__(
        self,
        items: Sequence[T],
        make: Callable[[T], Awaitable[U]],
        again: Callable[[U], Awaitable[U]],
        wanting: Callable[[U], bool],
    ) -> None:
        self.items, self.make, self.again = items, make, again
        self.done: list[U | None] = [None] * len(items)
        self._wanting = wanting
        self._fresh: Iterator[int] = iter(range(len(items)))
        self._later: deque[tuple[int, U]] = deque()

    async def first(self) -> bool:
        """Do the next item; False when there is none."""
        index = next(self._fresh, None)
        if index is None:
            return False
        made = self.done[index] = await self.make(self.items[index])
        if self._wanting(made):
            self._later.append((index, made))
        return True

    async def second(self) -> bool:
        """Do the next item that failed in passing once more; False when there is none."""
        if not self._later:
            return False
        index, made = self._later.popleft()
        self.done[index] = await self.again(made)
        return True
