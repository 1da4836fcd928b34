"""What the run pays: usage x prices, stopped before the call that crosses, nothing twice (T13, R13)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.adapters.broker.conftest import CLAUDE, GPT, Provider, Run, ask, chat, message, post, said, turn

Begin = Callable[..., Run]
CHAT_USD = (1000 * 0.25 + 100 * 2.0) / 1e6
MESSAGE_USD = (1000 * 3.0 + 100 * 15.0) / 1e6


def test_ledger__calls_of_two_arms__total_to_the_cent_by_arm_and_suite(run: Begin) -> None:
    here = run()
    base, head = here.side(arm="base"), here.side(arm="head")
    for number in range(3):
        said(ask(base, f"b{number}"))
    status, _, _ = post(head, "/v1/messages", {"model": CLAUDE.partition("/")[2], "messages": []})
    assert status == 200
    cost = here.ledger.cost()
    assert cost.usd == pytest.approx(3 * CHAT_USD + MESSAGE_USD, abs=1e-12)
    assert (cost.calls, cost.cached_calls, cost.input_tokens, cost.output_tokens) == (4, 0, 4000, 400)
    assert [(use.arm, use.model, use.calls) for use in here.ledger.uses("s")] == [
        ("base", GPT, 3),
        ("head", CLAUDE, 1),
    ]


def test_ledger__cached_input_of_both_providers__priced_as_such(run: Begin, provider: Provider) -> None:
    here = run()
    side = here.side()
    details = {"prompt_tokens": 1000, "completion_tokens": 0, "prompt_tokens_details": {"cached_tokens": 400}}
    provider.say = lambda *_: chat(usage=details)
    said(ask(side))
    assert here.ledger.usd == pytest.approx((600 * 0.25 + 400 * 0.025) / 1e6, abs=1e-15)
    read = {"input_tokens": 100, "output_tokens": 0, "cache_read_input_tokens": 900}
    provider.say = lambda *_: message(usage=read)
    post(side, "/v1/messages", {"model": CLAUDE.partition("/")[2], "messages": []})
    assert here.ledger.calls[1].usage.cached_input_tokens == 900
    assert here.ledger.calls[1].usage.input_tokens == 1000


def test_ledger__answer_without_usage__is_guessed_and_never_free(run: Begin, provider: Provider) -> None:
    here = run()
    provider.say = lambda *_: chat("x" * 4000, usage=None)
    said(ask(here.side()))
    assert here.ledger.usd > 0
    assert here.ledger.calls[0].usage.output_tokens > 1000


def test_budget__next_call_could_cross_it__is_refused_before_the_call(run: Begin, provider: Provider) -> None:
    here = run(usd=3 * CHAT_USD)
    side = here.side()
    with turn(side, "q", 0) as mine:
        got = [ask(side, f"q{number}", max_tokens=100) for number in range(6)]
    assert [status for status, _, _ in got] == [200, 200, 200, 402, 402, 402] or len(provider.seen) <= 3
    status, body, headers = got[-1]
    assert (status, body["error"]["code"], headers["x-should-retry"]) == (402, "budget", "false")
    assert here.ledger.usd <= 3 * CHAT_USD + 1e-12
    assert mine.failure is not None
    assert (mine.failure.stage, mine.failure.code) == ("budget", "budget")


def test_budget__answer_without_bound__is_refused_by_its_worst_case(run: Begin, provider: Provider) -> None:
    here = run(usd=0.001)
    status, body, _ = ask(here.side(), max_tokens=100_000)
    assert (status, body["error"]["code"]) == (402, "budget")
    assert not provider.seen


@pytest.mark.parametrize("many", [{"n": 128}, {"n": 10**30}, {"max_tokens": 10**400}])
def test_budget__many_answers_at_once__count_in_the_worst_case(
    run: Begin, provider: Provider, many: dict[str, int]
) -> None:
    here = run(usd=0.01)
    status, _, _ = ask(here.side(), **many)
    assert status == 402
    assert not provider.seen


def test_deadline__of_the_run_is_over__is_refused_without_a_call(run: Begin, provider: Provider) -> None:
    here = run(seconds=-1.0)
    side = here.side()
    with turn(side, "q", 0) as mine:
        status, body, _ = ask(side)
    assert (status, body["error"]["code"]) == (402, "budget")
    assert not provider.seen
    assert mine.failure is not None
