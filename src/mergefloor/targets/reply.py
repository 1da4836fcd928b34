"""What a target says, read: one JSON object becomes an Output, or the reason why it is none."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime

from mergefloor.core.types import Document, Index, Json, Output, ToolCall, Usage

KEYS = frozenset({"id", "text", "documents", "tool_calls", "usage", "trace", "index"})
DOCUMENT_KEYS = frozenset({"id", "text", "score"})
TOOL_KEYS = frozenset({"name", "arguments"})
MOST = 1_000  # documents, or tool calls, of one answer
MAX_TOKENS = 10**9
DEPTH = 40
LONGEST_NAME = 200


class Unreadable(ValueError):
    """An answer that is none, and why, in words for people."""


def parse(line: bytes) -> dict[str, Json]:
    """One JSON object, strictly: UTF-8, finite numbers, nesting of 40 at most. Raises Unreadable."""
    try:
        value = json.loads(line.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{shown(line)} is no JSON object ({error})") from error
    if not isinstance(value, dict):
        raise Unreadable(f"{shown(line)} is no JSON object")
    if _deep(value):
        raise Unreadable(f"{shown(line)} is nested more than {DEPTH} levels deep")
    return value


def read(reply: Mapping[str, Json]) -> Output:
    """The answer in a reply. Raises Unreadable: for `error`, which is the target's own word, and for wrong shapes."""
    if "error" in reply:
        raise Unreadable(str(reply["error"]))
    _known(reply, KEYS, "a reply")
    said = _text(reply.get("text", ""), "`text`")
    documents = _documents(reply.get("documents"))
    tools = _tools(reply.get("tool_calls"))
    empty = not said.strip() and not documents and not tools
    return Output(
        text=said,
        finish="empty" if empty and documents is None else "stop",
        usage=_usage(reply.get("usage")),
        documents=documents,
        tools=tools,
        trace=_clean(reply.get("trace")),
        index=_index(reply.get("index")),
    )


def shown(line: bytes) -> str:
    """The beginning of a line, for people."""
    return repr(line[:80].decode("utf-8", "replace"))


def _documents(value: Json) -> tuple[Document, ...] | None:
    if value is None:
        return None
    return tuple(map(_document, _list(value, "`documents`")))


def _document(value: Json) -> Document:
    if isinstance(value, str):
        return Document(id=_id(value))
    if not isinstance(value, dict):
        raise Unreadable(f"a document is {_kind(value)}; write its id, or an object with `id`")
    _known(value, DOCUMENT_KEYS, "a document")
    score = value.get("score")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
        raise Unreadable(f"the `score` of a document is {_kind(score)}; write a number")
    try:
        number = None if score is None else float(score)
    except OverflowError as error:
        raise Unreadable("the `score` of a document is beyond any number") from error
    return Document(id=_id(value.get("id")), text=_text(value.get("text", ""), "`text`"), score=number)


def _id(value: Json) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value:
        raise Unreadable(f"the `id` of a document is {_kind(value)}; write a text")
    return _text(value, "`id`")


def _tools(value: Json) -> tuple[ToolCall, ...] | None:
    if value is None:
        return None
    return tuple(map(_tool, _list(value, "`tool_calls`")))


def _tool(value: Json) -> ToolCall:
    if not isinstance(value, dict):
        raise Unreadable(f"a tool call is {_kind(value)}; write an object with `name` and `arguments`")
    _known(value, TOOL_KEYS, "a tool call")
    name, arguments = value.get("name"), value.get("arguments", {})
    if not isinstance(name, str) or not name:
        raise Unreadable(f"the `name` of a tool call is {_kind(name)}; write a text")
    if not isinstance(arguments, dict):
        raise Unreadable(f"the `arguments` of a tool call are {_kind(arguments)}; write an object")
    return ToolCall(
        name=_text(name, "`name`"), arguments={str(_clean(k)): _clean(v) for k, v in arguments.items()}
    )


def _index(value: Json) -> Index | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Unreadable(f"`index` is {_kind(value)}; write an object with `built` and `embedding_model`")
    _known(value, frozenset({"built", "embedding_model"}), "`index`")
    built, model = (_word(value.get(name), f"`index.{name}`") for name in ("built", "embedding_model"))
    if built is not None and not _is_time(built):
        raise Unreadable(f"`index.built` is {built[:40]!r}; write a day or a time, such as `2026-11-01`")
    return Index(built=built, embedding_model=model)


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _word(value: Json, name: str) -> str | None:
    return None if value is None else _text(value, name)[:LONGEST_NAME] or None


def _usage(value: Json) -> Usage:
    if value is None:
        return Usage()
    if not isinstance(value, dict):
        raise Unreadable(f"`usage` is {_kind(value)}; write an object")
    _known(value, frozenset({"input_tokens", "output_tokens", "cached_input_tokens"}), "`usage`")
    return Usage(
        input_tokens=_count(value.get("input_tokens", 0)),
        output_tokens=_count(value.get("output_tokens", 0)),
        cached_input_tokens=_count(value.get("cached_input_tokens", 0)),
    )


def _count(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_TOKENS:
        raise Unreadable(f"a number of tokens is {_kind(value)}; write a whole number")
    return value


def _list(value: Json, name: str) -> list[Json]:
    if not isinstance(value, list):
        raise Unreadable(f"{name} are {_kind(value)}; write a list")
    if len(value) > MOST:
        raise Unreadable(f"{name} are {len(value):,}; {MOST:,} is the most")
    return value


def _known(value: Mapping[str, Json], keys: frozenset[str], what: str) -> None:
    if wrong := sorted(value.keys() - keys):
        raise Unreadable(f"{what} has {wrong[0][:80]!r}; known are {', '.join(sorted(keys))}")


def _text(value: Json, name: str) -> str:
    if not isinstance(value, str):
        raise Unreadable(f"{name} is {_kind(value)}; write a text")
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _clean(value: Json) -> Json:
    """The same value with texts that can be written: half a surrogate pair becomes U+FFFD."""
    if isinstance(value, str):
        return _text(value, "`trace`")
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_text(key, "`trace`"): _clean(item) for key, item in value.items()}
    return value


def _deep(value: Json) -> bool:
    level: list[Json] = [value]
    for _ in range(DEPTH):
        level = [
            item
            for each in level
            if isinstance(each, list | dict)
            for item in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def _kind(value: Json) -> str:
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return "nothing" if value is None else names[type(value)]


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits[:20]} is beyond any number")
    return value


def _refuse(constant: str) -> object:
    raise ValueError(constant)
