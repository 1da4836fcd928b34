"""What a scripted answer tells beside its text: the documents it retrieved, best first, and the tools it called.

documents: [guide.md#2, {id: faq.md, text: Returns take 14 days., score: 0.7}]    # []: it looked and found nothing
tools: [search, {name: book, arguments: {day: 1}}]                                # []: it called none
"""

from __future__ import annotations

import math
from collections.abc import Callable

from mergefloor.core.types import Document, Json, ToolCall

Wrong = Callable[[str, str], None]
DOCUMENT = ("id", "text", "score")
TOOL = ("name", "arguments")


def documents(value: Json, wrong: Wrong) -> tuple[Document, ...] | None:
    """The documents of an answer; None when it tells none."""
    if value is None:
        return None
    if not isinstance(value, list):
        wrong("`documents` is not a list", "write ids, best first: `[doc-1, doc-2]`")
        return None
    found = (_document(each, wrong) for each in value)
    return tuple(each for each in found if each is not None)


def tools(value: Json, wrong: Wrong) -> tuple[ToolCall, ...] | None:
    """The tools that an answer called; None when it tells none."""
    if value is None:
        return None
    if not isinstance(value, list):
        wrong("`tools` is not a list", "write names, in order: `[search, book]`")
        return None
    found = (_tool(each, wrong) for each in value)
    return tuple(each for each in found if each is not None)


def _document(value: Json, wrong: Wrong) -> Document | None:
    if isinstance(value, str) and value:
        return Document(id=value)
    entry = value if isinstance(value, dict) else {}
    name, text, score = entry.get("id"), entry.get("text", ""), entry.get("score")
    fits = isinstance(text, str) and _is_score(score) and entry.keys() <= set(DOCUMENT)
    if not isinstance(name, str) or not name or not fits:
        wrong(
            "a document is neither an id nor `{id, text, score}`",
            "write `doc-1` or `{id: doc-1, score: 0.7}`",
        )
        return None
    return Document(id=name, text=str(text), score=float(score) if isinstance(score, int | float) else None)


def _is_score(value: Json) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return math.isfinite(value)
    return value is None


def _tool(value: Json, wrong: Wrong) -> ToolCall | None:
    if isinstance(value, str) and value:
        return ToolCall(name=value)
    entry = value if isinstance(value, dict) else {}
    name, arguments = entry.get("name"), entry.get("arguments", {})
    unknown = entry.keys() - set(TOOL)
    if not isinstance(name, str) or not name or not isinstance(arguments, dict) or unknown:
        wrong("a tool is neither a name nor `{name, arguments}`", "write `search` or `{name: search}`")
        return None
    return ToolCall(name=name, arguments=arguments)
