"""What a mode wants done to the world, as data. main.py applies them; a test compares them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteFile:
    """Write a text file, parents included."""

    path: str
    text: str
    overwrite: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """Show text to the person at the terminal."""

    text: str
    stream: Literal["out", "err"] = "out"


Effect: TypeAlias = WriteFile | Print


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a mode ended: the exit code (CONTRACT 4) and what is to be done."""

    exit_code: Literal[0, 1, 2, 3]
    effects: tuple[Effect, ...] = ()
