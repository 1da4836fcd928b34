"""Who is on the other end of a connection on this machine, and how many connections that user may keep open."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Protocol

# Connections of one user. Both sides of a target are users of their own, so neither can take those of the other; and
# two of them leave a third of our file descriptors for everything else.
MOST, LEAST, KEPT = 1000, 64, 256
NOBODY = -1

# The kernel's answer about one socket takes 30 microseconds; its table of all of them in /proc takes 10 milliseconds.
# https://man7.org/linux/man-pages/man7/sock_diag.7.html
SOCK_DIAG, BY_FAMILY, REQUEST = 4, 20, 1
HEADER, ANY_STATE, NO_COOKIE = struct.Struct("=IHHII"), 0xFFFFFFFF, b"\xff" * 8
USER = struct.Struct("=4x48x12xI")


class Connection(Protocol):
    """What tells whether it is still open."""

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""


def user_of(port: int, ours: int) -> int:
    """The user whose socket connects from `port` to our port on loopback; NOBODY: not known, or not on this system."""
    family = getattr(socket, "AF_NETLINK", None)
    if family is None:
        return NOBODY
    try:
        with socket.socket(family, socket.SOCK_RAW, SOCK_DIAG) as kernel:
            kernel.settimeout(1.0)
            kernel.send(_question(port, ours))
            reply = kernel.recv(4096)
    except OSError:
        return NOBODY
    return _user(reply)


def _question(port: int, ours: int) -> bytes:
    host = socket.inet_aton("127.0.0.1")
    ends = struct.pack("!HH16s16s", port, ours, host, host) + struct.pack("=I8s", 0, NO_COOKIE)
    asked = struct.pack("=BBBBI", socket.AF_INET, socket.IPPROTO_TCP, 0, 0, ANY_STATE) + ends
    return HEADER.pack(HEADER.size + len(asked), BY_FAMILY, REQUEST, 1, 0) + asked


def _user(reply: bytes) -> int:
    if len(reply) < HEADER.size + USER.size or HEADER.unpack_from(reply)[1] != BY_FAMILY:
        return NOBODY
    found: int = USER.unpack_from(reply, HEADER.size)[0]
    return found


def most(descriptors: int) -> int:
    """How many connections one user may have, where the process may open so many files."""
    return min(MOST, max(LEAST, (descriptors - KEPT) // 3))


class Callers:
    """Open connections by user. Who is not known shares one count with all that are not known."""

    def __init__(self, bound: int, user: Callable[[int], int]) -> None:
        self._bound, self._user = bound, user
        self._open: list[tuple[Connection, int]] = []

    def enter(self, port: int) -> int | None:
        """The user of a new connection; None when they have too many already."""
        self._open = [each for each in self._open if not each[0].is_closing()]
        user = self._user(port)
        return user if sum(each == user for _, each in self._open) < self._bound else None

    def inside(self, connection: Connection, user: int) -> None:
        """A connection of this user is open."""
        self._open.append((connection, user))
