"""Samples: what is replayed, what is drawn anew, what is never kept (DECISION 5.2, 5.7, 6; R14)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.adapters.broker.conftest import CLAUDE, SMALL, Provider, Run, ask, chat, message, post, said, turn

from mergefloor.core.keys import text_hash
from mergefloor.core.ports import Stored
from mergefloor.core.types import Output

Begin = Callable[..., Run]


def questions(side: Any, draw: int = 0) -> list[str]:
    """Two questions; the agent of each asks the same thing twice, and another thing once."""
    found = []
    for number in range(2):
        with turn(side, f"question {number}", draw):
            found += [said(ask(side, "plan")), said(ask(side, "plan")), said(ask(side, f"answer {number}"))]
    return found


def test_replay__second_run_of_the_same_commit__calls_nothing_and_answers_alike(
    run: Begin, provider: Provider
) -> None:
    first = questions(run().side())
    assert len(provider.seen) == 6
    again = run()
    assert questions(again.side()) == first
    assert len(provider.seen) == 6
    cost = again.ledger.cost()
    assert (cost.usd, cost.calls, cost.cached_calls) == (0.0, 0, 6)


def test_replay__identical_requests_of_one_turn__are_distinct_samples(run: Begin) -> None:
    answers = questions(run().side())
    assert len(set(answers)) == 6


def test_replay__other_draw_of_the_same_question__is_drawn_anew(run: Begin, provider: Provider) -> None:
    here = run()
    plain, fresh = questions(here.side()), questions(here.side(), draw=3_000_000_001)
    assert not set(plain) & set(fresh)
    assert len(provider.seen) == 12


def test_replay__fresh_draw_alone_after_a_killed_run__never_gets_the_plain_sample(run: Begin) -> None:
    plain = questions(run().side())
    fresh = questions(run().side(), draw=3_000_000_001)
    assert not set(plain) & set(fresh)


def test_replay__same_request_of_the_other_arm_in_the_same_turn__is_one_draw(
    run: Begin, provider: Provider
) -> None:
    here = run()
    assert questions(here.side(arm="base")) == questions(here.side(arm="head"))
    assert len(provider.seen) == 6
    assert [use.cached_calls for use in here.ledger.uses("s")] == [0, 6]


def test_replay__both_arms_at_the_same_moment__share_one_call(run: Begin, provider: Provider) -> None:
    here = run()
    provider.delay_s = 0.3
    sides = [here.side(arm="base"), here.side(arm="head")]

    def one(side: Any) -> str:
        with turn(side, "q", 0):
            return said(ask(side))

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(one, sides))
    assert answers[0] == answers[1]
    assert len(provider.seen) == 1
    assert sorted(call.cached for call in here.ledger.calls) == [False, True]


def test_replay__what_is_asked_while_starting__is_replayed_too(run: Begin, provider: Provider) -> None:
    first = [said(ask(run().side(), "warm up")) for _ in range(2)]
    assert first[0] == first[1]
    assert len(provider.seen) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"temperature": 0.1},
        {"seed": 7},
        {"max_tokens": 17},
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]},
        {"response_format": {"type": "json_object"}},
        {"messages": [{"role": "user", "content": "Hi "}]},
    ],
)
def test_key__any_field_that_can_change_an_answer__misses(
    run: Begin, provider: Provider, changed: dict[str, Any]
) -> None:
    side = run().side()
    for more in ({}, changed):
        with turn(side, "q", 0):
            said(ask(side, **more))
    assert len(provider.seen) == 2


@pytest.mark.parametrize(
    "same", [{"user": "u1"}, {"metadata": {"a": "b"}}, {"stream": False}, {"store": False}]
)
def test_key__transport_fields__do_not_count(run: Begin, provider: Provider, same: dict[str, Any]) -> None:
    side = run().side()
    for more in ({}, same):
        with turn(side, "q", 0):
            said(ask(side, **more))
    assert len(provider.seen) == 1


def test_key__order_of_properties_in_a_schema__counts_and_that_of_fields_does_not(
    run: Begin, provider: Provider
) -> None:
    side = run().side()

    def sent(*fields: str) -> dict[str, Any]:
        schema = {"type": "object", "properties": {name: {"type": "string"} for name in fields}}
        return {"response_format": {"type": "json_schema", "json_schema": {"name": "r", "schema": schema}}}

    for more in (sent("a", "b"), sent("b", "a"), {"seed": 1, "n": 1}, {"n": 1, "seed": 1}):
        with turn(side, "q", 0):
            said(ask(side, **more))
    assert len(provider.seen) == 3


def test_key__beta_header_of_anthropic__counts(run: Begin, provider: Provider) -> None:
    side = run().side()
    body = {"model": CLAUDE.partition("/")[2], "max_tokens": 9, "messages": []}
    for headers in ({}, {"anthropic-beta": "interleaved-thinking-2025-05-14"}, {"user-agent": "x"}):
        with turn(side, "q", 0):
            assert post(side, "/v1/messages", body, headers)[0] == 200
    assert len(provider.seen) == 2
    assert provider.seen[1][1]["anthropic-beta"] == "interleaved-thinking-2025-05-14"


def test_key__another_endpoint__misses(run: Begin, provider: Provider) -> None:
    said(ask(run().side()))
    said(ask(run(url=provider.url.replace("127.0.0.1", "localhost")).side()))
    assert len(provider.seen) == 2


def cut(path: str) -> dict[str, Any]:
    if path == "/v1/messages":
        return message(stop_reason="max_tokens")
    choice = {"index": 0, "finish_reason": "length", "message": {"role": "assistant", "content": "Hal"}}
    return chat(choices=[choice])


@pytest.mark.parametrize("reason", ["length", "content_filter", None, "unheard-of"])
def test_replay__cut_or_filtered_answer__is_delivered_and_never_kept(
    run: Begin, provider: Provider, reason: str | None
) -> None:
    choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", "content": "Hal"}}
    provider.say = lambda *_: chat(choices=[choice])
    assert said(ask(run().side())) == "Hal"
    provider.say = provider.numbered
    assert said(ask(run().side())) == "Answer 1."
    assert len(provider.seen) == 2


@pytest.mark.parametrize("reason", ["max_tokens", "refusal", "pause_turn", None])
def test_replay__anthropic_that_did_not_finish__is_never_kept(
    run: Begin, provider: Provider, reason: str | None
) -> None:
    provider.say = lambda *_: message(stop_reason=reason)
    body = {"model": CLAUDE.partition("/")[2], "max_tokens": 9, "messages": []}
    for _ in range(2):
        assert post(run().side(), "/v1/messages", body)[0] == 200
    assert len(provider.seen) == 2


def test_replay__failed_call_repeated_by_the_child__is_the_same_sample(
    run: Begin, provider: Provider
) -> None:
    calls: list[int] = []

    def flaky(path: str, body: Any, headers: dict[str, str]) -> Any:
        calls.append(1)
        return (500, {}, b"{}") if len(calls) == 1 else provider.numbered(path, body, headers)

    provider.say = flaky
    side = run().side()
    with turn(side, "q", 0) as mine:
        assert ask(side)[0] == 500
        assert mine.failure is not None
        first = said(ask(side))
        assert mine.failure is None
    side = run().side()
    with turn(side, "q", 0):
        assert said(ask(side)) == first
    assert len(provider.seen) == 2


def test_replay__embeddings__are_asked_once(run: Begin, provider: Provider) -> None:
    side = run().side()
    body = {"model": SMALL.partition("/")[2], "input": ["a", "bb"]}
    first = post(side, "/embeddings", body)[1]["data"]
    second = post(side, "/embeddings", body)[1]["data"]
    assert first == second
    assert len(provider.seen) == 1


def test_offline__what_is_not_stored__is_told_and_unresolved(run: Begin, provider: Provider) -> None:
    questions(run().side())
    here = run(offline=True)
    questions(here.side())
    side = here.side()
    with turn(side, "new", 0) as mine:
        status, body, _ = ask(side, "new")
    assert (status, body["error"]["code"]) == (502, "offline")
    assert mine.failure is not None
    assert mine.failure.code == "offline"
    assert len(provider.seen) == 6


def test_cache__that_the_engine_writes_at_the_same_time__loses_nothing(run: Begin) -> None:
    here = run()
    side = here.side()

    def engine() -> None:
        for number in range(200):
            entry = Stored(
                answer=Output(text="x"), at=1.0, subject=text_hash(f"s{number % 7}"), components={}
            )
            here.cache.put(text_hash(f"engine {number}"), entry)

    with ThreadPoolExecutor(5) as pool:
        other = pool.submit(engine)
        answers = list(pool.map(lambda number: said(ask(side, f"q{number}")), range(60)))
        other.result()
    again = run()
    assert all(again.cache.get(text_hash(f"engine {number}")) for number in range(200))
    assert [said(ask(again.side(), f"q{number}")) for number in range(60)] == answers
    assert again.ledger.cost().calls == 0
