"""One process of a target as the broker knows it: what it may ask, who pays, and which questions it is answering."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from mergefloor.broker.turn import Turn, belongs, turn_of
from mergefloor.core.cost import Payer
from mergefloor.core.keys import digest


@dataclass(kw_only=True)
class Side:
    """One process. `environment`: what it needs to reach the broker; nothing in it is worth stealing. `open`, `held`:
    requests under way and their bytes."""

    models: tuple[str, ...]
    arm: Payer
    suite: str
    token: str = field(repr=False)
    key: str = field(repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    open: int = 0
    held: int = 0
    _turns: tuple[Turn, ...] = ()
    _shared: dict[str, Turn] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, payload: str, draw: int) -> AsyncIterator[Turn]:
        """The process answers one question from here to the end of the block, others beside it. `payload`: what it is
        sent; `draw`: which sample of its answer. Draws of one question wait for one another: their requests look alike.
        """
        async with self._locks.setdefault(payload, asyncio.Lock()):
            mine = turn_of(payload, draw)
            # Replaced and not changed, for the broker's thread goes through it.
            self._turns = (*self._turns, mine)
            try:
                yield mine
            finally:
                self._turns = tuple(turn for turn in self._turns if turn is not mine)

    def turns_for(self, texts: Sequence[str]) -> tuple[Turn, tuple[Turn, ...]]:
        """Whose samples a request with these texts gets, and which questions suffer when it gets none.

        With one question open it is that one, with several the one whose words the request holds. What nobody can
        tell apart shares a turn by the draws that are open: plain and fresh samples never mix, whoever asks.
        """
        turns = self._turns
        mine = turns[0] if len(turns) == 1 else belongs(turns, texts)
        if mine is not None:
            return mine, (mine,)
        address = digest(["shared", *sorted({turn.draw for turn in turns})])
        return self._shared.setdefault(address, Turn(address=address)), turns
