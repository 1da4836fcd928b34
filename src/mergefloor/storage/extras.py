"""What a target answers beside its text, as JSON and back. An entry without any of it is as it always was."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mergefloor.core.types import Document, Index, Json, Output, ToolCall

NAMES = frozenset({"documents", "tools", "trace", "index"})


def record(answer: Output) -> dict[str, Json]:
    """The parts that are there."""
    found: dict[str, Json] = {}
    if answer.documents is not None:
        found["documents"] = [[each.id, each.text, each.score] for each in answer.documents]
    if answer.tools is not None:
        found["tools"] = [[call.name, dict(call.arguments)] for call in answer.tools]
    if answer.trace is not None:
        found["trace"] = answer.trace
    if answer.index is not None:
        found["index"] = [answer.index.built, answer.index.embedding_model]
    return found


def read(answer: Mapping[str, Any]) -> Output | None:
    """An output that holds the parts and nothing else; None when one of them is malformed."""
    documents, tools = answer.get("documents"), answer.get("tools")
    if documents is not None and not _all(documents, _document):
        return None
    if tools is not None and not _all(tools, _tool):
        return None
    index = answer.get("index")
    if index is not None and not _index(index):
        return None
    return Output(
        text="",
        documents=None
        if documents is None
        else tuple(Document(id=i, text=text, score=score) for i, text, score in documents),
        tools=None if tools is None else tuple(ToolCall(name=name, arguments=given) for name, given in tools),
        trace=answer.get("trace"),
        index=None if index is None else Index(built=index[0], embedding_model=index[1]),
    )


def _all(value: object, fits: Any) -> bool:
    return type(value) is list and all(type(row) is list and fits(row) for row in value)


def _document(row: list[object]) -> bool:
    if [type(each) for each in row[:2]] != [str, str] or len(row) != 3:  # noqa: PLR2004 - id, text, score
        return False
    score = row[2]
    return score is None or (type(score) in {int, float} and math.isfinite(score))  # type: ignore[arg-type]


def _tool(row: list[object]) -> bool:
    return [type(each) for each in row] == [str, dict]


def _index(row: object) -> bool:
    return type(row) is list and len(row) == 2 and all(e is None or type(e) is str for e in row)  # noqa: PLR2004
