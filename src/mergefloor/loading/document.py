"""Plain data and the lines it was written on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from mergefloor.core.types import Json, Place

Keys: TypeAlias = "tuple[str | int, ...]"
LineNode: TypeAlias = "int | tuple[LineNode, ...]"


class LineTree(Mapping[Keys, int]):
    """Lines kept in the shape of the value: 8 bytes and an int a node, where a dict of paths takes 250.

    A scalar's node is its line; a container's is `(own line, child, child, ...)` in the order of the value.
    """

    __slots__ = ("_root", "_value")

    def __init__(self, value: Json, root: LineNode) -> None:
        self._value, self._root = value, root

    def __getitem__(self, keys: Keys) -> int:
        value, node = self._value, self._root
        for key in keys:
            index = _index(value, key)
            if index is None or isinstance(node, int):
                raise KeyError(keys)
            value, node = child(value, key), node[index + 1]
        return _own_line(node)

    def __iter__(self) -> Iterator[Keys]:
        return _paths(self._value, ())

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One piece of plain data: a file, a row of a file, or the front matter of one.

    `lines` tells where a path of keys was written, 1-based; `written` holds the text of the numbers that would
    not be written back the same way (`1.10`, `1e3`).
    """

    path: str
    value: Json
    lines: Mapping[Keys, int]
    written: Mapping[Keys, str] = field(default_factory=dict)

    def line(self, *keys: str | int) -> int:
        """The line of the entry at `keys`, or of its nearest known ancestor. 1-based."""
        for end in range(len(keys), -1, -1):
            found = self.lines.get(keys[:end])
            if found is not None:
                return found
        return 1

    def place(self, *keys: str | int) -> Place:
        """The path and line of the entry at `keys`."""
        return Place(path=self.path, line=self.line(*keys))

    def at(self, *keys: str | int) -> Json:
        """The value at `keys`. Raises KeyError when there is none."""
        value = self.value
        for key in keys:
            value = child(value, key)
        return value

    def text(self, *keys: str | int) -> str:
        """The scalar at `keys` as it was written: a version `1.10` stays `1.10`. Raises KeyError."""
        value = self.at(*keys)
        if isinstance(value, bool):
            return "true" if value else "false"
        return self.written.get(keys, "" if value is None else str(value))


def _index(value: Json, key: str | int) -> int | None:
    if isinstance(value, dict):
        return next((i for i, name in enumerate(value) if name == key), None)
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return key
    return None


def child(value: Json, key: str | int) -> Json:
    """The entry of a mapping or list under a key or an index. Raises KeyError when there is none."""
    if isinstance(value, dict) and isinstance(key, str):
        return value[key]
    if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
        return value[key]
    raise KeyError(key)


def _own_line(node: LineNode) -> int:
    while not isinstance(node, int):
        node = node[0]
    return node


def _paths(value: Json, here: Keys) -> Iterator[Keys]:
    yield here
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _paths(child, (*here, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _paths(child, (*here, index))
