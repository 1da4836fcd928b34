"""A golden case as it is written (CONTRACT 2)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from mergefloor.golden.grader_shapes import GraderModel, Needle
from mergefloor.golden.shape import MAX_LISTED, FilledText, Name, Shape, Text
from mergefloor.golden.target_shapes import Relevant, Tools, Turns

Needles = Annotated[list[Needle], Field(max_length=MAX_LISTED)]


class CaseModel(Shape):
    """One row of a golden set: what is asked (`input`, `messages`, `vars`) and what is expected of the answer.

    `messages`: a conversation whose last turn is the question, or the turns before `input`.
    """

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": [name]} for name in ("input", "vars", "messages")]}
    )

    id: Name | None = None
    input: Text | None = None
    messages: Turns | None = None
    vars: dict[str, JsonValue] | None = None
    expected: FilledText | None = None
    method: Literal["exact", "judge", "similarity", "reference"] | None = None
    must_contain: Needles | None = None
    must_not_contain: Needles | None = None
    expected_behavior: FilledText | None = None
    tone_check: FilledText | None = None
    context: Annotated[list[Text], Field(max_length=MAX_LISTED)] | None = None
    relevant: Relevant | None = None
    expected_tools: Tools | None = None
    graders: Annotated[list[GraderModel], Field(max_length=MAX_LISTED)] | None = None
    tags: Annotated[list[FilledText], Field(max_length=MAX_LISTED)] | None = None
    critical: bool | None = None
    cluster: FilledText | None = None
