"""What a person who labels works with: a screen with keys, and the book that the labels go into."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol


class Screen(Protocol):
    """A terminal, or a stream in its place."""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows, now."""

    @property
    def color(self) -> bool:
        """Whether bold and colours may be used."""

    def show(self, text: str) -> None:
        """Show this in the place of what was there."""

    def key(self) -> str:
        """The next key as one character; "" when there will be none any more."""


class Book(Protocol):
    """A file of labels, one JSON line each."""

    @property
    def path(self) -> str:
        """Its name, for messages."""

    def read(self) -> bytes:
        """All of it; nothing when it does not exist."""

    def append(self, lines: Sequence[str]) -> None:
        """Add lines, for good when this returns. StoreError where it cannot be written."""

    def rewrite(self, data: bytes) -> None:
        """Replace all of it at once: a reader sees the old or the new text. StoreError as above."""


class Desk(Protocol):
    """Opens both."""

    def screen(self) -> AbstractContextManager[Screen]:
        """The screen; however it is left, the terminal is as it was before."""

    def book(self, default: str) -> Book:
        """The file that the person named, else `default`, a path in the repository."""
