"""A prompt file, parsed; and notes on what was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mergefloor.core.types import Case, GraderSpec, Json, Message, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something the reader should know that is not an error: a field ignored, a default assumed."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptVersion:
    """One prompt file at one commit, parsed but not rendered.

    `format`: native (CONTRACT 3a), template (3b), prompt_yml (3c) or text (3d); `target` stands for a suite without a prompt. `turns` are message templates in
    the syntax of the format. `version` is as declared, with its place, or None; `changelog` with its place likewise. `cases` are embedded test cases.
    `model_hint` is what format (b) says about models; it is never used.
    """

    path: str
    format: Literal["native", "template", "prompt_yml", "text", "target"]
    content_hash: str
    turns: tuple[Message, ...]
    name: str = ""
    description: str = ""
    version: str | None = None
    version_place: Place | None = None
    changelog: str = ""
    changelog_place: Place | None = None
    model: str | None = None
    model_place: Place | None = None
    model_hint: str | None = None
    hint_place: Place | None = None
    params: Mapping[str, Json] = field(default_factory=dict)
    response_schema: Mapping[str, Json] | None = None
    required_vars: tuple[str, ...] = ()
    optional_vars: Mapping[str, Json] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    graders: tuple[GraderSpec, ...] = ()
    notes: tuple[Note, ...] = ()
