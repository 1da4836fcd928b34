"""One side of a code target as a model: asks its program, starts it again after a crash, knows when to give up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mergefloor.core.types import EmbedRequest, Failure, Json, Output, Request, Vectors
from mergefloor.targets.conversation import Broken, Conversation
from mergefloor.targets.order import Order
from mergefloor.targets.process import Program
from mergefloor.targets.reply import Unreadable, read
from mergefloor.targets.turns import Turns

CRASHES = 3  # in a row without an answer, each with one question open: the program is broken, not a question
FOULS = 3  # breaches of the protocol, answers between them or not


@dataclass(kw_only=True)
class CodeModel:
    """A program in the clothes of a model. `redact` is for what the program wrote; `token` makes unpredictable numbers.

    When the program dies while many questions are open, each of them is asked once more, alone, so that it is known
    whose outcome the crash is.
    """

    name: str
    order: Order
    timeout_s: float
    token: Callable[[], str]
    redact: Callable[[str], str]
    _turns: Turns = field(default_factory=Turns)
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _conversation: Conversation | None = None
    _crashes: int = 0
    _fouls: int = 0

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        """Ask the case; `draw` plays no part. A crash or a hang is a Failure that belongs to this case."""
        payload: dict[str, Json] = json.loads(request.messages[-1].content)
        async with self._turns.together():
            answer = await self._ask(payload)
        if isinstance(answer, Broken) and answer.company > 1:
            async with self._turns.alone():
                answer = await self._ask(payload)
        if isinstance(answer, Broken):
            return Failure(stage="candidate", code=answer.code, message=self._told(answer.what))
        return answer

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        """A target has no embeddings."""
        return Failure(stage="embedding", code="bad-request", message=f"{request.model} gives no embeddings")

    async def close(self) -> None:
        """End the program and everything it started."""
        if self._conversation is not None:
            await self._conversation.end()

    def cut(self) -> None:
        """The same from outside of the event loop."""
        if self._conversation is not None:
            self._conversation.cut()

    async def _ask(self, payload: Mapping[str, Json]) -> Output | Failure | Broken:
        conversation = await self._running()
        if isinstance(conversation, Failure):
            return conversation
        reply = await conversation.ask(payload)
        if isinstance(reply, Broken):
            ended = await conversation.end()
            return Broken(code=reply.code, what=f"{reply.what} ({ended})", company=reply.company)
        self._crashes = 0
        try:
            return read(reply)
        except Unreadable as error:
            return self._failure("target-crashed", str(error))

    async def _running(self) -> Conversation | Failure:
        """The program, started if need be. A Failure once it is not worth starting again."""
        async with self._starting:
            if self._conversation is not None and self._conversation.broken is None:
                return self._conversation
            if (hopeless := await self._bury()) is not None:
                return hopeless
            try:
                program = await Program.start(self.order)
            except OSError as error:
                return self._failure("target-not-started", f"cannot be started: {error.strerror or error}")
            self._conversation = Conversation(program, self.token, self.timeout_s)
            return self._conversation

    async def _bury(self) -> Failure | None:
        """Count how the last program ended; why there will be no other one."""
        if self._conversation is None or self._conversation.broken is None:
            return None
        ended, broken = await self._conversation.end(), self._conversation.broken
        self._crashes += broken.company == 1
        self._fouls += broken.foul
        if self._crashes < CRASHES and self._fouls < FOULS:
            self._conversation = None
            return None
        self._crashes = self._fouls = CRASHES
        why = "broke the protocol" if broken.foul else "ended without an answer"
        return self._failure(
            broken.code, f"{why} {CRASHES} times; the last time {broken.what} ({ended})", fatal=True
        )

    def _failure(self, code: str, what: str, *, fatal: bool = False) -> Failure:
        return Failure(stage="candidate", code=code, message=self._told(what), fatal=fatal)

    def _told(self, what: str) -> str:
        return self.redact(f"{self.name}: {what}")
