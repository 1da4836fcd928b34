"""A snapshot of files in memory, a server of canned answers, and the replaying test server where it is there."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mergefloor.core.ports import TreeEntry
from mergefloor.errors import InputError

REPLAY = Path(__file__).parents[3].parent / "shared" / "tools" / "replay_llm.py"


class Files:
    """A snapshot of `path -> bytes`."""

    sha = "f" * 40

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self.contents = dict(contents)

    @property
    def files(self) -> Mapping[str, TreeEntry]:
        return {p: TreeEntry(mode="100644", blob="0" * 40, size=len(d)) for p, d in self.contents.items()}

    def read(self, path: str) -> bytes:
        if path not in self.contents:
            raise InputError.at(path, 1, "there is no such file", "check the path")
        return self.contents[path]


class Canned:
    """Answers every request with the next of `replies`: (status, headers, body). Keeps what it was sent."""

    def __init__(self) -> None:
        self.replies: list[tuple[int, dict[str, str], bytes]] = []
        self.seen: list[tuple[str, dict[str, str], Any]] = []
        handler = type("Handler", (_Handler,), {"canned": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def reply(self, status: int, body: object, **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.replies.append((status, {k.replace("_", "-"): v for k, v in headers.items()}, data))


class _Handler(BaseHTTPRequestHandler):
    canned: Canned
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.canned.seen.append(
            (self.path, {k.lower(): v for k, v in self.headers.items()}, json.loads(body))
        )
        self._answer()

    def do_GET(self) -> None:
        self.canned.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}, None))
        self._answer()

    def _answer(self) -> None:
        status, headers, data = self.canned.replies.pop(0)
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def canned() -> Iterator[Canned]:
    server = Canned()
    thread = threading.Thread(target=server.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.server.shutdown()
    server.server.server_close()
    thread.join(5)


@pytest.fixture(scope="session")
def replay() -> ModuleType:
    if not REPLAY.is_file():
        pytest.skip("the replaying test server is not here")
    spec = importlib.util.spec_from_file_location("replay_llm", REPLAY)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def files() -> type[Files]:
    return Files
