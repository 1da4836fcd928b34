"""One question to one answer: from the cache, from a call under way, or from a call that is paid and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from mergefloor.broker.answer import Answer, read
from mergefloor.broker.line import Line
from mergefloor.broker.places import Places
from mergefloor.broker.question import Question
from mergefloor.broker.refusal import Refusal, run_error
from mergefloor.broker.side import Side
from mergefloor.core.books import Books
from mergefloor.core.cost import Call
from mergefloor.core.keys import digest
from mergefloor.core.model_name import same_model
from mergefloor.core.ports import Cache, Clock, Stored
from mergefloor.core.types import Json, Output

PATIENCE_S = 0.05


@dataclass(kw_only=True)
class Desk:
    """Answers questions on one event loop. `call_s`: seconds on the wire that one call may take."""

    line: Line
    places: Places
    cache: Cache
    books: Books
    clock: Clock
    wall_clock: Clock
    call_s: float
    offline: bool
    endpoint: Callable[[Question], str]
    under_way: dict[str, asyncio.Future[Answer | Refusal]] = field(default_factory=dict)

    async def answer(self, side: Side, question: Question, turn: str, sample: int) -> Answer | Refusal:
        """The n-th answer to this question in its turn; entered in the books as fresh or as known."""
        key = self.key(question, turn, sample)
        stored = self.stored(key)
        if stored is not None:
            return self.again(side, question, stored)
        if key in self.under_way:
            shared = await asyncio.shield(self.under_way[key])
            return shared if isinstance(shared, Refusal) else self.again(side, question, shared)
        mine = self.under_way[key] = asyncio.get_running_loop().create_future()
        try:
            got = await self.fresh(side, question)
            if isinstance(got, Answer):
                self.keep(key, question, got, turn=turn, sample=sample)
            mine.set_result(got)
        finally:
            del self.under_way[key]
            mine.cancel()
        return got

    def key(self, question: Question, turn: str, sample: int) -> str:
        """The address of one sample in the cache: 64 hex digits."""
        return digest(["broker", self._parts(question, turn, sample)])

    def stored(self, key: str) -> Answer | None:
        """What the cache holds under an address."""
        entry = self.cache.get(key)
        if entry is None or not isinstance(entry.answer, Output):
            return None
        known = entry.answer
        return Answer(text=known.text, usage=known.usage, served=known.served_model)

    def keep(self, key: str, question: Question, answer: Answer, *, turn: str = "", sample: int = 0) -> None:
        """Save what is worth it, at once: what is paid for stays paid for (R14)."""
        if not answer.keep:
            return
        parts = self._parts(question, turn, sample)
        entry = Stored(
            answer=Output(text=answer.text, usage=answer.usage, served_model=answer.served),
            at=self.wall_clock(),
            subject=question.subject(self.endpoint(question)),
            components={name: digest(value)[:12] for name, value in sorted(parts.items())},
        )
        self.cache.put(key, entry)

    def again(self, side: Side, question: Question, answer: Answer) -> Answer:
        """An answer that costs nothing any more, in the books."""
        self.books.settle(0.0, replace(_call(side, question, answer, 0.0), cached=True))
        return answer

    async def fresh(self, side: Side, question: Question) -> Answer | Refusal:
        """An answer that is paid for now."""
        if self.offline:
            return run_error(502, "offline", "no stored answer and `--offline` is set")
        return await self._paid(side, question)

    def _parts(self, question: Question, turn: str, sample: int) -> dict[str, Json]:
        return {**question.parts(self.endpoint(question)), "turn": turn, "sample": sample}

    async def _paid(self, side: Side, question: Question) -> Answer | Refusal:
        """A call within money and time. The hold is given back whatever happens."""
        amount = question.worst(self.books.price(question.model))
        room = await self._hold(amount)
        if room is not None:
            return room
        call: Call | None = None
        try:
            async with self.places.one(side.token):
                began = self.clock()
                got = await self._in_time(question)
                seconds = self.clock() - began
            answer = got if isinstance(got, Refusal) else _read(question, got)
            if isinstance(answer, Answer):
                call = _call(side, question, answer, seconds)
        finally:
            self.books.settle(amount, call)
        served = _served(question, answer)
        if isinstance(served, Refusal):
            self.line.condemn(question, served)
        return served

    async def _in_time(self, question: Question) -> str | Refusal:
        left = self.books.left()
        return await self.line.call(question, min(self.call_s, left)) if left > 0 else _too_late()

    async def _hold(self, amount: float) -> Refusal | None:
        while self.books.left() > 0:
            held = self.books.reserve(amount)
            if held:
                return None
            if held is False:
                return run_error(402, "budget", "the next call could cross the budget of this run")
            await asyncio.sleep(PATIENCE_S)
        return _too_late()


def _too_late() -> Refusal:
    return run_error(402, "budget", "the time of this run is over")


def _read(question: Question, text: str) -> Answer | Refusal:
    found = read(question.api, text, len(question.sent))
    return found or run_error(502, "unreadable-reply", "the provider's answer is none", again=True)


def _served(question: Question, answer: Answer | Refusal) -> Answer | Refusal:
    """An answer of another model than the one that was asked is no answer, though it was paid for (T26)."""
    if isinstance(answer, Refusal) or not answer.served or same_model(question.name, answer.served):
        return answer
    what = f"{question.model} was asked and {answer.served[:100]!r} answered; name the model that is served"
    return run_error(502, "served-model", what)


def _call(side: Side, question: Question, answer: Answer, seconds: float) -> Call:
    return Call(arm=side.arm, model=question.model, usage=answer.usage, latency_s=seconds, suite=side.suite)
