"""The sockets: real HTTP/1.1 on loopback, one thread a connection, and the faults that only a socket can have."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.github.app import App, Served
from tests.fakes.github.wire import Reply, Request

REST, GRAPHQL = "/api/v3", "/api/graphql"
DRIP_SECONDS = 0.05
REASONS = {200: "OK", 201: "Created", 204: "No Content"}


class Server:
    """Listens from construction to `close`."""

    def __init__(self, app: App) -> None:
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.app = app
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.root = f"http://127.0.0.1:{self._http.server_address[1]}"

    def close(self) -> None:
        """Break off what hangs and wait for the threads."""
        self._http.closing.set()
        self._http.shutdown()
        self._http.drop()
        self._http.server_close()
        self._thread.join(5)
        for thread in list(self._http.workers):
            thread.join(5)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    app: App

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.closing = threading.Event()
        self.numbers = count(1)
        self.workers: list[threading.Thread] = []
        self._open: set[socket.socket] = set()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self.workers.append(threading.current_thread())
        self._open.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._open.discard(request)

    def drop(self) -> None:
        """Close every connection from under its thread."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is its own business; what the fake did wrong is among the violations."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = _below_root(parts.path)
        if path is None:
            self._send(Served(Reply(status=404, body={"message": "Not Found"})))
            return
        request = Request(
            method=self.command,
            path=path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            raw=raw,
            token=_token(self.headers.get("Authorization") or ""),
            number=next(self.server.numbers),
        )
        self._send(self.server.app.serve(request))

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815

    def _send(self, served: Served) -> None:
        kind = served.fault.kind if served.fault else ""
        if kind == "hang":
            self.server.closing.wait()
        if kind in ("hang", "reset") or served.reply is None:
            self._reset()
            return
        body = served.reply.encoded()
        whole = self._head(served.reply, len(body)) + body
        if kind == "cut":
            whole = self._head(served.reply, len(body) // 2) + body[: len(body) // 2]
        if kind == "drip":
            self._drip(whole)
            return
        self.wfile.write(whole)

    def _head(self, reply: Reply, length: int) -> bytes:
        content = "text/html; charset=utf-8" if reply.text is not None else "application/json; charset=utf-8"
        rows = {
            "Server": "github.com",
            "Date": self.date_time_string(),
            "Content-Type": content,
            "Content-Length": str(length),
            "X-GitHub-Request-Id": f"FAKE:{threading.get_ident():x}",
            **reply.headers,
        }
        if reply.status == 204:
            del rows["Content-Type"], rows["Content-Length"]
        start = f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'Answer')}\r\n"
        return (start + "".join(f"{k}: {v}\r\n" for k, v in rows.items()) + "\r\n").encode(
            "latin-1", "replace"
        )

    def _drip(self, whole: bytes) -> None:
        for at in range(len(whole)):
            self.wfile.write(whole[at : at + 1])
            if self.server.closing.wait(DRIP_SECONDS):
                break
        self.close_connection = True

    def _reset(self) -> None:
        # linger 0: the kernel sends RST instead of FIN
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: requests are recorded."""


def _below_root(path: str) -> str | None:
    if path == GRAPHQL:
        return "/graphql"
    if path == REST or path.startswith(f"{REST}/"):
        return path[len(REST) :] or "/"
    return None


def _token(header: str) -> str:
    kind, _, text = header.partition(" ")
    return text.strip() if kind.lower() in ("token", "bearer") else ""
