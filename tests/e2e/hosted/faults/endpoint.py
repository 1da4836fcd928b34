"""An OpenAI-compatible endpoint on loopback that does what a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

MODEL = "openai-compatible/served-model-2026-01-15"
Answer: TypeAlias = "str | int | None"
"""A text; an HTTP status of an error; None: nothing ever comes."""


class Endpoint(ThreadingHTTPServer):
    """`say`: what becomes of the n-th call with this prompt; `calls`: how many there were."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.say: Callable[[int, str], Answer] = lambda _number, _prompt: "Hello, friend!"
        self.calls, self.keys = 0, set[str]()
        self.closing, self.lock = threading.Event(), threading.Lock()

    @property
    def url(self) -> str:
        """For the input `openai-base-url`."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is gone; that is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Endpoint

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.calls += 1
            number = self.server.calls
            self.server.keys.add(self.headers.get("Authorization", ""))
        said = self.server.say(number, json.dumps(body["messages"]))
        if said is None:
            self.server.closing.wait()
            self.close_connection = True
            return
        if isinstance(said, int):
            self._send(said, {"error": {"message": "the endpoint says no", "type": "test", "code": "no"}})
            return
        message = {"role": "assistant", "content": said}
        self._send(
            200,
            {
                "id": f"chatcmpl-{number}",
                "object": "chat.completion",
                "created": 1_795_000_000,
                "model": body["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
            },
        )

    def _send(self, status: int, value: Any) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Endpoint]:
    """An endpoint, as long as it lasts."""
    server = Endpoint()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
