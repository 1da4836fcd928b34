"""A thread with an event loop of its own, on which the broker listens and calls. Only loopback, no access log."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from mergefloor.broker.callers import Callers, most, user_of

if TYPE_CHECKING:
    import aiohttp
    from aiohttp import web

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
    # Made on the server's own loop: the handler of every request, given the session for calls to the outside.
    Open = Callable[[aiohttp.ClientSession], Handler]

HOST = "127.0.0.1"
BACKLOG = 512
# Calls under way when the run ends are paid for: this long their answers are waited for and kept.
GRACE_S = 2.0
START_S = 30.0
EXHAUSTED_S = 0.1


class Server:
    """Listens from `start` to `stop`. `max_body`: bytes of a request's body."""

    def __init__(self, opened: Open, max_body: int) -> None:
        self._opened, self._max_body = opened, max_body
        self._port: Future[int] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="mergefloor-broker", daemon=True)

    def start(self) -> int:
        """The port. OSError when there is none to be had."""
        self._thread.start()
        return self._port.result(START_S)

    def stop(self) -> None:
        """Answer what is under way, briefly, and close."""
        if self._loop is not None and self._over is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(GRACE_S + START_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - whoever waits for the port has to hear of it
            if not self._port.done():
                self._port.set_exception(error)

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        async with _session() as session, self._protocols(self._opened(session)) as protocols:
            with socket.create_server((HOST, 0), backlog=BACKLOG) as listening:
                listening.setblocking(False)
                accepting = asyncio.create_task(_accept(listening, protocols))
                self._port.set_result(int(listening.getsockname()[1]))
                await self._over.wait()
                accepting.cancel()

    @asynccontextmanager
    async def _protocols(self, handler: Handler) -> AsyncIterator[Callable[[], asyncio.Protocol]]:
        from aiohttp import web

        # Of its own, so that no handler hears it: what a child sends must not reach the log (T55).
        quiet = logging.Logger("mergefloor.broker")
        quiet.addHandler(logging.NullHandler())
        app = web.Application(client_max_size=self._max_body, logger=quiet)
        app.router.add_route("*", "/{any:.*}", handler)
        runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=GRACE_S, logger=quiet
        )
        await runner.setup()
        if runner.server is None:
            raise RuntimeError("the server was not set up")
        try:
            yield runner.server
        finally:
            await runner.cleanup()


async def _accept(listening: socket.socket, protocols: Callable[[], asyncio.Protocol]) -> None:
    """Let connections in, so many of each user."""
    loop, descriptors = asyncio.get_running_loop(), resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    ours = listening.getsockname()[1]
    callers = Callers(most(descriptors), lambda port: user_of(port, ours))
    while True:
        try:
            connection, (_, port) = await loop.sock_accept(listening)
            user = callers.enter(port)
            if user is None:
                connection.close()
            else:
                transport, _ = await loop.connect_accepted_socket(protocols, connection)
                callers.inside(transport, user)
        except OSError:
            # They hung up at once, or no file descriptors are left: some of theirs will be closed in time.
            await asyncio.sleep(EXHAUSTED_S)


@asynccontextmanager
async def _session() -> AsyncIterator[aiohttp.ClientSession]:
    """No cookies, no credentials of files, no bound on connections: the broker's places bound them."""
    import aiohttp

    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        trust_env=False,
    ) as session:
        yield session
