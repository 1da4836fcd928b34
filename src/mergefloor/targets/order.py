"""What the supervisor is asked to start, and how it is launched."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mergefloor.loading.limits import MIB

SUPERVISOR = Path(__file__).with_name("supervisor.py")
# The supervisor needs nothing of our environment, and what it starts must not find it in /proc.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
LARGEST_REPORT = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one program may take, each of its processes by itself: bytes of memory, seconds of CPU, bytes a file, open
    files; `processes` counts only where the program has a user of its own. `grace_s` lies between SIGTERM and SIGKILL.
    """

    memory: int = 8192 * MIB
    cpu_s: int = 3600
    file: int = 1024 * MIB
    open_files: int = 1024
    processes: int = 512
    grace_s: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user and group number for one program. `private`: nothing else on this machine has it."""

    uid: int
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One program to start. `user` None: with our own rights."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    user: User | None
    limits: Limits = field(default_factory=Limits)

    def encode(self) -> bytes:
        """The one line that the supervisor reads."""
        limits = {
            "RLIMIT_CORE": 0,
            "RLIMIT_AS": self.limits.memory,
            "RLIMIT_CPU": self.limits.cpu_s,
            "RLIMIT_FSIZE": self.limits.file,
            "RLIMIT_NOFILE": self.limits.open_files,
        }
        if self.user is not None:
            limits["RLIMIT_NPROC"] = self.limits.processes
        order = {
            "argv": self.argv,
            "env": dict(self.env),
            "cwd": str(self.cwd),
            "uid": None if self.user is None else self.user.uid,
            "private": self.user is not None and self.user.private,
            "limits": limits,
            "grace_s": self.limits.grace_s,
        }
        return json.dumps(order).encode() + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a program ended: its exit status (negative: a signal; None: not known), why it did not start, and the end
    of what it wrote to standard error."""

    status: int | None = None
    error: str = ""
    said: str = ""

    def __str__(self) -> str:
        how = self.error or ("it was killed" if self.status is None else f"exit status {self.status}")
        return f"{how}; it wrote: {self.said}" if self.said else how


@contextmanager
def channel() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Our end and the supervisor's, which is closed here once it is launched. Closing ours ends the program."""
    ours, theirs = socket.socketpair()
    with theirs:
        yield ours, theirs


def command(theirs: socket.socket) -> tuple[str, ...]:
    """How to launch the supervisor; pass it `theirs` by its number."""
    return (sys.executable, "-I", "-S", str(SUPERVISOR), str(theirs.fileno()))


def report(ours: socket.socket, said: str) -> Ended:
    """What the supervisor told before it ended. A supervisor that told nothing was killed."""
    ours.setblocking(False)
    try:
        data = ours.recv(LARGEST_REPORT)
        told = json.loads(data) if data else {}
    except (OSError, ValueError):
        told = {}
    return Ended(status=told.get("status"), error=str(told.get("error", "")), said=said)
