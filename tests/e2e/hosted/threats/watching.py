"""What this process does while a run is under way: programs that it starts, files that it opens, whom it calls."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

STARTS = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "pty.spawn",
)


@dataclass(frozen=True, slots=True)
class Started:
    """A program: its arguments, its environment (None: our own), and our own at that moment."""

    argv: tuple[str, ...]
    env: dict[str, str] | None
    ours: dict[str, str]


@dataclass(slots=True)
class Watch:
    """`started`: each program; `opened`: each path, and whether it was for writing; `called`: each address."""

    started: list[Started] = field(default_factory=list)
    opened: list[tuple[str, bool]] = field(default_factory=list)
    called: list[Any] = field(default_factory=list)
    on: bool = False

    def note(self, event: str, args: tuple[Any, ...]) -> None:
        # The GitHub for tests lives in this process too, in threads of its own.
        if not self.on or _PAUSES or "process_request_thread" in threading.current_thread().name:
            return
        if event in STARTS:
            argv = args[1] if len(args) > 1 and not isinstance(args[1], str) else args
            env = args[-1] if isinstance(args[-1], dict) else None
            self.started.append(Started(tuple(map(_text, argv)), env, dict(os.environ)))
        elif event == "socket.connect":
            self.called.append(args[1])
        elif event == "open" and isinstance(args[0], str | bytes):
            flags = args[2] if isinstance(args[2], int) else 0
            self.opened.append((_text(args[0]), bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))))


_WATCHES: list[Watch] = []
_PAUSES: list[None] = []


def _text(value: object) -> str:
    return os.fsdecode(value) if isinstance(value, str | bytes | os.PathLike) else str(value)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    for watch in _WATCHES:
        watch.note(event, args)


@contextmanager
def watched() -> Iterator[Watch]:
    """The watch, on for as long as the block runs. Audit hooks stay for ever, so there is one for all."""
    if not _WATCHES:
        sys.addaudithook(_hook)
    watch = Watch(on=True)
    _WATCHES.append(watch)
    try:
        yield watch
    finally:
        watch.on = False


@contextmanager
def paused() -> Iterator[None]:
    """Nobody watches: what the runner does around our command is not ours."""
    _PAUSES.append(None)
    try:
        yield
    finally:
        _PAUSES.pop()


@contextmanager
def resumed() -> Iterator[None]:
    """Inside of a pause: here it is ours again."""
    before, _PAUSES[:] = list(_PAUSES), []
    try:
        yield
    finally:
        _PAUSES[:] = before
