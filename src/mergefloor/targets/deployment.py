"""One side of an `http` target as a model: a deployment that is asked over HTTP, once it is healthy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import aiohttp

from mergefloor.core.types import EmbedRequest, Failure, Output, Request, Vectors
from mergefloor.loading.limits import MIB
from mergefloor.targets.addresses import Forbidden
from mergefloor.targets.connections import Lookup, lookup, session
from mergefloor.targets.reply import Unreadable, parse, read

HEADERS = {"content-type": "application/json", "accept": "application/json", "accept-encoding": "identity"}
LARGEST = MIB
OK, REDIRECTS, SERVER_ERRORS = 200, range(300, 400), range(500, 600)
AGAIN = {408: "timeout", 425: "overloaded", 429: "rate-limited"}
HEALTH_S, PAUSE_S, LONGEST_PAUSE_S = 10.0, 0.2, 5.0
EXCERPT = 200


@dataclass(kw_only=True)
class Deployment:
    """`url` and `health` are ready to use; no redirect is followed, no proxy asked, no credential sent."""

    name: str
    url: str
    health: str | None
    timeout_s: float
    wait_s: float
    redact: Callable[[str], str]
    lookup: Lookup = lookup
    _session: aiohttp.ClientSession | None = None
    _healthy: asyncio.Task[Failure | None] | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        """Ask the case; `draw` plays no part."""
        if (failure := await self._ready()) is not None:
            return failure
        try:
            async with asyncio.timeout(self.timeout_s):
                status, headers, body = await self._fetch("POST", self.url, request.messages[-1].content)
        except TimeoutError:
            return self._failure("timeout", f"no answer within {self.timeout_s:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return self._unreached(error)
        return self._read(status, headers, body)

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        """A target has no embeddings."""
        return Failure(stage="embedding", code="bad-request", message=f"{request.model} gives no embeddings")

    async def close(self) -> None:
        """Close the connections."""
        if self._healthy is not None:
            self._healthy.cancel()
            await asyncio.gather(self._healthy, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _ready(self) -> Failure | None:
        """Wait once for the deployment to be there, with everybody who asks meanwhile."""
        if self._session is None:
            self._session = session(self.lookup)
        if self.health is None:
            return None
        if self._healthy is None:
            self._healthy = asyncio.create_task(self._wait(self.health))
        return await asyncio.shield(self._healthy)

    async def _wait(self, health: str) -> Failure | None:
        loop = asyncio.get_running_loop()
        until, pause, last = loop.time() + self.wait_s, PAUSE_S, "no answer"
        while (left := until - loop.time()) > 0:
            try:
                async with asyncio.timeout(min(HEALTH_S, left)):
                    status, _, _ = await self._fetch("GET", health, None)
                if status == OK:
                    return None
                last = f"HTTP {status}"
            except TimeoutError:
                last = "no answer"
            except Forbidden as error:
                return self._unreached(error)
            except (aiohttp.ClientError, OSError, ValueError) as error:
                last = _said(error)
            await asyncio.sleep(min(pause, max(0.0, until - loop.time())))
            pause = min(2 * pause, LONGEST_PAUSE_S)
        return self._failure("target-unhealthy", f"not healthy after {self.wait_s:g} s ({last})", fatal=True)

    async def _fetch(self, method: str, url: str, body: str | None) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers, and at most one byte more than is read."""
        if self._session is None:
            raise OSError("closed")
        data = None if body is None else body.encode("utf-8", "replace")
        async with self._session.request(
            method, url, data=data, headers=HEADERS, allow_redirects=False
        ) as response:
            found = bytearray()
            async for piece in response.content.iter_chunked(65_536):
                found += piece
                if len(found) > LARGEST:
                    response.close()
                    break
            return response.status, response.headers, bytes(found[: LARGEST + 1])

    def _read(self, status: int, headers: Mapping[str, str], body: bytes) -> Output | Failure:
        if status in AGAIN:
            return self._failure(AGAIN[status], f"HTTP {status}", wait_s=_seconds(headers.get("retry-after")))
        if status in SERVER_ERRORS:
            wait = _seconds(headers.get("retry-after"))
            return self._failure("provider-5xx", f"HTTP {status}", wait_s=wait)
        if status in REDIRECTS:
            return self._failure("target-crashed", f"HTTP {status}: redirects are not followed")
        if not OK <= status < REDIRECTS.start:
            excerpt = body[:EXCERPT].decode("utf-8", "replace")
            return self._failure("target-crashed", f"HTTP {status}: {excerpt}")
        if len(body) > LARGEST:
            return self._failure("target-crashed", f"it answered more than {LARGEST:,} bytes")
        try:
            return read(parse(body))
        except Unreadable as error:
            return self._failure("target-crashed", str(error))

    def _unreached(self, error: Exception) -> Failure:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, Forbidden):
            cause = cause.__cause__ or cause.__context__
        if cause is not None:
            return self._failure("target-refused", str(cause), fatal=True)
        return self._failure("connection", f"no connection, or a broken one ({_said(error)})")

    def _failure(self, code: str, what: str, *, fatal: bool = False, wait_s: float | None = None) -> Failure:
        message = self.redact(f"{self.name}: {what}")
        return Failure(stage="candidate", code=code, message=message, fatal=fatal, wait_s=wait_s)


def _said(error: Exception) -> str:
    said = getattr(error, "strerror", None)
    return str(said) if said else type(error).__name__


def _seconds(text: str | None) -> float | None:
    """`retry-after` in seconds; a date is not waited for."""
    return float(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004
