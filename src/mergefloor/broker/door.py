"""What comes in over HTTP: who may enter, how much they may carry, and the reply in their provider's shape."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mergefloor.broker.answer import Answer
from mergefloor.broker.api import NAMED, ROUTES, Api, presented
from mergefloor.broker.desk import Desk
from mergefloor.broker.listing import listing
from mergefloor.broker.question import Question, read_question
from mergefloor.broker.refusal import Refusal, child_error, error_body, run_error
from mergefloor.broker.side import Side
from mergefloor.broker.turn import Turn
from mergefloor.broker.upstream import Provider
from mergefloor.broker.vectors import Vectors

if TYPE_CHECKING:
    from aiohttp import web

MAX_BODY = 8 * 1024 * 1024
# Of one side, so that no side can starve the other.
MAX_HELD = 64 * 1024 * 1024
MAX_OPEN = 1000
BUSY = run_error(429, "rate-limited", "too many requests of this process at once", again=True)


@dataclass(kw_only=True)
class Door:
    """Handles requests on one event loop. `sides`: those of the moment, by the token in their path."""

    desk: Desk
    vectors: Vectors
    sides: Callable[[], Mapping[str, Side]] = field(repr=False)

    async def handle(self, request: web.Request) -> web.Response:
        """Any request of anybody on this machine."""
        token, provider, path = _split(request.path)
        try:
            got = await self._got(request, self._side(token, request.headers), provider, path)
        except Exception as error:  # noqa: BLE001 - whatever breaks here must not tell a child how
            what = f"a bug ({type(error).__name__}); please report it"
            got = run_error(500, "provider-5xx", what)
        return _reply(provider, got)

    async def _got(
        self, request: web.Request, side: Side | None, provider: Provider, path: str
    ) -> bytes | Refusal:
        if side is None:
            return child_error(401, "unauthorized", "wrong or missing token")
        if request.method == "GET" and path.startswith("v1/models"):
            return listing(provider, side.models, path)
        api = ROUTES.get((provider, path))
        if api is None or request.method != "POST":
            known = ", ".join(f"POST {route}" for of, route in ROUTES if of == provider)
            return child_error(404, "no-such-route", f"{request.method} {path[:100]!r} is none of {known}")
        length = _length(request)
        if isinstance(length, Refusal):
            return length
        if side.open >= MAX_OPEN or side.held + length > MAX_HELD:
            return BUSY
        with _inside(side, length):
            return await self._asked(request, side, api)

    async def _asked(self, request: web.Request, side: Side, api: Api) -> bytes | Refusal:
        question = read_question(api, await request.read(), _lowered(request.headers), side.models)
        if isinstance(question, Refusal):
            return question
        got = await self._answered(request, side, question)
        return got if isinstance(got, Refusal) else got.text.encode("utf-8")

    async def _answered(self, request: web.Request, side: Side, question: Question) -> Answer | Refusal:
        """The answer, and what became of it in the turn in which it was asked."""
        turn, owners = side.turns_for(question.texts)
        subject = question.subject(self.desk.endpoint(question))
        if question.drawn:
            got = await self._sample(request, side, question, (turn, subject))
        else:
            got = await self.vectors.answer(side, question)
        failure = got.failure() if isinstance(got, Refusal) else None
        for owner in owners:
            if failure is None:
                owner.answered(subject)
            else:
                owner.failed(subject, failure)
        return got

    async def _sample(
        self, request: web.Request, side: Side, question: Question, place: tuple[Turn, str]
    ) -> Answer | Refusal:
        """The next sample of its turn. One that nobody is there to take any more is the next one still."""
        turn, subject = place
        sample = turn.take(subject)
        got = await self.desk.answer(side, question, turn.address, sample)
        gone = request.transport is None or request.transport.is_closing()
        if gone or isinstance(got, Refusal):
            turn.give_back(subject, sample)
        return got

    def _side(self, token: str, headers: Mapping[str, str]) -> Side | None:
        """The side of a token in the path, with the key that belongs to it. Compared in constant time."""
        given = presented(_lowered(headers)).encode("utf-8", "replace")
        for known, side in self.sides().items():
            same = hmac.compare_digest(known.encode(), token.encode("utf-8", "replace"))
            if same and hmac.compare_digest(side.key.encode(), given):
                return side
        return None


@contextmanager
def _inside(side: Side, length: int) -> Iterator[None]:
    side.open += 1
    side.held += length
    try:
        yield
    finally:
        side.open -= 1
        side.held -= length


def _split(path: str) -> tuple[str, Provider, str]:
    """`/token/provider/rest`. What names no provider is answered as OpenAI would."""
    token, _, rest = path.removeprefix("/").partition("/")
    name, _, route = rest.partition("/")
    provider = next((known for known in NAMED if known == name), None)
    return (token, provider, route) if provider is not None else (token, "openai", rest)


def _length(request: web.Request) -> int | Refusal:
    """The declared length, so that nothing is read that has no room; packed bodies would lie about theirs."""
    if request.content_length is None:
        return child_error(411, "bad-request", "the request does not declare its length")
    if request.headers.get("content-encoding", "identity").casefold() != "identity":
        return child_error(415, "bad-request", "packed requests are not read")
    if request.content_length > MAX_BODY:
        return child_error(413, "too-large", f"the request has more than {MAX_BODY >> 20} MiB")
    return request.content_length


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.casefold(): value for name, value in headers.items()}


def _reply(provider: Provider, got: bytes | Refusal) -> web.Response:
    from aiohttp import web

    headers = {"server": "mergefloor", "content-type": "application/json"}
    if not isinstance(got, Refusal):
        return web.Response(body=got, headers=headers)
    # Both SDKs obey this header; without it they would repeat what cannot succeed.
    more = {"x-should-retry": "true" if got.again else "false", **dict(got.headers)}
    return web.Response(status=got.status, body=error_body(provider, got), headers={**headers, **more})
