"""A piece of a workflow file and where it is written. Whatever the shape, asking never fails: GitHub refuses bad shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from mergefloor.core.types import Json, Place


class Paper(Protocol):
    """A file read into plain data that knows its lines."""

    @property
    def path(self) -> str:
        """Its path in the repository."""

    @property
    def value(self) -> Json:
        """What it says."""

    def place(self, *keys: str | int) -> Place:
        """Where the entry at `keys` is written, or its nearest ancestor."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One entry of a file."""

    paper: Paper
    keys: tuple[str | int, ...]
    value: Json

    @property
    def place(self) -> Place:
        """Where it is written."""
        return self.paper.place(*self.keys)

    @property
    def text(self) -> str:
        """A scalar as text, spaces around it cut; empty for anything else."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return str(self.value).strip() if isinstance(self.value, str | int | float) else ""

    @property
    def words(self) -> tuple[str, ...]:
        """A text, or the texts of a list."""
        if isinstance(self.value, list):
            return tuple(row.text for row in self.rows())
        return (self.text,) if self.text else ()

    def has(self, key: str) -> bool:
        """Whether the mapping has this key."""
        return isinstance(self.value, dict) and key in self.value

    def at(self, key: str) -> Node:
        """The entry under a key; a node without a value where there is none."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(self.paper, (*self.keys, key), value)

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Keys and entries of a mapping."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield key, Node(self.paper, (*self.keys, key), value)

    def rows(self) -> Iterator[Node]:
        """Entries of a list."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Node(self.paper, (*self.keys, index), value)

    def scalars(self) -> Iterator[Node]:
        """Every scalar below, in the order of the file."""
        below = [*(node for _, node in self.entries()), *self.rows()]
        if not below:
            yield self
        for node in below:
            yield from node.scalars()
