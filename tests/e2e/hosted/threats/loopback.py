"""A language model on this machine that answers as a test says, and a port that only counts who comes."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

NAME = "m-2026-01-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it arrived."""

    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        return "\n".join(m["content"] for m in self.body["messages"] if m["role"] == "system")

    @property
    def user(self) -> str:
        return next(m["content"] for m in reversed(self.body["messages"]) if m["role"] == "user")


Answer: TypeAlias = "str | tuple[int, str]"
"""What is said, or an HTTP status with the body of an error."""


@dataclass(slots=True)
class LLM:
    """An endpoint that speaks chat completions. `asked`: everything that arrived; `location`: where errors lead."""

    answer: Callable[[Asked], Answer]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    tokens: tuple[int, int] = (10, 10)  # of a question, of an answer
    location: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    llm: LLM

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        asked = Asked(headers={k.lower(): v for k, v in self.headers.items()}, body=json.loads(raw))
        self.llm.asked.append(asked)
        said = self.llm.answer(asked)
        if isinstance(said, tuple):
            self._send(said[0], json.dumps({"error": {"message": said[1], "type": "x"}}).encode())
            return
        spent, made = self.llm.tokens
        message = {"role": "assistant", "content": said}
        reply = {
            "id": "x", "object": "chat.completion", "created": 1, "model": asked.body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": spent, "completion_tokens": made, "total_tokens": spent + made},
        }  # fmt: skip
        self._send(200, json.dumps(reply).encode())

    def _send(self, status: int, data: bytes) -> None:
        rows = [f"HTTP/1.1 {status} X", "content-type: application/json", f"content-length: {len(data)}"]
        rows += [f"location: {self.llm.location}"] if self.llm.location else []
        self.wfile.write("\r\n".join((*rows, "", "")).encode() + data)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever went away has nothing to answer for."""


@contextmanager
def a_model(answer: Callable[[Asked], Answer], tokens: tuple[int, int] = (10, 10)) -> Iterator[LLM]:
    """The endpoint, for as long as it is needed."""
    llm = LLM(answer=answer, tokens=tokens)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"llm": llm}))
    llm.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield llm
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass(slots=True)
class Trap:
    """A port of this machine. `caught`: the first bytes of whoever connected."""

    port: int
    caught: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def a_trap() -> Iterator[Trap]:
    """Listens, takes what comes, answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        trap = Trap(listener.getsockname()[1])
        listener.settimeout(0.05)
        done = threading.Event()

        def catch() -> None:
            while not done.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(0.2)
                    try:
                        trap.caught.append(connection.recv(65_536))
                    except OSError:
                        trap.caught.append(b"")

        thread = threading.Thread(target=catch, daemon=True)
        thread.start()
        try:
            yield trap
        finally:
            done.set()
            thread.join(5)
