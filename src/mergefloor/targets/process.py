"""One running program and its supervisor: lines in, lines out, and an end that leaves nothing behind (R34)."""

from __future__ import annotations

import asyncio
import socket
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

from mergefloor.loading.limits import MIB
from mergefloor.targets.order import ENVIRONMENT, Ended, Order, channel, command, report

LINE = MIB
TAIL = 2_000
# The supervisor's own patience, a little more, and then it is the supervisor that is killed.
PATIENCE_S = 10.0


class TooLong(Exception):
    """A line of more than 1 MiB."""


class Program:
    """A program that was started. `start` it; `stop` it once, whatever happened."""

    def __init__(self, process: Process, control: socket.socket) -> None:
        self._process, self._control = process, control
        self._tail = b""
        self._errors = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, order: Order) -> Program:
        """Launch it. OSError when not even the supervisor starts."""
        with channel() as (ours, theirs):
            try:
                process = await asyncio.create_subprocess_exec(
                    *command(theirs),
                    stdin=PIPE,
                    stdout=PIPE,
                    stderr=PIPE,
                    env=ENVIRONMENT,
                    cwd="/",
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                    limit=LINE,
                )
                ours.sendall(order.encode())
            except OSError:
                ours.close()
                raise
        return cls(process, ours)

    async def send(self, line: bytes) -> None:
        """Write one line. OSError when nobody reads any more."""
        if self._process.stdin is None:
            raise BrokenPipeError
        self._process.stdin.write(line)
        await self._process.stdin.drain()

    async def receive(self) -> bytes:
        """The next line; nothing when the program closed its output. Raises TooLong."""
        if self._process.stdout is None:
            return b""
        try:
            return await self._process.stdout.readuntil(b"\n")
        except asyncio.IncompleteReadError as error:
            return error.partial
        except asyncio.LimitOverrunError as error:
            raise TooLong from error

    async def stop(self) -> Ended:
        """SIGTERM, SIGKILL, and the burial of everything it started; how it ended."""
        self.cut()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(self._process.wait(), self._drained(), self._errors)
        except TimeoutError:
            self._errors.cancel()
            self._process.kill()
        ended = report(self._control, self._tail.decode("utf-8", "replace").strip())
        self._close()
        return ended

    def cut(self) -> None:
        """Tell the supervisor to end it, from anywhere: the rest it does by itself."""
        with suppress(OSError):  # it is gone already
            self._control.shutdown(socket.SHUT_WR)

    def _close(self) -> None:
        self._control.close()
        transport = getattr(self._process, "_transport", None)
        if transport is not None:
            transport.close()

    async def _drained(self) -> None:
        """Read what is left, so that the pipe's end is seen."""
        if self._process.stdout is not None:
            while await self._process.stdout.read(LINE):
                pass

    async def _listen(self) -> None:
        """Keep the end of what it writes to standard error, and no more."""
        if self._process.stderr is not None:
            while piece := await self._process.stderr.read(65_536):
                self._tail = (self._tail + piece)[-TAIL:]
