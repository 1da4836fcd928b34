"""Messages: what is sent, and every shape that can come back (R02)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.types import EmbedRequest, Failure, Message, ModelRef, Output, Request
from mergefloor.errors import ProviderError
from mergefloor.providers.anthropic import connect, message_body, read_message

NAME = "claude-sonnet-4-6-20251015"
REF = ModelRef(provider="anthropic", name=NAME, endpoint="https://api.anthropic.com")
TURNS = (
    Message(role="system", content="Be brief."),
    Message(role="user", content="Hello"),
    Message(role="assistant", content="Hi"),
    Message(role="user", content="Again"),
)
REQUEST = Request(model=REF, messages=TURNS)
SCHEMA = {"type": "object", "properties": {"ok": {"type": "boolean"}}}


def reply(**changes: Any) -> dict[str, Any]:
    usage = {
        "input_tokens": 7,
        "output_tokens": 2,
        "cache_read_input_tokens": 3,
        "cache_creation_input_tokens": 1,
    }
    body = {
        "model": NAME,
        "content": [{"type": "text", "text": "Hi"}],
        "stop_reason": "end_turn",
        "usage": usage,
    }
    return {**body, **changes}


def read(body: object, request: Request = REQUEST) -> Output | Failure:
    return read_message(body if isinstance(body, bytes) else json.dumps(body).encode(), request)


def test_read_message__plain_answer__counts_all_input() -> None:
    found = read(reply())
    assert isinstance(found, Output)
    assert (found.text, found.finish, found.served_model) == ("Hi", "stop", NAME)
    assert (found.usage.input_tokens, found.usage.cached_input_tokens, found.usage.output_tokens) == (
        11,
        3,
        2,
    )


@pytest.mark.parametrize(
    ("body", "finish", "text"),
    [
        (reply(stop_reason="stop_sequence"), "stop", "Hi"),
        (reply(stop_reason="max_tokens"), "length", "Hi"),
        (reply(stop_reason="model_context_window_exceeded"), "length", "Hi"),
        (reply(stop_reason="refusal", content=[]), "refusal", ""),
        (reply(content=[]), "empty", ""),
        (
            reply(content=[{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Hi"}]),
            "stop",
            "Hi",
        ),
        (reply(content=[{"type": "tool_use", "input": {"a": 1}}], stop_reason="tool_use"), "empty", ""),
        (reply(content=[{"type": "text"}, {"type": "text", "text": 3}]), "empty", ""),
    ],
)
def test_read_message__outcomes__are_told_by_finish(body: object, finish: str, text: str) -> None:
    found = read(body)
    assert isinstance(found, Output) and (found.finish, found.text) == (finish, text)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{}",
        reply(content=None),
        reply(content="Hi"),
        reply(content=["Hi"]),
        reply(stop_reason=None),
        reply(stop_reason="pause_turn"),
        reply(stop_reason={}),
        reply(model=7),
        {"type": "error", "error": {"type": "overloaded_error"}},
    ],
)
def test_read_message__unreadable__is_a_failure_to_retry(body: object) -> None:
    found = read(body)
    assert isinstance(found, Failure) and (found.code, found.fatal) == ("unreadable-reply", False)


def test_read_message__schema_was_asked_for__the_tool_call_is_the_answer() -> None:
    request = Request(model=REF, messages=TURNS, response_schema=SCHEMA)
    found = read(
        reply(content=[{"type": "tool_use", "input": {"ok": True}}], stop_reason="tool_use"), request
    )
    assert isinstance(found, Output) and json.loads(found.text) == {"ok": True}


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = st.sampled_from(["content", "stop_reason", "model", "usage", "type", "text", "input"])
ANY = st.recursive(
    LEAVES, lambda x: st.lists(x, max_size=3) | st.dictionaries(KEYS, x, max_size=5), max_leaves=12
)


@given(ANY, st.integers(0, 300))
def test_read_message__any_json_cut_anywhere__never_raises_and_never_invents(body: Any, end: int) -> None:
    for data in (json.dumps(body).encode(), json.dumps(reply()).encode()[:end]):
        found = read(data)
        if isinstance(found, Output) and found.finish == "stop":
            assert found.text.strip()


def test_message_body__system_turns_and_bounds() -> None:
    body = message_body(Request(model=REF, messages=TURNS, params={"stop": "END"}))
    assert body["system"] == "Be brief."
    assert [m["role"] for m in body["messages"]] == ["user", "assistant", "user"]  # type: ignore[union-attr,index,call-overload]
    assert body["max_tokens"] == 1024 and body["stop_sequences"] == ["END"] and "stop" not in body


def test_message_body__schema__as_the_model_knows_it() -> None:
    new = message_body(Request(model=REF, messages=TURNS, response_schema=SCHEMA))
    assert new["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}
    old = ModelRef(provider="anthropic", name="claude-3-5-sonnet-20241022", endpoint=REF.endpoint)
    forced = message_body(Request(model=old, messages=TURNS, response_schema=SCHEMA))
    assert forced["tool_choice"] == {"type": "tool", "name": "reply"} and "output_config" not in forced


def test_connect__no_key__says_which_variable() -> None:
    with pytest.raises(ProviderError, match="ANTHROPIC_API_KEY"):
        connect(REF, {})


def ask(canned: Any, **params: Any) -> Output | Failure:
    async def go() -> Output | Failure:
        ref = ModelRef(provider="anthropic", name=NAME, endpoint=canned.url)
        model = connect(ref, {"ANTHROPIC_API_KEY": "k-2"})
        try:
            return await model.complete(Request(model=ref, messages=TURNS, params=params), draw=0)
        finally:
            await model.close()

    return asyncio.run(go())


def test_complete__sampling_parameters__go_to_the_api_version_that_has_them(canned: Any) -> None:
    canned.reply(200, reply())
    canned.reply(200, reply())
    assert isinstance(ask(canned, temperature=0.2), Output)
    assert isinstance(ask(canned), Output)
    (path, sampled, body), (_, plain, _) = canned.seen
    assert path == "/v1/messages" and body["temperature"] == 0.2
    assert "k-2" in sampled.get("authorization", "") + sampled.get("x-api-key", "")
    assert sampled["anthropic-version"] == "2023-06-01"
    assert plain["anthropic-version"] >= "2023-06-01"


def test_complete__overloaded__is_asked_once(canned: Any) -> None:
    canned.reply(
        529, {"type": "error", "error": {"type": "overloaded_error", "message": "x"}}, retry_after="2"
    )
    found = ask(canned)
    assert isinstance(found, Failure)
    assert (found.code, found.wait_s, len(canned.seen)) == ("overloaded", 2.0, 1)


def test_embed__anthropic__says_what_to_use_instead() -> None:
    async def go() -> object:
        model = connect(REF, {"ANTHROPIC_API_KEY": "k"})
        try:
            return await model.embed(EmbedRequest(model=REF, texts=("a",)))
        finally:
            await model.close()

    found = asyncio.run(go())
    assert isinstance(found, Failure) and found.fatal and "embedding_model" in found.message
