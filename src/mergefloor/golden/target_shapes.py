"""What a case and a check say of targets: relevant documents, tools to call, turns of a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from mergefloor.core.types import Json, Message, ToolCall
from mergefloor.golden.shape import MAX_LISTED, FilledText, Shape, told

MAX_GAIN = 1_000


def _each_once(ids: list[str]) -> list[str]:
    for place, name in enumerate(ids):
        if name in ids[:place]:
            raise told(f"names {name!r} twice", "remove one of the two")
    return ids


Gain = Annotated[float, Field(gt=0, le=MAX_GAIN)]
Ids = Annotated[list[FilledText], Field(max_length=MAX_LISTED), AfterValidator(_each_once)]
# A list of ids, or ids with what each is worth: 1 and more, as graders of relevance have it.
Relevant = Ids | Annotated[dict[FilledText, Gain], Field(max_length=MAX_LISTED)]


class ToolShape(Shape):
    """A tool that should be called; of `arguments` those that are named must be equal, others may be there too."""

    name: FilledText
    arguments: dict[str, JsonValue] | None = None


Tools = Annotated[list[FilledText | ToolShape], Field(max_length=MAX_LISTED)]


class Turn(Shape):
    """One turn of a conversation. The system's words belong to the prompt."""

    role: Literal["user", "assistant"]
    content: FilledText


Turns = Annotated[list[Turn], Field(max_length=MAX_LISTED)]


def tools(listed: Sequence[str | ToolShape] | None) -> tuple[ToolCall, ...]:
    """Expected tools in normal form."""
    return tuple(
        ToolCall(name=each) if isinstance(each, str) else ToolCall(name=each.name, arguments=_plain(each))
        for each in listed or ()
    )


def turns(listed: Sequence[Turn] | None) -> tuple[Message, ...]:
    """A conversation in normal form."""
    return tuple(Message(role=each.role, content=each.content) for each in listed or ())


def _plain(tool: ToolShape) -> dict[str, Json]:
    found: dict[str, Json] = {**(tool.arguments or {})}
    return found
