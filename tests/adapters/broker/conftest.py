"""A provider on loopback that says what it is told to, and a broker in front of it with a real cache and ledger."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from mergefloor.broker import Broker, Side, Turn, Upstream
from mergefloor.core.cost import Ledger
from mergefloor.core.settings import Price
from mergefloor.engine.books import SharedBooks
from mergefloor.engine.purse import Purse
from mergefloor.render import Redactor
from mergefloor.storage.cache import open_cache

OPENAI_KEY = "sk-real-canary-key-0123456789abcdef"
ANTHROPIC_KEY = "sk-ant-real-canary-9876543210fedcba"
GPT = "openai/gpt-5-mini-2025-08-07"
SMALL = "openai/text-embedding-3-small"
CLAUDE = "anthropic/claude-sonnet-4-6-20251015"
ALL = (GPT, SMALL, CLAUDE)
# USD per million tokens
PRICES = {
    GPT: Price(input=0.25, output=2.0, cached_input=0.025),
    SMALL: Price(input=0.02, output=0.0),
    CLAUDE: Price(input=3.0, output=15.0, cached_input=0.3),
}
Reply = tuple[int, dict[str, str], bytes]


def chat(text: str = "Hello.", **more: Any) -> dict[str, Any]:
    """A chat completion of 1,000 + 100 tokens."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-5-mini-2025-08-07",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
        **more,
    }


def message(text: str = "Hello.", **more: Any) -> dict[str, Any]:
    """An Anthropic message of 1,000 + 100 tokens."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-6-20251015",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1000, "output_tokens": 100},
        **more,
    }


class Provider:
    """Answers every POST with `say(path, body, headers)`, and keeps what it was sent."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str], Any]] = []
        self.delay_s = 0.0
        self.most = self._now = 0
        self._lock, self._count = threading.Lock(), itertools.count(1)
        self.say: Callable[[str, Any, dict[str, str]], Reply | dict[str, Any]] = self.numbered
        handler = type("Handler", (_Handler,), {"provider": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def numbered(self, path: str, body: Any, headers: dict[str, str]) -> dict[str, Any]:
        """No two answers are the same text."""
        with self._lock:
            number = next(self._count)
        if path.endswith("/embeddings"):
            texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
            rows = [
                {"object": "embedding", "index": i, "embedding": [float(len(text)), 1.0]}
                for i, text in enumerate(texts)
            ]
            usage = {"prompt_tokens": 10 * len(texts), "total_tokens": 10 * len(texts)}
            return {"object": "list", "model": body["model"], "data": rows, "usage": usage}
        return message(f"Answer {number}.") if path.endswith("/messages") else chat(f"Answer {number}.")

    def answer(self, path: str, headers: dict[str, str], body: Any) -> Reply:
        with self._lock:
            self.seen.append((path, headers, body))
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            time.sleep(self.delay_s)
            said = self.say(path, body, headers)
            return said if isinstance(said, tuple) else (200, {}, json.dumps(said).encode())
        finally:
            with self._lock:
                self._now -= 1


class _Handler(BaseHTTPRequestHandler):
    provider: Provider
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        status, headers, data = self.provider.answer(
            self.path, {name.lower(): value for name, value in self.headers.items()}, json.loads(body)
        )
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Run:
    """One run: a ledger, a budget, a deadline, the cache of the folder, and a broker."""

    def __init__(self, folder: Path, provider: Provider, **settings: Any) -> None:
        self.stack = ExitStack()
        self.ledger = Ledger(PRICES)
        minutes = settings.pop("seconds", 600.0)
        self.books = SharedBooks(
            ledger=self.ledger,
            purse=Purse(settings.pop("usd", 5.0), self.ledger),
            clock=time.monotonic,
            until=time.monotonic() + minutes,
        )
        self.cache = self.stack.enter_context(
            open_cache(
                directory=folder, secret=b"s" * 32, run_id="r", clock=time.time, warn=lambda text: None
            )
        )
        url = settings.pop("url", provider.url)
        tokens = itertools.count(1)
        upstreams = {
            "openai": Upstream(url=f"{url}/v1", key=OPENAI_KEY),
            "anthropic": Upstream(url=url, key=ANTHROPIC_KEY),
        }
        given: dict[str, Any] = {"upstreams": upstreams, **settings}
        self.broker = self.stack.enter_context(
            Broker(
                cache=self.cache,
                books=self.books,
                secrets=Redactor([OPENAI_KEY, ANTHROPIC_KEY]),
                clock=time.monotonic,
                wall_clock=time.time,
                new_token=lambda: f"token{next(tokens):04}",
                **given,
            )
        )

    def side(self, *models: str, arm: str = "head", suite: str = "s") -> Side:
        return self.broker.side(models or ALL, arm, suite)  # type: ignore[arg-type]

    def close(self) -> None:
        self.stack.close()


def post(
    side: Side, path: str, body: Any, headers: dict[str, str] | None = None, key: str | None = None
) -> tuple[int, Any, dict[str, str]]:
    """One POST as a child sends it, path below its base URL: status, JSON, headers."""
    provider = "ANTHROPIC" if path.endswith("messages") else "OPENAI"
    at = urlsplit(side.environment[f"{provider}_BASE_URL"])
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with_key = {"authorization": f"Bearer {side.key if key is None else key}", **(headers or {})}
    connection = HTTPConnection(at.hostname or "", at.port or 0, timeout=30)
    try:
        connection.request("POST", at.path + path, body=data, headers=with_key)
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read()), {k.lower(): v for k, v in reply.getheaders()}
    finally:
        connection.close()


def ask(side: Side, text: str = "Hi", **more: Any) -> tuple[int, Any, dict[str, str]]:
    """One chat completion."""
    body = {"model": GPT.partition("/")[2], "messages": [{"role": "user", "content": text}], **more}
    return post(side, "/chat/completions", body)


async def _opened(mine: AbstractAsyncContextManager[Turn]) -> Turn:
    return await mine.__aenter__()


async def _closed(mine: AbstractAsyncContextManager[Turn]) -> None:
    await mine.__aexit__(None, None, None)


@contextmanager
def turn(side: Side, payload: str, draw: int = 0) -> Iterator[Turn]:
    """One question of the golden set, from a test that is not async."""
    mine = side.turn(payload, draw)
    with asyncio.Runner() as loop:
        opened = loop.run(_opened(mine))
        try:
            yield opened
        finally:
            loop.run(_closed(mine))


def said(reply: tuple[int, Any, dict[str, str]]) -> str:
    """The text of a chat completion."""
    status, body, _ = reply
    assert status == 200, body
    text = body["choices"][0]["message"]["content"]
    assert isinstance(text, str)
    return text


@contextmanager
def serving(server: Provider) -> Iterator[Provider]:
    """A provider that answers on this machine until the end."""
    thread = threading.Thread(target=server.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.server.shutdown()
        server.server.server_close()
        thread.join(5)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving(Provider()) as server:
        yield server


@pytest.fixture
def run(tmp_path: Path, provider: Provider) -> Iterator[Callable[..., Run]]:
    """Runs of one machine, one after another: they share a folder and nothing else."""
    runs: list[Run] = []

    def begin(**settings: Any) -> Run:
        for earlier in runs:
            earlier.close()
        runs.append(Run(tmp_path / "cache", provider, **settings))
        return runs[-1]

    yield begin
    for each in runs:
        each.close()
