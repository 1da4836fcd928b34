"""The way to the real endpoints: places, deadlines, bounded bodies, and whether another call can succeed (R07, R08)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mergefloor.broker.api import real_headers
from mergefloor.broker.fault import of_status
from mergefloor.broker.question import Question
from mergefloor.broker.refusal import ENDPOINT_OVER, FATAL, Refusal, run_error
from mergefloor.broker.upstream import Provider, Secrets, Upstream

if TYPE_CHECKING:
    import aiohttp

MAX_REPLY = 32 * 1024 * 1024
OK, REDIRECTS = range(200, 300), range(300, 400)


@dataclass(kw_only=True)
class Line:
    """Calls to the real endpoints. Lives on one event loop. `dead`: what need not be tried again, by provider and
    model (None: whatever the model)."""

    upstreams: Mapping[Provider, Upstream]
    secrets: Secrets
    session: aiohttp.ClientSession
    dead: dict[tuple[Provider, str | None], Refusal] = field(default_factory=dict)

    async def call(self, question: Question, seconds: float) -> str | Refusal:
        """The body of a 2xx, or why there is none. `seconds`: how long it may take."""
        provider = question.api.provider
        upstream = self.upstreams.get(provider)
        if upstream is None:
            return run_error(502, "refused-key", f"this run has no key for {provider}")
        over = self.dead.get((provider, None)) or self.dead.get((provider, question.name))
        if over is not None:
            return over
        try:
            async with asyncio.timeout(seconds):
                got = await self._post(question, upstream)
        except TimeoutError:
            got = run_error(504, "timeout", f"no answer within {seconds:.0f} s", again=True)
        if isinstance(got, Refusal):
            self.condemn(question, got)
        return got

    def condemn(self, question: Question, refusal: Refusal) -> None:
        """Remember what a refusal says of the calls to come, if it says anything."""
        if refusal.code in FATAL:
            name = None if refusal.code in ENDPOINT_OVER else question.name
            self.dead.setdefault((question.api.provider, name), refusal)

    async def _post(self, question: Question, upstream: Upstream) -> str | Refusal:
        import aiohttp

        try:
            async with self.session.post(
                upstream.url.rstrip("/") + question.api.path,
                data=BytesIO(question.sent),
                headers=real_headers(question.api, upstream, question.headers),
                # A key must not travel to where the operator did not send it (T08).
                allow_redirects=False,
                proxy=upstream.proxy,
            ) as reply:
                return self._read(reply, await _body(reply), upstream)
        except (aiohttp.ClientError, ssl.SSLError, OSError, ValueError) as error:
            # The error's own words may quote what was sent.
            what = f"no connection to the provider, or a broken one ({type(error).__name__})"
            return run_error(502, "connection", what, again=True)

    def _read(self, reply: Any, data: bytes | None, upstream: Upstream) -> str | Refusal:
        if data is None:
            return run_error(502, "unreadable-reply", f"the provider sent more than {MAX_REPLY >> 20} MiB")
        text = data.decode("utf-8", "replace")
        if reply.status in REDIRECTS:
            return run_error(502, "unreadable-reply", "the provider redirects, which is not followed")
        if reply.status not in OK:
            return of_status(reply.status, text, reply.headers, self.secrets)
        if self.secrets.holds(text) or (upstream.key and upstream.key in text):
            return run_error(502, "unreadable-reply", "the provider's answer held a secret and is withheld")
        return text


async def _body(reply: Any) -> bytes | None:
    """The whole body, unpacked; None when it is too long."""
    found = bytearray()
    async for chunk in reply.content.iter_any():
        found += chunk
        if len(found) > MAX_REPLY:
            return None
    return bytes(found)
