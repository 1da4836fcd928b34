"""Entries one by one -> a value, its lines and everything wrong with it. Bounded in depth and in nodes."""

from __future__ import annotations

import sys
from typing import Literal, NoReturn

from mergefloor.core.types import Json, Place, Problem
from mergefloor.errors import InputError
from mergefloor.loading.document import Document, Keys, LineNode, LineTree
from mergefloor.loading.limits import Limits

MAX_PROBLEMS = 50
MAX_SHOWN = 60


class _Frame:
    __slots__ = ("key", "key_line", "lines", "seen", "value")

    def __init__(self, value: dict[str, Json] | list[Json], line: int) -> None:
        self.value = value
        self.lines: list[LineNode] = [line]
        self.key: str | None = None
        self.key_line = line
        self.seen: dict[str, int] = {}


class Builder:
    """Collects the entries of one document; `done` gives the Document or raises every problem at once."""

    __slots__ = ("_frames", "_nodes", "_root", "_written", "limits", "path", "problems")

    def __init__(self, path: str, limits: Limits) -> None:
        self.path, self.limits = path, limits
        self.problems: list[Problem] = []
        self._frames: list[_Frame] = []
        self._root: tuple[Json, LineNode] | None = None
        self._nodes = 0
        self._written: dict[Keys, str] = {}

    @property
    def nodes(self) -> int:
        """How many values were read so far."""
        return self._nodes

    @property
    def inside(self) -> Literal["mapping", "list", "nothing"]:
        """What is open."""
        if not self._frames:
            return "nothing"
        return "mapping" if isinstance(self._frames[-1].value, dict) else "list"

    @property
    def wants_key(self) -> bool:
        """Whether the next entry is the key of a mapping."""
        return (
            bool(self._frames) and self._frames[-1].key is None and isinstance(self._frames[-1].value, dict)
        )

    def open(self, value: dict[str, Json] | list[Json], line: int) -> None:
        """Start a mapping or a list. Raises InputError when it nests too deep."""
        self.count(line)
        if len(self._frames) >= self.limits.depth:
            self.stop(line, f"the data nests deeper than {self.limits.depth} levels", "flatten it")
        self._frames.append(_Frame(value, line))

    def key(self, name: str, line: int) -> None:
        """Name the next entry of the open mapping. A name seen before is a problem."""
        frame = self._frames[-1]
        if name in frame.seen:
            first = frame.seen[name]
            self.problem(line, f"duplicate key {short(name)} (first on line {first})", "keep one of the two")
        frame.seen.setdefault(name, line)
        # One object a name: ten thousand cases share a dozen keys (R41).
        frame.key, frame.key_line = sys.intern(name), line

    def put(self, value: Json, line: int, written: str = "") -> None:
        """Add a scalar; `written` is its text where writing it back would give another one."""
        self.count(line)
        if written:
            self._written[(*self._path(), *self._next_key())] = written
        self._attach(value, line)

    def close(self) -> None:
        """End the open mapping or list."""
        frame = self._frames.pop()
        self._attach(frame.value, tuple(frame.lines))

    def count(self, line: int, more: int = 1) -> None:
        """Note that `more` values were read. Raises InputError when there are too many."""
        self._nodes += more
        if self._nodes > self.limits.nodes:
            self.stop(
                line, f"the file holds more than {self.limits.nodes:,} values", "split it into several files"
            )

    def problem(self, line: int, what: str, fix: str) -> None:
        """Note something wrong and go on. Raises InputError when the list gets long."""
        self.problems.append(Problem(place=Place(path=self.path, line=line), what=what, fix=fix))
        if len(self.problems) >= MAX_PROBLEMS:
            raise InputError(self.problems)

    def stop(self, line: int, what: str, fix: str) -> NoReturn:
        """Give up here. Raises InputError with everything found so far."""
        raise InputError(
            [*self.problems, Problem(place=Place(path=self.path, line=line), what=what, fix=fix)]
        )

    def done(self) -> Document:
        """The finished document. Raises InputError when there were problems."""
        if self.problems:
            raise InputError(self.problems)
        value, node = self._root or (None, 1)
        return Document(path=self.path, value=value, lines=LineTree(value, node), written=self._written)

    def _attach(self, value: Json, node: LineNode) -> None:
        if not self._frames:
            self._root = (value, node)
            return
        frame = self._frames[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
            frame.lines.append(node)
            return
        if frame.key is not None and frame.key not in frame.value:
            frame.value[frame.key] = value
            frame.lines.append(frame.key_line if isinstance(node, int) else (frame.key_line, *node[1:]))
        frame.key = None

    def _path(self) -> Keys:
        return tuple(key for frame in self._frames[:-1] for key in _next(frame))

    def _next_key(self) -> Keys:
        return _next(self._frames[-1]) if self._frames else ()


def _next(frame: _Frame) -> Keys:
    if isinstance(frame.value, list):
        return (len(frame.value),)
    return () if frame.key is None else (frame.key,)


def short(text: str) -> str:
    """A piece of a file inside a message: quoted, one line, at most 60 characters."""
    return repr(text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "...")
