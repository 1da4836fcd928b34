"""One request through a vendor's SDK: its keys, headers and transport, our reading of what comes back."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from mergefloor.core.types import Failure, Output
from mergefloor.providers.fault import fault, of_status

# The engine bounds calls in flight; the pool must never be what a call waits for. Deadlines are the engine's too.
KEPT_ALIVE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A connected SDK. `client` is its async client."""

    sdk: ModuleType
    client: Any
    response: type

    async def post(
        self, path: str, body: Mapping[str, object], model: str, headers: Mapping[str, str] | None = None
    ) -> bytes | Output | Failure:
        """The body of a 2xx answer, else what its absence means. The SDK neither retries nor parses."""
        options = {"headers": dict(headers)} if headers else {}
        sent = self.client.post(path, body=body, cast_to=self.response, options=options)
        return await self._answered(sent, model)

    async def get(self, path: str, query: Mapping[str, str], name: str) -> bytes | Output | Failure:
        """The same of a GET. `name`: what is asked for, in messages."""
        sent = self.client.get(path, cast_to=self.response, options={"params": dict(query)})
        return await self._answered(sent, name)

    async def _answered(self, sent: Awaitable[Any], name: str) -> bytes | Output | Failure:
        try:
            reply = await sent
        except self.sdk.APIStatusError as error:
            return of_status(error.status_code, error.body, error.response.headers, name)
        except (self.sdk.APIConnectionError, OSError) as error:
            return fault("connection", f"{name}: no connection, or a broken one ({_lost(error)})")
        except Exception as error:  # noqa: BLE001 - the transport's own errors are no part of the SDK's contract
            return fault("unreadable-reply", f"{name}: a reply that is no HTTP ({_cause(error)})")
        content: bytes = reply.content
        return content

    async def close(self) -> None:
        """Close connections."""
        await self.client.close()


def transport(sdk: Any, limits: Any) -> Any:
    """The SDK's aiohttp transport: measured 40 % less CPU a call than its default, and no slower to start.

    Redirects are not followed: a key must not travel to where the operator did not send it (T08).
    """
    return sdk.DefaultAioHttpClient(timeout=None, limits=limits, follow_redirects=False)


def _lost(error: BaseException) -> str:
    """Why there is no connection, alike for alike calls: what the operating system says, where it says something
    (to the transport a refused connection is a `ConnectTimeout`), else the name of the innermost error."""
    chain = list(_chain(error))
    said = [e for e in chain if isinstance(e, OSError) and e.errno]
    if not said:
        return type(chain[-1]).__name__
    number = said[-1].errno or 0
    return os.strerror(number) if number > 0 else str(said[-1].strerror)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and so on."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _cause(error: BaseException) -> str:
    inner = error.__cause__ or error
    return f"{type(inner).__name__}: {str(inner)[:200] or 'no details'}"
