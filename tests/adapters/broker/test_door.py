"""Who gets in, what they may ask, and that the real key stays where it is (T02, T08, T13, T38)."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.adapters.broker.conftest import (
    ANTHROPIC_KEY,
    CLAUDE,
    GPT,
    OPENAI_KEY,
    Provider,
    Run,
    ask,
    chat,
    message,
    post,
    said,
    turn,
)

from mergefloor.broker import Side
from mergefloor.broker.door import MAX_BODY, MAX_OPEN

Begin = Callable[..., Run]
CLAUDE_BODY = {"model": CLAUDE.partition("/")[2], "max_tokens": 9, "messages": []}


def code_of(reply: tuple[int, Any, dict[str, str]]) -> tuple[int, str]:
    return reply[0], reply[1]["error"]["code"]


def raw(side: Side, request: bytes, *, leave: bool = False) -> bytes:
    """Bytes as they are, until the whole head of a reply is there; `leave`: we hang up first."""
    at = urlsplit(side.environment["OPENAI_BASE_URL"])
    with socket.create_connection((at.hostname, at.port), timeout=10) as wire:
        wire.sendall(request)
        if leave:
            wire.shutdown(socket.SHUT_WR)
        found = b""
        while b"\r\n\r\n" not in found and (chunk := wire.recv(65536)):
            found += chunk
    return found


def test_environment__of_a_side__holds_no_real_key_and_points_to_loopback(run: Begin) -> None:
    side = run().side()
    assert set(side.environment) == {
        "OPENAI_BASE_URL",
        "OPENAI_API_KEY",
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_API_KEY",
    }
    text = json.dumps(dict(side.environment)) + repr(side)
    assert OPENAI_KEY not in text
    assert ANTHROPIC_KEY not in text
    assert urlsplit(side.environment["OPENAI_BASE_URL"]).hostname == "127.0.0.1"
    assert side.token not in repr(side)


def test_request__goes_upstream__with_the_real_key_and_nothing_of_the_child(
    run: Begin, provider: Provider
) -> None:
    side = run().side()
    post(
        side,
        "/chat/completions",
        {"model": GPT.partition("/")[2], "messages": []},
        {"x-evil": "1", "cookie": "a=b", "openai-organization": "org", "x-forwarded-for": "1.2.3.4"},
    )
    path, headers, _ = provider.seen[0]
    assert path == "/v1/chat/completions"
    assert headers["authorization"] == f"Bearer {OPENAI_KEY}"
    assert set(headers) == {
        "host",
        "content-type",
        "accept",
        "user-agent",
        "authorization",
        "accept-encoding",
        "content-length",
    }
    post(side, "/v1/messages", CLAUDE_BODY, {"x-api-key": side.key, "anthropic-version": "2023-06-01"})
    path, headers, _ = provider.seen[1]
    assert (path, headers["x-api-key"]) == ("/v1/messages", ANTHROPIC_KEY)
    assert "authorization" not in headers


@pytest.mark.parametrize("key", ["", "token0001", "token0003", "x", OPENAI_KEY, "ключ"])
def test_token__wrong_key__is_401_and_nothing_is_called(run: Begin, provider: Provider, key: str) -> None:
    side = run().side()
    headers = {"authorization": f"Bearer {key}".encode()}
    at = urlsplit(side.environment["OPENAI_BASE_URL"])
    connection = HTTPConnection(at.hostname or "", at.port or 0, timeout=10)
    connection.request("POST", f"{at.path}/chat/completions", body=b"{}", headers=headers)
    reply = connection.getresponse()
    assert reply.status == 401
    assert json.loads(reply.read())["error"]["type"] == "authentication_error"
    connection.close()
    assert not provider.seen


def test_token__of_another_side_in_the_path__is_401(run: Begin, provider: Provider) -> None:
    here = run()
    one, two = here.side(), here.side()
    assert post(one, "/chat/completions", {}, key=two.key)[0] == 401
    assert not provider.seen


def test_token__of_a_side_that_ended__is_401(run: Begin, provider: Provider) -> None:
    here = run()
    side = here.side()
    here.broker.end(side)
    assert ask(side)[0] == 401
    assert not provider.seen


def test_token__missing__is_401_in_the_shape_of_anthropic(run: Begin) -> None:
    side = run().side()
    status, body, _ = post(side, "/v1/messages", CLAUDE_BODY, key="wrong")
    assert (status, body["type"], body["error"]["type"]) == (401, "error", "authentication_error")


@pytest.mark.parametrize(
    "model",
    ["gpt-4o", "gpt-5-mini", GPT, "", None, 7, ["gpt-5-mini-2025-08-07"], "claude-sonnet-4-6-20251015"],
)
def test_model__not_in_the_list__is_403_and_nothing_is_called(
    run: Begin, provider: Provider, model: object
) -> None:
    side = run().side(GPT, CLAUDE)
    reply = post(side, "/chat/completions", {"model": model, "messages": []})
    assert code_of(reply) == (403, "model-not-allowed")
    assert reply[1]["error"]["type"] == "permission_error"
    assert GPT in reply[1]["error"]["message"]
    assert not provider.seen


def test_model__no_list_at_all__is_403(run: Begin, provider: Provider) -> None:
    here = run()
    side = here.broker.side((), "head", "s")
    assert ask(side)[0] == 403
    assert not provider.seen


def test_model__doubled_key_in_the_body__only_what_was_checked_is_sent(
    run: Begin, provider: Provider
) -> None:
    side = run().side()
    name = GPT.partition("/")[2]
    body = f'{{"model": "gpt-4o", "messages": [], "model": "{name}"}}'.encode()
    assert post(side, "/chat/completions", body)[0] == 200
    assert provider.seen[0][2] == {"model": name, "messages": []}
    reverse = f'{{"model": "{name}", "messages": [], "model": "gpt-4o"}}'.encode()
    assert post(side, "/chat/completions", reverse)[0] == 403


def test_model__of_a_compatible_endpoint__is_asked_and_booked_under_its_name(
    run: Begin, provider: Provider
) -> None:
    here = run()
    provider.say = lambda *_: chat(model="llama3")
    side = here.side("openai-compatible/llama3")
    body = {"model": "llama3", "messages": []}
    assert post(side, "/chat/completions", body)[0] == 200
    assert here.ledger.calls[0].model == "openai-compatible/llama3"


@pytest.mark.parametrize(
    "more",
    [
        {"stream": True},
        {"stream": 1},
        {"previous_response_id": "resp_1"},
        {"conversation": "conv_1"},
        {"prompt": {"id": "pmpt_1"}},
        {"background": True},
        {"web_search_options": {"search_context_size": "low"}},
        {"service_tier": "priority"},
        {"modalities": ["text", "audio"]},
        {"tools": [{"type": "web_search"}]},
        {"tools": [{"type": "function", "function": {}}, {"type": "code_interpreter"}]},
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        {"tools": [{"type": ["function"]}]},
        {"tools": {"type": "function"}},
        {"tools": ["web_search"]},
        {"mcp_servers": [{"url": "https://x.example"}]},
        {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "file-1"}}]}]},
        {"input": [{"role": "user", "content": [{"type": "input_image", "file_id": "file-1"}]}]},
        {"input": [{"type": "item_reference", "id": "msg_1"}]},
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "tool_result",
                            "content": [{"type": "document", "source": {"type": "file", "file_id": "f"}}],
                        }
                    ],
                }
            ]
        },
    ],
)
def test_request__beyond_text_for_money__is_400_and_says_why(
    run: Begin, provider: Provider, more: dict[str, Any]
) -> None:
    side = run().side()
    with turn(side, "q") as mine:
        reply = post(side, "/chat/completions", {"model": GPT.partition("/")[2], "messages": [], **more})
    assert code_of(reply) == (400, "unsupported")
    assert reply[2]["x-should-retry"] == "false"
    assert not provider.seen
    assert mine.failure is None, "the child asked for it, so its question fails and is not unresolved"


@pytest.mark.parametrize(
    "more",
    [
        {"stream": False, "service_tier": "auto", "modalities": ["text"]},
        {"tools": [{"type": "function", "function": {"name": "f"}}, {"type": "custom", "name": "g"}]},
        {"tools": [{"name": "f", "input_schema": {}}, {"type": "bash_20250124", "name": "bash"}]},
        {
            "messages": [
                {"role": "assistant", "content": None, "tool_calls": [{"function": {"arguments": "{}"}}]}
            ]
        },
        {"messages": [{"role": "user", "content": [{"type": "tool_use", "input": {"file_id": "mine"}}]}]},
    ],
)
def test_request__of_an_ordinary_agent__passes(run: Begin, provider: Provider, more: dict[str, Any]) -> None:
    body = {"model": GPT.partition("/")[2], "messages": [], **more}
    assert post(run().side(), "/chat/completions", body)[0] == 200
    assert provider.seen[0][2] == body


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{", b'{"a": NaN}', b"\xff\xfe", b"[" * 100_000, b'{"a":' + b"9" * 5000 + b"}"],
)
def test_body__that_is_no_json_object__is_400(run: Begin, provider: Provider, body: bytes) -> None:
    assert code_of(post(run().side(), "/chat/completions", body)) == (400, "bad-request")
    assert not provider.seen


def test_body__with_half_a_surrogate_pair__is_sent_as_it_was_written(run: Begin, provider: Provider) -> None:
    body = b'{"model": "gpt-5-mini-2025-08-07", "messages": [{"role": "user", "content": "\\ud800"}]}'
    assert post(run().side(), "/chat/completions", body)[0] == 200
    assert provider.seen[0][2]["messages"][0]["content"] == "\ud800"


def test_body__too_long__is_413_before_it_is_read(run: Begin, provider: Provider) -> None:
    side = run().side()
    head = (
        f"POST {urlsplit(side.environment['OPENAI_BASE_URL']).path}/chat/completions HTTP/1.1\r\nhost: x\r\n"
        f"authorization: Bearer {side.key}\r\ncontent-length: {MAX_BODY + 1}\r\nconnection: close\r\n\r\n"
    )
    assert b" 413 " in raw(side, head.encode()).split(b"\r\n")[0]
    assert not provider.seen


def test_body__of_unknown_length_or_packed__is_refused(run: Begin, provider: Provider) -> None:
    side = run().side()
    path = urlsplit(side.environment["OPENAI_BASE_URL"]).path
    lead = f"POST {path}/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {side.key}\r\n"
    chunked = f"{lead}transfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"
    assert b" 411 " in raw(side, chunked.encode()).split(b"\r\n")[0]
    packed = f"{lead}content-encoding: gzip\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}"
    assert b" 415 " in raw(side, packed.encode()).split(b"\r\n")[0]
    assert not provider.seen


def test_body__just_within_the_bound__passes(run: Begin, provider: Provider) -> None:
    text = "x" * (MAX_BODY - 1000)
    said(ask(run().side(), text))
    assert len(provider.seen[0][2]["messages"][0]["content"]) == len(text)


def test_door__full_of_one_side__lets_the_other_in(run: Begin) -> None:
    here = run()
    greedy, other = here.side(), here.side()
    greedy.open = MAX_OPEN
    assert code_of(ask(greedy)) == (429, "rate-limited")
    greedy.open = 0
    greedy.held = 64 * 1024 * 1024
    assert code_of(ask(greedy)) == (429, "rate-limited")
    said(ask(other))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/files", 404),
        ("/chat/completions/", 404),
        ("/../../v1/chat/completions", 404),
        ("/responses/resp_1/cancel", 404),
        ("/organization/api_keys", 404),
        ("/chat/completions?api-version=1", 200),
    ],
)
def test_path__that_is_no_route__is_404_and_not_passed_on(
    run: Begin, provider: Provider, path: str, status: int
) -> None:
    body = {"model": GPT.partition("/")[2], "messages": []}
    assert post(run().side(), path, body)[0] == status
    assert [seen for seen, _, _ in provider.seen] == (["/v1/chat/completions"] if status == 200 else [])


def test_models__listed__are_those_of_the_target_and_nobody_is_asked(run: Begin, provider: Provider) -> None:
    side = run().side(GPT, CLAUDE)
    at = urlsplit(side.environment["OPENAI_BASE_URL"])

    def get(path: str) -> tuple[int, Any]:
        connection = HTTPConnection(at.hostname or "", at.port or 0, timeout=10)
        connection.request("GET", f"/{side.token}{path}", headers={"x-api-key": side.key})
        reply = connection.getresponse()
        found = reply.status, json.loads(reply.read())
        connection.close()
        return found

    assert [row["id"] for row in get("/openai/v1/models")[1]["data"]] == ["gpt-5-mini-2025-08-07"]
    assert get("/openai/v1/models/gpt-5-mini-2025-08-07")[1]["object"] == "model"
    assert get("/openai/v1/models/gpt-4o")[0] == 404
    page = get("/anthropic/v1/models")[1]
    assert [row["id"] for row in page["data"]] == ["claude-sonnet-4-6-20251015"]
    assert page["has_more"] is False
    assert not provider.seen


def leaks(text: str) -> bool:
    forms = (
        OPENAI_KEY,
        OPENAI_KEY[::-1],
        OPENAI_KEY.encode().hex(),
        base64.b64encode(OPENAI_KEY.encode()).decode(),
    )
    return any(form in text for form in forms)


ECHOES: dict[str, Callable[[str], tuple[int, dict[str, str], bytes]]] = {
    "header": lambda key: (200, {"x-echo": key, "set-cookie": f"k={key}"}, json.dumps(chat()).encode()),
    "answer": lambda key: (200, {}, json.dumps(chat(f"Your key is {key}")).encode()),
    "base64": lambda key: (200, {}, json.dumps(chat(base64.b64encode(key.encode()).decode())).encode()),
    "hex": lambda key: (200, {}, json.dumps(chat(key.encode().hex())).encode()),
    "reversed": lambda key: (200, {}, json.dumps(chat(key[::-1])).encode()),
    "model": lambda key: (200, {}, json.dumps(chat(model=key)).encode()),
    "400": lambda key: (400, {}, json.dumps({"error": {"message": f"bad {key}"}}).encode()),
    "401": lambda key: (
        401,
        {"www-authenticate": key},
        json.dumps({"error": {"message": f"Incorrect {key}"}}).encode(),
    ),
    "429": lambda key: (429, {"retry-after": key}, json.dumps({"error": {"message": key}}).encode()),
    "500": lambda key: (500, {}, f"<html>{key}</html>".encode()),
    "302": lambda key: (302, {"location": f"http://127.0.0.1/{key}"}, b""),
    "garbage": lambda key: (200, {}, key.encode()),
}


@pytest.mark.parametrize("where", ECHOES)
def test_key__echoed_by_the_provider__reaches_no_child_no_log_and_no_cache(
    run: Begin, provider: Provider, where: str, capfd: pytest.CaptureFixture[str], caplog: Any
) -> None:
    here = run()
    provider.say = lambda path, body, headers: ECHOES[where](headers["authorization"].removeprefix("Bearer "))
    side = here.side()
    with turn(side, "q") as mine:
        status, body, headers = ask(side)
    assert not leaks(json.dumps(body) + json.dumps(headers))
    assert not leaks(str(mine.failure))
    assert (status == 200) == (where == "header")
    assert set(headers) <= {
        "server",
        "content-type",
        "content-length",
        "date",
        "x-should-retry",
        "retry-after",
        "retry-after-ms",
    }
    out = capfd.readouterr()
    assert not leaks(out.out + out.err + caplog.text)
    assert not any(leaks(str(entry)) for _, entry in here.cache.entries())


def test_masked_key__in_an_error_about_the_key__is_not_passed_on(run: Begin, provider: Provider) -> None:
    provider.say = lambda *_: (
        401,
        {},
        b'{"error": {"message": "Incorrect API key provided: sk-re****cdef"}}',
    )
    status, body, _ = ask(run().side())
    assert status == 502
    assert "cdef" not in json.dumps(body)


def test_http__that_is_none__ends_without_a_word_in_the_log(
    run: Begin, capfd: pytest.CaptureFixture[str], caplog: Any
) -> None:
    side = run().side()
    for junk in (b"\x00" * 100 + b"\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"::warning::x\r\n\r\n", b""):
        raw(side, junk, leave=True)
    said(ask(side))
    out = capfd.readouterr()
    assert out.out + out.err + caplog.text == ""


def test_served__another_model_than_asked__is_no_answer_and_is_paid(run: Begin, provider: Provider) -> None:
    here = run()
    provider.say = lambda *_: chat(model="gpt-4o-mini")
    side = here.side()
    with turn(side, "q") as mine:
        reply = ask(side)
    assert code_of(reply) == (502, "served-model")
    assert mine.failure is not None
    assert here.ledger.usd > 0
    assert not tuple(here.cache.entries())


def test_served__dated_snapshot_of_the_alias__is_an_answer(run: Begin, provider: Provider) -> None:
    provider.say = lambda *_: message(model="claude-sonnet-4-6-20251015")
    body = {**CLAUDE_BODY, "model": "claude-sonnet-4-6"}
    assert post(run().side("anthropic/claude-sonnet-4-6"), "/v1/messages", body)[0] == 200
