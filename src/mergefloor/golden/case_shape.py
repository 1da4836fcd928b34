"""A golden case as it is written (CONTRACT 2)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from mergefloor.golden.grader_shapes import GraderModel, Needle
from mergefloor.golden.shape import FilledText, Name, Shape, Text

MAX_LISTED = 1_000
Needles = Annotated[list[Needle], Field(max_length=MAX_LISTED)]


class CaseModel(Shape):
    """One row of a golden set: what is asked (`input`, `vars`) and what is expected of the answer."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["input"]}, {"required": ["vars"]}]})

    id: Name | None = None
    input: Text | None = None
    vars: dict[str, JsonValue] | None = None
    expected: FilledText | None = None
    method: Literal["exact", "judge", "similarity"] | None = None
    must_contain: Needles | None = None
    must_not_contain: Needles | None = None
    expected_behavior: FilledText | None = None
    tone_check: FilledText | None = None
    context: Annotated[list[Text], Field(max_length=MAX_LISTED)] | None = None
    relevant: Annotated[list[FilledText], Field(max_length=MAX_LISTED)] | None = None
    expected_tools: Annotated[list[str | dict[str, JsonValue]], Field(max_length=MAX_LISTED)] | None = None
    graders: Annotated[list[GraderModel], Field(max_length=MAX_LISTED)] | None = None
    tags: Annotated[list[FilledText], Field(max_length=MAX_LISTED)] | None = None
    critical: bool | None = None
    cluster: FilledText | None = None
