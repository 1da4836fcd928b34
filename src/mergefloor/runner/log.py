"""The one way into the log of a run on GitHub: what foreign text says is shown, never obeyed (T55, T57, R39)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import TextIO, cast

from mergefloor.runner.lines import lines

BUDGET = 2_000_000  # bytes of a whole log (R39)
RESERVE = 500_000  # of which annotations and the last text, the verdict's, are sure
TAIL = 4_000  # of a text that is cut, what stays of its end: totals stand there
SHORTEST_MASK = 8
MAX_TITLE = 200
_COUNTED = 120  # bytes for the line that says how many were left out
_FRAME = 1_000  # bytes for the commands around a text


class Log:
    """Writes to `out`. Clean text goes in by `block`; our own commands to the runner by `command`.

    `token`: 128 random bits as text, new at every call; `redact`: text without secrets.
    """

    def __init__(self, out: TextIO, *, token: Callable[[], str], redact: Callable[[str], str]) -> None:
        self._out, self._token, self._redact = out, token, redact
        self._left = BUDGET

    def mask(self, secrets: Iterable[str]) -> None:
        """Have the runner hide these wherever they appear; the runner swallows the lines that say so.

        A mask of few letters would blank out ordinary words and drop outputs that contain them.
        """
        rows = {row.strip() for secret in secrets for row in (secret, *secret.splitlines())}
        for row in sorted(row for row in rows if len(row) >= SHORTEST_MASK):
            self._write([f"::add-mask::{_escaped(row)}"])

    def command(self, line: str) -> None:
        """A command of our own, escaped by its maker."""
        self._write([line])

    def block(self, text: str, *, last: bool = False, title: str = "") -> None:
        """Text for a reader, under a title that folds it away when there is one. `last`: nothing comes after it."""
        room = self._left - (0 if last else RESERVE) - _FRAME
        shown = fitted(self._harmless(text), room)
        if not shown:
            return
        token = self._token()
        fenced = [f"::stop-commands::{token}", *shown, f"::{token}::"]
        heading = " ".join(self._harmless(title))[:MAX_TITLE]
        self._write([f"::group::{_escaped(heading)}", *fenced, "::endgroup::"] if title else fenced)

    def note(self, text: str) -> None:
        """A remark of ours, beside the texts: harmless lines without the fence of a block."""
        if self._left > RESERVE:
            self._write(self._harmless(text))

    def _harmless(self, text: str) -> list[str]:
        """Redacted before anything is escaped: an escaped secret is still one."""
        return lines(self._redact(text).rstrip("\r\n"))

    def _write(self, rows: list[str]) -> None:
        # What a narrow locale cannot show must not end the run.
        encoding = self._out.encoding or "utf-8"
        data = "".join(f"{row}\n" for row in rows).encode(encoding, "backslashreplace").decode(encoding)
        self._left -= len(data.encode("utf-8", "replace"))
        self._out.write(data)
        self._out.flush()


class Stream(io.TextIOBase):
    """A file to print to as a run goes on: whole lines, each harmless. A line that was not ended waits for its end:
    half a line may be half a secret, or half a command."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._open = ""

    def write(self, text: str, /) -> int:
        """Take text; a line goes out when it is complete."""
        done, newline, rest = (self._open + text).rpartition("\n")
        self._open = rest
        if newline:
            self._log.note(done)
        return len(text)


def guarded(out: TextIO, redact: Callable[[str], str] = str) -> TextIO:
    """Standard error for what is said before a run has its log, or after it failed: no line of it is a command, and
    none holds a secret once these are known to `redact`."""
    return cast(TextIO, Stream(Log(out, token=str, redact=redact)))


def fitted(rows: list[str], room: int) -> list[str]:
    """As many lines as `room` bytes take; what is left out is said, and the end stays."""
    if sum(map(_size, rows)) <= room:
        return rows
    if room < _COUNTED:
        return []
    tail = _within(rows[::-1], min(TAIL, (room - _COUNTED) // 2))[::-1]
    start = _within(rows[: len(rows) - len(tail)], room - _COUNTED - sum(map(_size, tail)))
    missing = len(rows) - len(start) - len(tail)
    return [*start, f"[{missing} lines left out: the log is kept under {BUDGET:,} bytes]", *tail]


def _within(rows: list[str], room: int) -> list[str]:
    for count, row in enumerate(rows):
        room -= _size(row)
        if room < 0:
            return rows[:count]
    return rows


def _size(row: str) -> int:
    return len(row.encode("utf-8", "replace")) + 1


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
