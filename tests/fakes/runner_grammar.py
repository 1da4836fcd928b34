"""What GitHub's runner reads out of a step: commands in its log, key-value files. An oracle, not shared with our code.

After actions/runner: ActionCommand.cs, ActionCommandManager.cs, FileCommandManager.cs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

REGISTERED = frozenset(
    {
        "stop-commands", "set-env", "set-output", "save-state", "add-mask", "add-path", "add-matcher",
        "remove-matcher", "debug", "warning", "error", "notice", "echo", "group", "endgroup",
    }
)  # fmt: skip
_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
_OLD = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%"))
_LINE = re.compile(r"\r\n|\r|\n")
# What a culture-aware comparison of .NET looks past.
_IGNORABLE = re.compile(
    "[\0\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufeff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command as the runner understood it."""

    name: str
    data: str
    properties: dict[str, str] = field(default_factory=dict)


def lines(text: str) -> list[str]:
    """A stream as .NET reads it: CR, LF and CR LF end a line."""
    found = _LINE.split(text)
    return found[:-1] if found and not found[-1] else found


def command(line: str, registered: Iterable[str] = REGISTERED) -> Command | None:
    """The command of one line, the newer grammar first."""
    known = {name.lower() for name in registered}
    return _new(line, known) or _old(line, known)


def suspicious(line: str, registered: Iterable[str] = REGISTERED) -> Command | None:
    """As `command`, but also when only characters without a width keep the line from being one."""
    bare = "".join(
        c for c in _IGNORABLE.sub("", line) if unicodedata.category(c) not in {"Cf", "Cc"} or c == "\t"
    )
    return command(line, registered) or command(bare, registered)


def _new(line: str, known: set[str]) -> Command | None:
    text = line.lstrip()
    end = text.find("::", 2)
    if not text.startswith("::") or end < 0:
        return None
    name, _, rest = text[2:end].partition(" ")
    if name.lower() not in known:
        return None
    pairs = (pair.split("=", 1) for pair in rest.strip().split(",") if pair)
    properties = {p[0]: _unescaped(p[1], _PROPERTY) for p in pairs if len(p) == 2 and p[0] and p[1]}
    return Command(name=name.lower(), data=_unescaped(text[end + 2 :], _DATA), properties=properties)


def _old(line: str, known: set[str]) -> Command | None:
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return None
    name, _, rest = line[start + 3 : end].partition(" ")
    if name.lower() not in known:
        return None
    pairs = (pair.split("=", 1) for pair in rest.split(";") if pair)
    properties = {p[0]: _unescaped(p[1], _OLD) for p in pairs if len(p) == 2 and p[0] and p[1]}
    return Command(name=name.lower(), data=_unescaped(line[end + 1 :], _OLD), properties=properties)


def _unescaped(text: str, table: tuple[tuple[str, str], ...]) -> str:
    for written, meant in table:
        text = text.replace(written, meant)
    return text


class CommandLog:
    """The log of one step: what was obeyed, and what a person reads of it, masked."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.shown: list[str] = []
        self.masks: set[str] = set()
        self._token: str | None = None

    def feed(self, text: str) -> None:
        """All output of one stream."""
        for line in lines(text):
            self._line(line)

    def _line(self, line: str) -> None:
        found = command(line, REGISTERED | ({self._token} if self._token else set()))
        if found is None or (self._token is not None and found.name != self._token.lower()):
            self.shown.append(line)
        elif self._token is not None:
            self._token = None
            self.shown.append(line)
        else:
            self._obey(found, line)

    def _obey(self, found: Command, line: str) -> None:
        self.commands.append(found)
        if found.name == "stop-commands":
            self._token = found.data
            self.shown.append(line)
        elif found.name == "add-mask" and found.data.strip():
            self.masks |= {part.strip() for part in (found.data, *lines(found.data)) if part.strip()}
        elif found.name in {"error", "warning", "notice", "group", "endgroup"}:
            self.shown.append(f"##[{found.name}]{found.data}")

    @property
    def stopped(self) -> bool:
        """Whether a block was opened and never closed."""
        return self._token is not None

    @property
    def text(self) -> str:
        """The log as the page of the run shows it."""
        shown = "\n".join(self.shown)
        for mask in sorted(self.masks, key=len, reverse=True):
            shown = shown.replace(mask, "***")
        return shown


class FileCommandError(Exception):
    """The runner fails the step over a file it cannot read."""


def key_values(text: str) -> dict[str, str]:
    """A file of outputs, state or environment: `NAME=VALUE` lines and heredocs. On Linux only LF ends a line."""
    found: dict[str, str] = {}
    rest = text
    while rest:
        line, _, rest = rest.partition("\n")
        equals, here = line.find("="), line.find("<<")
        if not line:
            continue
        if equals >= 0 and (here < 0 or equals < here):
            name, _, value = line.partition("=")
        elif here >= 0:
            name, _, delimiter = line.partition("<<")
            if not delimiter:
                raise FileCommandError(f"{line!r}: the delimiter must not be empty")
            value, rest = _heredoc(delimiter, rest)
        else:
            raise FileCommandError(f"invalid format {line!r}")
        if not name:
            raise FileCommandError(f"{line!r}: the name must not be empty")
        found[name] = value
    return found


def _heredoc(delimiter: str, rest: str) -> tuple[str, str]:
    taken: list[str] = []
    while rest:
        line, newline, rest = rest.partition("\n")
        if line == delimiter:
            return "\n".join(taken), rest
        if not newline:
            raise FileCommandError("EOF marker missing new line")
        taken.append(line)
    raise FileCommandError(f"matching delimiter not found {delimiter!r}")
