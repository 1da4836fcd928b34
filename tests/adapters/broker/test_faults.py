"""Providers that fail: what a child is told, what the run makes of it, and how often the provider is bothered."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.adapters.broker.conftest import CLAUDE, GPT, Provider, Run, ask, chat, post, said, turn

Begin = Callable[..., Run]


@pytest.mark.parametrize(
    ("status", "error", "told", "code", "again"),
    [
        (400, {"message": "bad temperature", "type": "invalid_request_error"}, 400, None, False),
        (422, {"message": "no"}, 422, None, False),
        (401, {"message": "Incorrect"}, 502, "refused-key", False),
        (403, {"message": "no"}, 502, "refused-key", False),
        (402, {}, 402, "quota", False),
        (429, {"code": "insufficient_quota", "message": "quota"}, 402, "quota", False),
        (400, {"message": "Your credit balance is too low"}, 402, "quota", False),
        (404, {"message": "no such model"}, 404, "unknown-model", False),
        (408, {}, 408, "timeout", True),
        (429, {"message": "slow down"}, 429, "rate-limited", True),
        (500, {"message": "oops"}, 500, "provider-5xx", True),
        (503, {}, 503, "provider-5xx", True),
        (529, {"type": "overloaded_error"}, 529, "overloaded", True),
    ],
)
def test_status__of_the_provider__is_told_and_classed(
    run: Begin,
    provider: Provider,
    status: int,
    error: dict[str, str],
    told: int,
    code: str | None,
    again: bool,
) -> None:
    provider.say = lambda *_: (status, {"retry-after": "7"}, json.dumps({"error": error}).encode())
    here = run()
    side = here.side()
    with turn(side, "q") as mine:
        got, body, headers = ask(side)
    assert got == told
    assert headers["x-should-retry"] == ("true" if again else "false")
    assert (headers.get("retry-after") == "7") == again
    assert (None if mine.failure is None else mine.failure.code) == code
    if code not in ("quota", "refused-key"):
        assert error.get("message", "") in body["error"]["message"]
    assert here.ledger.calls == ()
    assert not tuple(here.cache.entries())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"choices": 1}',
        b'{"error": {"message": "x"}}',
        b'{"choices": [NaN]}',
        b"\xff",
    ],
)
def test_body__of_a_200_that_is_no_answer__is_unreadable_and_unresolved(
    run: Begin, provider: Provider, body: bytes
) -> None:
    provider.say = lambda *_: (200, {}, body)
    here = run()
    side = here.side()
    with turn(side, "q") as mine:
        status, told, _ = ask(side)
    assert (status, told["error"]["code"]) == (502, "unreadable-reply")
    assert mine.failure is not None
    assert mine.failure.code == "unreadable-reply"
    assert not tuple(here.cache.entries())


def test_connection__refused__is_told_and_may_be_tried_again(run: Begin) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        side = run(url=f"http://127.0.0.1:{taken.getsockname()[1]}").side()
        with turn(side, "q") as mine:
            status, body, headers = ask(side)
    assert (status, body["error"]["code"], headers["x-should-retry"]) == (502, "connection", "true")
    assert mine.failure is not None
    assert mine.failure.code == "connection"


def test_provider__that_hangs__ends_at_the_deadline_of_a_call(run: Begin, provider: Provider) -> None:
    provider.delay_s = 1.0
    side = run(call_s=0.2).side()
    began = time.monotonic()
    status, body, _ = ask(side)
    assert (status, body["error"]["code"]) == (504, "timeout")
    assert time.monotonic() - began < 0.9


def test_provider__that_hangs__ends_at_the_deadline_of_the_run(run: Begin, provider: Provider) -> None:
    provider.delay_s = 1.0
    side = run(seconds=0.3).side()
    began = time.monotonic()
    assert ask(side)[0] == 504
    assert time.monotonic() - began < 0.9
    assert ask(side)[0] == 402


@pytest.mark.parametrize("status", [401, 403, 402])
def test_key__refused_once__is_not_tried_again_by_anybody(
    run: Begin, provider: Provider, status: int
) -> None:
    provider.say = lambda *_: (status, {}, b"{}")
    provider.delay_s = 0.05
    here = run(concurrency=4)
    side, other = here.side(), here.side()
    with ThreadPoolExecutor(20) as pool:
        got = list(pool.map(lambda number: ask(side, f"q{number}")[0], range(40)))
    assert set(got) == {402 if status == 402 else 502}
    assert len(provider.seen) <= 5
    assert ask(other)[0] == got[0]
    assert len(provider.seen) <= 5


@pytest.mark.parametrize("why", ["unknown", "served"])
def test_model__that_cannot_answer__is_not_tried_again_and_the_others_are(
    run: Begin, provider: Provider, why: str
) -> None:
    provider.say = lambda *_: (404, {}, b"{}") if why == "unknown" else chat(model="gpt-4o-mini")
    side = run().side(GPT, "openai/gpt-5-2025-08-07")
    with turn(side, "q") as mine:
        first, second = ask(side, "a"), ask(side, "b")
    assert first[1]["error"]["code"] == second[1]["error"]["code"] == f"{why}-model"
    assert len(provider.seen) == 1
    assert mine.failure is not None
    assert mine.failure.fatal
    provider.say = lambda *_: chat(model="gpt-5-2025-08-07")
    said(ask(side, model="gpt-5-2025-08-07"))


def test_key__refused_by_one_provider__leaves_the_other(run: Begin, provider: Provider) -> None:
    provider.say = lambda path, body, headers: (
        (401, {}, b"{}") if "chat" in path else provider.numbered(path, body, headers)
    )
    side = run().side()
    assert ask(side)[0] == 502
    assert post(side, "/v1/messages", {"model": CLAUDE.partition("/")[2], "messages": []})[0] == 200


def test_key__that_the_run_does_not_have__is_told(run: Begin, provider: Provider) -> None:
    side = run(upstreams={}).side()
    with turn(side, "q") as mine:
        status, body, _ = ask(side)
    assert (status, body["error"]["code"]) == (502, "refused-key")
    assert mine.failure is not None
    assert mine.failure.fatal


def test_concurrency__of_the_run__is_never_exceeded(run: Begin, provider: Provider) -> None:
    provider.delay_s = 0.05
    side = run(concurrency=3).side()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda number: said(ask(side, f"q{number}")), range(20)))
    assert len(set(answers)) == 20
    assert provider.most == 3


def test_child__that_leaves_before_the_answer__finds_it_when_it_comes_back(
    run: Begin, provider: Provider
) -> None:
    provider.delay_s = 0.3
    here = run()
    side = here.side()
    with turn(side, "q"):
        with pytest.raises(TimeoutError):
            _impatient(side)
        _until(lambda: len(here.ledger.calls) == 1)
        said(ask(side))
    assert len(provider.seen) == 1


def _impatient(side: object) -> None:
    from http.client import HTTPConnection
    from urllib.parse import urlsplit

    from tests.adapters.broker.conftest import GPT

    from mergefloor.broker import Side

    assert isinstance(side, Side)
    at = urlsplit(side.environment["OPENAI_BASE_URL"])
    connection = HTTPConnection(at.hostname or "", at.port or 0, timeout=0.1)
    body = {"model": GPT.partition("/")[2], "messages": [{"role": "user", "content": "Hi"}]}
    try:
        connection.request(
            "POST",
            f"{at.path}/chat/completions",
            body=json.dumps(body),
            headers={"authorization": f"Bearer {side.key}"},
        )
        connection.getresponse()
    finally:
        connection.close()


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def test_answer__longer_than_the_bound__is_refused(
    run: Begin, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mergefloor.broker.line.MAX_REPLY", 100_000)
    provider.say = lambda *_: chat("x" * 200_000)
    assert ask(run().side())[0] == 502
    provider.say = lambda *_: chat("x" * 50_000)
    assert ask(run().side())[0] == 200


def test_answer__of_several_megabytes__is_passed_on(run: Begin, provider: Provider) -> None:
    provider.say = lambda *_: chat("x" * 5_000_000)
    assert len(said(ask(run().side()))) == 5_000_000


def test_broker__closed_while_a_call_is_under_way__keeps_what_was_paid(
    run: Begin, provider: Provider
) -> None:
    provider.delay_s = 0.3
    here = run()
    side = here.side()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(ask, side)
        _until(lambda: len(provider.seen) == 1)
        here.broker.close()
        assert call.result()[0] == 200
    said(ask(run().side()))
    assert len(provider.seen) == 1


def test_broker__never_used__starts_no_thread_and_imports_no_transport() -> None:
    import subprocess
    import sys

    code = "import sys, mergefloor.broker; print(sorted({'aiohttp', 'openai', 'httpx2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
