"""What a target says: read strictly, and never anything but an Output or a reason."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.types import Document, Index, Output, ToolCall, Usage
from mergefloor.targets.reply import Unreadable, parse, read

JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
REPLIES: Any = st.dictionaries(
    st.sampled_from(["id", "text", "documents", "tool_calls", "usage", "trace", "index", "error", "x"]), JSON
)


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ('{"text": "a"}', Output(text="a")),
        ('{"text": ""}', Output(text="", finish="empty")),
        ("{}", Output(text="", finish="empty")),
        ('{"text": " \\n"}', Output(text=" \n", finish="empty")),
        ('{"text": "\\ud800"}', Output(text="\ufffd")),
        ('{"documents": []}', Output(text="", documents=())),
        ('{"documents": [7]}', None),
        ('{"documents": [{"id": 7}]}', Output(text="", documents=(Document(id="7"),))),
        ('{"documents": [{"id": "a", "score": 2}]}', Output(text="", documents=(Document(id="a", score=2.0),))),
        ('{"tool_calls": []}', Output(text="", finish="empty", tools=())),
        ('{"tool_calls": [{"name": "t"}]}', Output(text="", tools=(ToolCall(name="t"),))),
        ('{"text": "a", "usage": {"input_tokens": 5}}', Output(text="a", usage=Usage(input_tokens=5))),
        ('{"text": "a", "trace": {"k": ["\\ud800"]}}', Output(text="a", trace={"k": ["\ufffd"]})),
        ('{"text": "a", "documents": null}', Output(text="a")),
        ('{"text": "a", "index": {"built": "2026-11-01", "embedding_model": "e"}}', Output(text="a", index=Index(built="2026-11-01", embedding_model="e"))),
        ('{"text": "a", "index": {"built": "2026-11-01T03:00:00Z"}}', Output(text="a", index=Index(built="2026-11-01T03:00:00Z"))),
        ('{"text": "a", "index": {"embedding_model": ""}}', Output(text="a", index=Index())),
    ],
)  # fmt: skip
def test_read__of_a_line__is_the_output(line: str, output: Output | None) -> None:
    if output is None:
        with pytest.raises(Unreadable):
            read(parse(line.encode()))
    else:
        assert read(parse(line.encode())) == output


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"hello", "no JSON object"),
        (b"[]", "no JSON object"),
        (b"\xff", "no JSON object"),
        (b'{"text": NaN}', "no JSON object"),
        (b'{"trace": 1e999}', "beyond any number"),
        (b'{"trace": ' + b"[" * 50 + b"]" * 50 + b"}", "nested more than 40"),
        (b"[" * 100_000, "no JSON object"),
        (b'{"trace": ' + b"1" * 5000 + b"}", "no JSON object"),
        (b'{"error": "it broke"}', "it broke"),
        (b'{"txt": "a"}', "a reply has 'txt'; known are"),
        (b'{"text": 1}', "`text` is a number; write a text"),
        (b'{"documents": {}}', "`documents` are an object; write a list"),
        (b'{"documents": [{"id": ""}]}', "the `id` of a document is a text"),
        (b'{"documents": [{"id": true}]}', "the `id` of a document is true or false"),
        (b'{"documents": [{"id": "a", "rank": 1}]}', "a document has 'rank'"),
        (b'{"documents": [{"id": "a", "score": "1"}]}', "the `score` of a document is a text"),
        (b'{"documents": [{"id": "a", "score": 1' + b"0" * 400 + b"}]}", "beyond any number"),
        (b'{"tool_calls": [{"arguments": {}}]}', "the `name` of a tool call is nothing"),
        (b'{"tool_calls": [{"name": "t", "arguments": []}]}', "the `arguments` of a tool call are a list"),
        (b'{"usage": {"input_tokens": -1}}', "a number of tokens is a number"),
        (b'{"usage": 3}', "`usage` is a number"),
        (b'{"index": "2026"}', "`index` is a text; write an object with `built` and `embedding_model`"),
        (b'{"index": {"build": "2026"}}', "`index` has 'build'; known are built, embedding_model"),
        (b'{"index": {"built": "last week"}}', "`index.built` is 'last week'; write a day or a time"),
        (b'{"index": {"built": 7}}', "`index.built` is a number; write a text"),
        (json.dumps({"documents": ["a"] * 1001}).encode(), "`documents` are 1,001; 1,000 is the most"),
    ],
)
def test_read__what_is_no_reply__says_why(line: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as error:
        read(parse(line))
    assert why in str(error.value)
    assert len(str(error.value)) < 400


@given(st.binary(max_size=200))
def test_parse__any_bytes__an_object_or_unreadable(data: bytes) -> None:
    with suppress(Unreadable):
        assert isinstance(parse(data), dict)


@given(REPLIES)
def test_read__any_object__an_output_that_can_be_written_or_unreadable(value: Any) -> None:
    with suppress(Unreadable):
        output = read(parse(json.dumps(value).encode()))
        json.dumps([output.text, output.trace], allow_nan=False).encode()
        assert output.finish in {"stop", "empty"}
