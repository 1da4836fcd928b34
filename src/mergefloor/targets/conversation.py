"""Questions and answers with one running program, by unpredictable numbers, in any order (T38)."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.types import Json
from mergefloor.targets.order import Ended
from mergefloor.targets.process import LINE, Program, TooLong
from mergefloor.targets.reply import Unreadable, parse, shown

# Numbers of answered questions: only to say what a second answer is.
REMEMBERED = 1_000
Code: TypeAlias = Literal["target-crashed", "target-timeout"]
Reply: TypeAlias = "dict[str, Json] | Broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The program is of no more use. `company`: how many questions were open then; `foul`: it broke the protocol."""

    code: Code
    what: str
    company: int
    foul: bool = False


class Conversation:
    """What is said with a program until it is `broken`. `token` makes the numbers of questions, `timeout_s` is for
    one of them."""

    def __init__(self, program: Program, token: Callable[[], str], timeout_s: float) -> None:
        self._program, self._token, self._timeout_s = program, token, timeout_s
        self._open: dict[str, asyncio.Future[Reply]] = {}
        self._left: set[str] = set()
        self._answered: deque[str] = deque(maxlen=REMEMBERED)
        self._last_reply = 0.0
        self.broken: Broken | None = None
        self._end: asyncio.Task[Ended] | None = None
        self._reader = asyncio.create_task(self._listen())

    async def ask(self, payload: Mapping[str, Json]) -> Reply:
        """The reply to one question, or why there is none."""
        number = self._token()
        loop = asyncio.get_running_loop()
        reply = self._open[number] = loop.create_future()
        hard = loop.time() + self._timeout_s * len(self._open)
        sent = loop.time()
        try:
            line = (
                json.dumps({"id": number, **payload}, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
            )
            sending = asyncio.create_task(self._send(line))
            try:
                return await self._wait(reply, sent, hard)
            finally:
                sending.cancel()
        finally:
            if self._open.pop(number, None) is not None and not reply.done():
                self._left.add(number)

    async def end(self) -> Ended:
        """Stop the program, once; how it ended."""
        if self._end is None:
            self._end = asyncio.create_task(self._stop())
        return await asyncio.shield(self._end)

    def cut(self) -> None:
        """End it from outside of the event loop."""
        self._program.cut()

    async def _stop(self) -> Ended:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        return await self._program.stop()

    async def _send(self, line: bytes) -> None:
        try:
            await self._program.send(line)
        except OSError:
            return  # its output ends as well, and that says it to everybody

    async def _wait(self, reply: asyncio.Future[Reply], sent: float, hard: float) -> Reply:
        """A program may take questions one by one: while it answers others, this one waits for its turn, but never
        longer than everybody before it may take together."""
        loop = asyncio.get_running_loop()
        while True:
            until = min(max(sent, self._last_reply) + self._timeout_s, hard)
            await asyncio.wait((reply,), timeout=max(0.0, until - loop.time()))
            if reply.done():
                return reply.result()
            if loop.time() >= min(max(sent, self._last_reply) + self._timeout_s, hard):
                self._break("target-timeout", f"it did not answer within {self._timeout_s:g} s")

    async def _listen(self) -> None:
        try:
            while line := await self._program.receive():
                if (problem := self._take(line)) is not None:
                    self._break("target-crashed", problem, foul=True)
                    return
        except TooLong:
            self._break("target-crashed", f"it wrote a line of more than {LINE:,} bytes", foul=True)
            return
        self._break("target-crashed", "it ended without an answer")

    def _take(self, line: bytes) -> str | None:
        """Give a reply to whoever asked; what is wrong with it when it breaks the protocol."""
        try:
            reply = parse(line)
        except Unreadable as error:
            return f"it wrote to standard output what is no reply: {error}"
        number = reply.get("id")
        if not isinstance(number, str) or not (number in self._open or number in self._left):
            again = " a second time" if isinstance(number, str) and number in self._answered else ""
            return f"it answered{again} a question that is not open: {shown(line)}"
        self._answered.append(number)
        self._left.discard(number)
        if (asked := self._open.pop(number, None)) is not None:
            self._last_reply = asyncio.get_running_loop().time()
            asked.set_result(reply)
        return None

    def _break(self, code: Code, what: str, *, foul: bool = False) -> None:
        if self.broken is None:
            waiting = [reply for reply in self._open.values() if not reply.done()]
            self.broken = Broken(code=code, what=what, company=len(waiting), foul=foul)
            for reply in waiting:
                reply.set_result(self.broken)
