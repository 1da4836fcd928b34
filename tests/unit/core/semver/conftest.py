from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from mergefloor.core.prompt import PromptVersion
from mergefloor.core.semver import Fact
from mergefloor.core.semver.static import static_change
from mergefloor.core.types import Json, Message, ModelRef, Request

MODEL = ModelRef(provider="openai", name="gpt-4o-2024-08-06", endpoint="https://one")


@pytest.fixture
def prompt() -> Callable[..., PromptVersion]:
    """A prompt of format (d) whose text is one system message, unless told otherwise."""

    def make(text: str = "Be kind.", **more: object) -> PromptVersion:
        options: dict[str, object] = {
            "path": "prompts/p.md",
            "format": "text",
            "content_hash": text,
            "turns": (Message(role="system", content=text), Message(role="user", content="{{ input }}")),
            **more,
        }
        return PromptVersion(**options)  # type: ignore[arg-type]

    return make


@pytest.fixture
def request_of() -> Callable[..., Request]:
    def make(
        text: str = "Be kind.",
        *,
        params: Mapping[str, Json] | None = None,
        model: ModelRef = MODEL,
        **more: object,
    ) -> Request:
        turns = (Message(role="system", content=text), Message(role="user", content="Where is my order?"))
        return Request(**{"model": model, "messages": turns, "params": params or {}, **more})  # type: ignore[arg-type]

    return make


@pytest.fixture
def change(
    prompt: Callable[..., PromptVersion], request_of: Callable[..., Request]
) -> Callable[[str, str], tuple[Fact, ...]]:
    """The facts of a change of the text alone."""

    def make(before: str, after: str) -> tuple[Fact, ...]:
        return static_change(
            prompt(before), prompt(after), {"a": request_of(before)}, {"a": request_of(after)}
        )

    return make
