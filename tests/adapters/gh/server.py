"""A server of raw bytes on loopback: what happens on the line, below HTTP, where mocks do not reach."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Behaviour = Callable[[socket.socket], None]


def says(status: int, body: str = "{}", **headers: str) -> Behaviour:
    """A whole answer."""
    return lambda line: line.sendall(_head(status, len(body.encode()), headers) + body.encode())


def cut(body: str = '{"number": 7, "title": "a long') -> Behaviour:
    """An answer that promises more than it sends."""
    return lambda line: line.sendall(_head(200, len(body) + 100, {}) + body.encode())


def reset(line: socket.socket) -> None:
    """The request is read, then the connection is torn down."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drips(line: socket.socket) -> None:
    """One byte now and then, for ever: no socket timeout ever sees silence."""
    line.sendall(_head(200, 10_000, {}))
    for _ in range(200):
        line.sendall(b" ")
        time.sleep(0.05)


def hangs(line: socket.socket) -> None:
    """Nothing, until the client leaves."""
    line.settimeout(10)
    line.recv(1)


class Server:
    """Behaves as told, one behaviour a request, the last one for ever."""

    def __init__(self, behaviours: tuple[Behaviour, ...]) -> None:
        self._left = list(behaviours)
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.requests: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)  # closing alone would not wake the thread that accepts
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line:
            head = _request(line)
            if not head:
                return
            with self._lock:
                self.requests.append(head.split(" HTTP/")[0])
                behave = self._left.pop(0) if len(self._left) > 1 else self._left[0]
            try:
                behave(line)
            except OSError:  # the client has left
                return


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[Server]:
    server = Server(behaviours)
    try:
        yield server
    finally:
        server.close()


def _request(line: socket.socket) -> str:
    """The request with its body, so that nothing is left unread when the line is closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = line.recv(65536)
        if not more:
            return ""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    text = head.decode("latin-1")
    lengths = [
        int(row.split(":")[1]) for row in text.split("\r\n") if row.lower().startswith("content-length:")
    ]
    while len(body) < sum(lengths):
        body += line.recv(65536)
    return text


def _head(status: int, length: int, headers: dict[str, str]) -> bytes:
    rows = {
        "Content-Type": "application/json",
        "Content-Length": str(length),
        "Connection": "close",
        **headers,
    }
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in rows.items())
    return f"HTTP/1.1 {status} Status\r\n{named}\r\n".encode()
