"""Answers, wherever they come from: the cache, a call under way, or a new call, which is saved when it arrives."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from mergefloor.core import keys
from mergefloor.core.cost import Ledger
from mergefloor.core.ports import Cache, Clock, Reply, Stored
from mergefloor.core.types import Ask, Failure, Output, Vectors
from mergefloor.engine.caller import Caller, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """A judge's verdict that the cache gave instead of a call, and which run had drawn it."""

    order: Order
    answer: Output
    producer: str


@dataclass(kw_only=True, slots=True)
class Answers:
    """One answer an ask. Two who ask the same at the same time share one call. `inherited`: by key of the cache.
    `barred`: why nobody may be called."""

    cache: Cache
    caller: Caller
    ledger: Ledger
    wall_clock: Clock
    offline: bool
    barred: Failure | None = None
    under_way: dict[str, asyncio.Future[Reply]] = field(default_factory=dict)
    inherited: dict[str, Inherited] = field(default_factory=dict)

    async def obtain(self, order: Order) -> Reply:
        """The answer to an order. What the cache holds is returned without giving up the turn."""
        key = keys.ask_key(order.ask)
        stored = self.cache.get(key)
        if stored is not None and _fits(order.ask, stored.answer):
            if order.ask.kind == "judge" and isinstance(stored.answer, Output):
                mine = Inherited(order=order, answer=stored.answer, producer=stored.producer)
                self.inherited[key] = mine
            return self._again(order, stored.answer)
        if self.offline:
            return order.failure("offline", "no stored answer and `--offline` is set; run once without it")
        if self.barred is not None:
            return replace(self.barred, stage=order.ask.kind)
        if key in self.under_way:
            reply = await asyncio.shield(self.under_way[key])
            return reply if isinstance(reply, Failure) else self._again(order, reply)
        return await self._fresh(order, key)

    async def anew(self, order: Order) -> Reply:
        """An answer that nobody stored and nobody will store."""
        if self.offline:
            return order.failure("offline", "`--offline` is set; run once without it")
        if self.barred is not None:
            return replace(self.barred, stage=order.ask.kind)
        return await self.caller.call(order)

    def stored(self, ask: Ask) -> Output | Vectors | None:
        """What the cache holds for an ask."""
        found = self.cache.get(keys.ask_key(ask))
        return found.answer if found is not None and _fits(ask, found.answer) else None

    async def _fresh(self, order: Order, key: str) -> Reply:
        mine = self.under_way[key] = asyncio.get_running_loop().create_future()
        try:
            reply = await self.caller.call(order)
            self._save(order.ask, key, reply)
            mine.set_result(reply)
        finally:
            del self.under_way[key]
            mine.cancel()
        return reply

    def _save(self, ask: Ask, key: str, reply: Reply) -> None:
        """At once, before anybody grades it: what is paid for stays paid for (R14)."""
        if isinstance(reply, Failure) or not worth_keeping(ask, reply):
            return
        entry = Stored(
            answer=reply, at=self.wall_clock(), subject=ask.subject, components=keys.component_hashes(ask)
        )
        self.cache.put(key, entry)

    def _again(self, order: Order, answer: Output | Vectors) -> Reply:
        known = replace(answer, cached=True)
        self.ledger.add(order.entry(known))
        return known


def worth_keeping(ask: Ask, answer: Output | Vectors) -> bool:
    """Never what is filtered, cut or empty; of a judge only a verdict that its check can read (DECISION 6)."""
    if isinstance(answer, Vectors):
        return True
    if ask.kind == "judge":
        return answer.finish == "stop" and (ask.readable is None or ask.readable(answer.text))
    return answer.finish in {"stop", "refusal"}


def _fits(ask: Ask, answer: Output | Vectors) -> bool:
    return isinstance(answer, Vectors) == (ask.kind == "embedding")
