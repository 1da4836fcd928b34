"""Chat completions and embeddings: what is sent, and every shape that can come back (R02)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.types import EmbedRequest, Failure, Message, ModelRef, Output, Request, Vectors
from mergefloor.errors import ProviderError
from mergefloor.providers.openai import chat_body, connect, read_chat, read_vectors

REF = ModelRef(provider="openai", name="gpt-4o-2024-08-06", endpoint="https://api.openai.com/v1")
HELLO = (Message(role="system", content="Be brief."), Message(role="user", content="Hello there"))
REQUEST = Request(model=REF, messages=HELLO, params={"temperature": 0.2, "max_tokens": 9})
SCHEMA = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}


def reply(**changes: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": "Hi", "refusal": None, **changes.pop("message", {})}
    choice = {"index": 0, "message": message, "finish_reason": "stop", **changes.pop("choice", {})}
    usage = {"prompt_tokens": 11, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}
    return {"model": REF.name, "choices": [choice], "usage": usage, **changes}


def read(body: object) -> Output | Failure:
    return read_chat(body if isinstance(body, bytes) else json.dumps(body).encode(), REQUEST)


def test_read_chat__plain_answer__is_text_with_usage() -> None:
    found = read(reply())
    assert isinstance(found, Output)
    assert (found.text, found.finish, found.served_model) == ("Hi", "stop", REF.name)
    assert (found.usage.input_tokens, found.usage.output_tokens, found.usage.cached_input_tokens) == (
        11,
        2,
        4,
    )


@pytest.mark.parametrize(
    ("body", "finish"),
    [
        (reply(choice={"finish_reason": "length"}), "length"),
        (reply(choice={"finish_reason": "length"}, message={"content": None}), "length"),
        (reply(choice={"finish_reason": "content_filter"}, message={"content": ""}), "filtered"),
        (reply(message={"content": None, "refusal": "I cannot."}), "refusal"),
        (reply(message={"content": None}), "empty"),
        (reply(message={"content": " \n"}), "empty"),
        (
            reply(message={"content": None, "tool_calls": [{}]}, choice={"finish_reason": "tool_calls"}),
            "empty",
        ),
        (reply(message={"content": [{"type": "text", "text": "Hi"}, 7]}), "stop"),
        (reply(message={"content": "\ud800x"}), "stop"),
    ],
)
def test_read_chat__outcomes__are_told_by_finish(body: object, finish: str) -> None:
    found = read(body)
    assert isinstance(found, Output)
    assert found.finish == finish
    found.text.encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><title>Gateway</title>",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps(reply()).encode()[:-3] + b"}",
        b'{"choices": [{"message": {"content": NaN}}]}',
        {"error": {"message": "no"}},
        reply(choices=[]),
        reply(choices=None),
        reply(choices="text"),
        reply(choice={"message": None}),
        reply(choice={"message": "Hi"}),
        reply(message={"content": 42}),
        reply(message={"content": {"text": "Hi"}}),
        reply(choice={"finish_reason": None}),
        reply(choice={"finish_reason": "error"}),
        reply(choice={"finish_reason": ["stop"]}),
        reply(model=None),
    ],
)
def test_read_chat__unreadable__is_a_failure_to_retry(body: object) -> None:
    found = read(body)
    assert isinstance(found, Failure)
    assert (found.code, found.fatal) == ("unreadable-reply", False)


@pytest.mark.parametrize(
    "usage", [None, {}, "many", {"prompt_tokens": "11", "completion_tokens": 2}, {"prompt_tokens": -1, "completion_tokens": 2},
              {"prompt_tokens": True, "completion_tokens": 1.5}, {"prompt_tokens": 10**12, "completion_tokens": 1}]
)  # fmt: skip
def test_read_chat__usage_missing_or_absurd__is_estimated_not_zero(usage: object) -> None:
    found = read(reply(usage=usage))
    assert isinstance(found, Output)
    assert (found.usage.input_tokens, found.usage.output_tokens) == (5, 0)


def test_read_chat__compatible_endpoint_without_model__is_taken() -> None:
    ref = ModelRef(provider="openai-compatible", name="llama3", endpoint="http://127.0.0.1:1/v1")
    found = read_chat(json.dumps(reply(model=None)).encode(), Request(model=ref, messages=HELLO))
    assert isinstance(found, Output) and found.served_model == ""


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = st.sampled_from(
    [
        "choices",
        "message",
        "content",
        "finish_reason",
        "model",
        "usage",
        "refusal",
        "text",
        "data",
        "embedding",
    ]
)
ANY = st.recursive(
    LEAVES, lambda x: st.lists(x, max_size=3) | st.dictionaries(KEYS, x, max_size=5), max_leaves=12
)


@given(ANY, st.integers(0, 400))
def test_read_chat__any_json_cut_anywhere__never_raises_and_never_invents(body: Any, end: int) -> None:
    for data in (json.dumps(body).encode(), json.dumps(reply()).encode()[:end]):
        found = read(data)
        if isinstance(found, Output) and found.finish == "stop":
            assert found.text.strip()


def test_chat_body__parameters__are_spelled_for_the_model() -> None:
    body = chat_body(REQUEST)
    assert body["max_tokens"] == 9 and body["temperature"] == 0.2
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello there"},
    ]
    for name in ("o3-2025-04-16", "gpt-5-mini-2025-08-07", "gpt-6.1-sol"):
        ref = ModelRef(provider="openai", name=name, endpoint=REF.endpoint)
        sent = chat_body(Request(model=ref, messages=HELLO, params={"max_tokens": 9}))
        assert "max_tokens" not in sent and sent["max_completion_tokens"] == 9
    own = ModelRef(provider="openai-compatible", name="gpt-5-oss", endpoint=REF.endpoint)
    assert chat_body(Request(model=own, messages=HELLO, params={"max_tokens": 9}))["max_tokens"] == 9


def test_chat_body__any_object__is_json_mode_and_an_open_schema_is_not_strict() -> None:
    any_object = chat_body(Request(model=REF, messages=HELLO, response_schema={"type": "object"}))
    assert any_object["response_format"] == {"type": "json_object"}
    open_schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}}
    body = chat_body(Request(model=REF, messages=HELLO, response_schema=open_schema))
    assert body["response_format"]["json_schema"]["strict"] is False


def test_chat_body__schema__is_strict_and_parameters_cannot_replace_the_messages() -> None:
    body = chat_body(
        Request(model=REF, messages=HELLO, params={"model": "other", "messages": []}, response_schema=SCHEMA)
    )
    assert body["model"] == REF.name and body["messages"]
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "reply", "strict": True, "schema": SCHEMA},
    }


def vectors(*rows: object, **more: object) -> bytes:
    data = [{"index": i, "embedding": row} for i, row in enumerate(rows)]
    return json.dumps({"model": "e", "data": data, "usage": {"prompt_tokens": 3}, **more}).encode()


EMBED = EmbedRequest(model=REF, texts=("a", "b"))


def test_read_vectors__out_of_order__are_sorted_by_index() -> None:
    data = [{"index": 1, "embedding": [0, 1]}, {"index": 0, "embedding": [1.5, 0]}]
    found = read_vectors(json.dumps({"data": data}).encode(), EMBED)
    assert isinstance(found, Vectors) and found.rows == ((1.5, 0.0), (0.0, 1.0))


@pytest.mark.parametrize(
    "data",
    [b"{}", vectors([1.0]), vectors([1.0], [1.0, 2.0]), vectors([1.0], []), vectors([1.0], ["x"]), vectors([1.0], None),
     b'{"data": [{"index": 0, "embedding": [1e999]}, {"index": 1, "embedding": [1]}]}', vectors([1.0], [True, None])]
)  # fmt: skip
def test_read_vectors__not_one_finite_vector_a_text__is_unreadable(data: bytes) -> None:
    found = read_vectors(data, EMBED)
    assert isinstance(found, Failure) and found.code == "unreadable-reply"


def test_connect__no_key__says_which_variable() -> None:
    with pytest.raises(ProviderError, match="OPENAI_API_KEY"):
        connect(REF, {"OPENAI_API_KEY": " "})


def ask(canned: Any, env: dict[str, str], provider: str = "openai") -> Output | Failure:
    async def go() -> Output | Failure:
        ref = ModelRef(provider=provider, name=REF.name, endpoint=f"{canned.url}/v1")
        model = connect(ref, env)
        try:
            return await model.complete(Request(model=ref, messages=HELLO), draw=0)
        finally:
            await model.close()

    return asyncio.run(go())


def test_complete__over_http__sends_key_and_body_once(canned: Any) -> None:
    canned.reply(200, reply())
    found = ask(canned, {"OPENAI_API_KEY": "k-1"})
    assert isinstance(found, Output) and found.text == "Hi"
    [(path, headers, body)] = canned.seen
    assert (path, headers["authorization"]) == ("/v1/chat/completions", "Bearer k-1")
    assert body["model"] == REF.name and "stream" not in body


def test_complete__error_status__is_asked_once_and_carries_the_wait(canned: Any) -> None:
    canned.reply(429, {"error": {"code": "rate_limit_exceeded", "message": "slow"}}, retry_after="3")
    found = ask(canned, {"OPENAI_API_KEY": "k"})
    assert isinstance(found, Failure)
    assert (found.code, found.wait_s, len(canned.seen)) == ("rate-limited", 3.0, 1)


def test_complete__redirect__is_not_followed(canned: Any) -> None:
    canned.reply(307, b"", location=f"{canned.url}/elsewhere")
    found = ask(canned, {"OPENAI_API_KEY": "k"})
    assert isinstance(found, Failure) and found.code == "bad-request"
    assert len(canned.seen) == 1


def test_complete__compatible_without_key__sends_none(canned: Any) -> None:
    canned.reply(200, reply())
    assert isinstance(ask(canned, {}, "openai-compatible"), Output)
    assert canned.seen[0][1]["authorization"] == "Bearer none"


def test_complete__nobody_listens__is_a_connection_failure(canned: Any) -> None:
    canned.server.server_close()
    found = ask(canned, {"OPENAI_API_KEY": "k"})
    assert isinstance(found, Failure) and (found.code, found.fatal) == ("connection", False)
