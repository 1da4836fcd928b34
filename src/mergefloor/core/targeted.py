"""What a target answers beside its text: the documents it retrieved, the tools it called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One retrieved document, in the order in which the target ranked it."""

    id: str
    text: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """One tool that an agent called, with its arguments."""

    name: str
    arguments: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The search index that an answer came from. `built`: when, ISO 8601; `embedding_model`: who made its vectors."""

    built: str | None = None
    embedding_model: str | None = None
