"""Single keys from a terminal, which is put back as it was however the session ends; from a stream anywhere else."""

from __future__ import annotations

import os
import select
import shutil
import signal
import termios
import tty
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, NoReturn, TextIO

from mergefloor.core.desk import Screen
from mergefloor.errors import Cancelled

ESCAPE = 0x1B
BURST = 64  # bytes: the longest escape sequence of a key is far shorter
ENTER_SCREEN, LEAVE_SCREEN = "\x1b[?1049h", "\x1b[?1049l"
CLEAR = "\x1b[2J\x1b[H"
SMALLEST = (80, 24)
SAVED, RESUME = "stopped by {}; every label is saved", "type the same command to go on"
ENDINGS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def opened(stdin: TextIO, stdout: TextIO, env: Mapping[str, str]) -> Iterator[Screen]:
    """A screen on these two. On a terminal keys come one by one and unseen; Cancelled on
    Ctrl-C, SIGTERM and SIGHUP."""
    drawn = stdout.isatty() and env.get("TERM", "dumb") != "dumb"
    color = drawn and "NO_COLOR" not in env
    if not stdin.isatty():
        yield Terminal(out=stdout, color=color, drawn=drawn, keys=StreamKeys(stdin))
        return
    screen = Terminal(out=stdout, color=color, drawn=drawn, keys=TtyKeys(stdin.fileno()))
    try:
        with _single_keys(stdin.fileno(), screen):
            yield screen
    except KeyboardInterrupt:
        raise Cancelled(SAVED.format("Ctrl-C"), RESUME) from None


@contextmanager
def _single_keys(descriptor: int, screen: Terminal) -> Iterator[None]:
    """No line editing and no echo. A stopped job (Ctrl-Z) leaves the shell its terminal and takes it again later."""
    before = termios.tcgetattr(descriptor)

    def take(*_: object) -> None:
        tty.setcbreak(descriptor, termios.TCSADRAIN)
        screen.enter()

    def leave(*_: object) -> None:
        screen.leave()
        _put_back(descriptor, before)
        os.kill(os.getpid(), signal.SIGSTOP)

    handlers: dict[signal.Signals, Any] = {signal.SIGTSTP: leave, signal.SIGCONT: take}
    handlers |= dict.fromkeys(ENDINGS, _end)
    earlier = {name: signal.signal(name, handler) for name, handler in handlers.items()}
    try:
        take()
        yield
    finally:
        try:
            screen.leave()
        finally:  # a window that was closed takes no text either
            _put_back(descriptor, before)
            for name, handler in earlier.items():
                signal.signal(name, handler)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    raise Cancelled(SAVED.format(signal.Signals(number).name), RESUME)


def _put_back(descriptor: int, before: list[Any]) -> None:
    try:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
    except termios.error:
        if os.isatty(descriptor):  # else its window was closed: there is nothing left to put back
            raise


@dataclass(slots=True)
class TtyKeys:
    """Keys of a terminal in single-key mode."""

    descriptor: int
    waiting: deque[str] = field(default_factory=deque)

    def next(self) -> str:
        """The next key; "" when the terminal is gone or Ctrl-D was typed. Arrows and the like are no keys."""
        while not self.waiting:
            try:
                data = os.read(self.descriptor, BURST)
            except OSError:
                return ""  # the window was closed
            if data in (b"", b"\x04"):
                return ""
            if data[0] == ESCAPE:
                # Home sends ESC [ 1 ~: its 1 is no label. What belongs to it is there already, or comes at once.
                self._drop_rest()
            else:
                self.waiting += data.decode("utf-8", "replace")
        return self.waiting.popleft()

    def _drop_rest(self) -> None:
        while select.select([self.descriptor], [], [], 0.02)[0]:
            if not os.read(self.descriptor, BURST):
                return


@dataclass(slots=True)
class StreamKeys:
    """Keys of a file or a pipe, where line breaks only keep it readable."""

    stream: TextIO

    def next(self) -> str:
        """The next character that is no line break; "" at the end."""
        while (key := self.stream.read(1)) in ("\n", "\r"):
            continue
        return key


@dataclass(slots=True, kw_only=True)
class Terminal:
    """A screen on a stream. `drawn`: whether it can be cleared; else one text follows the other. `last`: what is on it."""

    out: TextIO
    color: bool
    drawn: bool
    keys: TtyKeys | StreamKeys
    last: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows, now."""
        found = shutil.get_terminal_size(SMALLEST)
        return found.columns, found.lines

    def enter(self) -> None:
        """Take the terminal, where it can be drawn on, with what was last shown."""
        self._draw(ENTER_SCREEN)
        if self.drawn and self.last:
            self.show(self.last)

    def leave(self) -> None:
        """Give it back with the text that stood there before."""
        self._draw(LEAVE_SCREEN)

    def show(self, text: str) -> None:
        """Show this in the place of what was there."""
        self.last = text
        if self.drawn:
            self._draw(f"{CLEAR}{text}")
        else:
            self.out.write(f"{text}\n")
            self.out.flush()

    def _draw(self, text: str) -> None:
        """Past the buffer: a signal's handler may come in the middle of a write, and a buffer takes one at a time."""
        left = text.encode("utf-8", "replace") if self.drawn else b""
        while left:
            left = left[os.write(self.out.fileno(), left) :]

    def key(self) -> str:
        """The next key, "" when there will be none."""
        return self.keys.next()
