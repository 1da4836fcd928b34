"""Several questions at a time in one process: whose samples a request gets, and which questions it costs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from tests.adapters.broker.conftest import Provider, Run, ask, said, turn

from mergefloor.broker.turn import Turn, belongs, turn_of

Begin = Callable[..., Run]


def payload(**fields: object) -> str:
    return json.dumps(fields)


TEA, COFFEE = payload(input="Where is the tea?"), payload(input="Where is the coffee?")


def test_turns__open_together__each_request_gets_the_samples_of_its_question(
    run: Begin, provider: Provider
) -> None:
    def both(side: object) -> tuple[str, str]:
        with turn(side, TEA), turn(side, COFFEE):  # type: ignore[arg-type]
            second = said(ask(side, "System. Where is the coffee? Docs."))  # type: ignore[arg-type]
            first = said(ask(side, "System. Where is the tea? Docs."))  # type: ignore[arg-type]
        return first, second

    together = both(run().side())
    alone = []
    side = run().side()
    for one, text in (
        (TEA, "System. Where is the tea? Docs."),
        (COFFEE, "System. Where is the coffee? Docs."),
    ):
        with turn(side, one):
            alone.append(said(ask(side, text)))
    assert tuple(alone) == together
    assert len(provider.seen) == 2


def test_turns__request_that_names_no_question__is_a_sample_of_the_open_draws(
    run: Begin, provider: Provider
) -> None:
    side = run().side()
    answers = []
    for draw in (0, 3_000_000_001):
        with turn(side, TEA, draw), turn(side, COFFEE, draw):
            answers += [said(ask(side, "plan")), said(ask(side, "plan"))]
    assert len(set(answers)) == 4
    side = run().side()
    with turn(side, TEA), turn(side, COFFEE):
        assert said(ask(side, "plan")) == answers[0]
    assert len(provider.seen) == 4


def test_turns__unanswered_request_of_one_question__leaves_the_other_alone(
    run: Begin, provider: Provider
) -> None:
    provider.say = lambda *_: (500, {}, b"{}")
    side = run().side()
    with turn(side, TEA) as tea, turn(side, COFFEE) as coffee:
        ask(side, "Where is the tea?")
        assert tea.failure is not None
        assert coffee.failure is None


def test_turns__unanswered_request_that_names_no_question__costs_all_that_are_open(
    run: Begin, provider: Provider
) -> None:
    provider.say = lambda *_: (500, {}, b"{}")
    side = run().side()
    with turn(side, TEA) as tea, turn(side, COFFEE) as coffee:
        ask(side, "plan")
        assert tea.failure is not None
        assert coffee.failure is not None
        provider.say = provider.numbered
        ask(side, "plan")
        assert (tea.failure, coffee.failure) == (None, None)


def test_turns__draws_of_one_question__wait_for_one_another(run: Begin) -> None:
    side = run().side()
    order: list[str] = []

    async def one(draw: int) -> None:
        async with side.turn(TEA, draw) as mine:
            order.append(f"in {draw}")
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert side.turns_for(["Where is the tea?"]) == (mine, (mine,))
            order.append(f"out {draw}")

    async def both() -> None:
        await asyncio.gather(one(0), one(1))

    asyncio.run(both())
    assert order == ["in 0", "out 0", "in 1", "out 1"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Where is the tea?"], 0),
        (["x", "Where is the tea? Where is the tea and the milk?"], 1),
        (["the sugar, please, in Kyoto"], 2),
        (["the sugar, please"], None),
        (["where is the tea?"], None),
        ([], None),
    ],
)
def test_belongs__texts_of_a_request__to_the_wordiest_question_that_they_hold(
    texts: list[str], expected: int | None
) -> None:
    turns = [
        turn_of(TEA, 0),
        turn_of(payload(input="Where is the tea and the milk?"), 0),
        turn_of(payload(vars={"what": "sugar", "town": "Kyoto", "deep": ["please"]}), 0),
        turn_of(payload(context=["Where is the tea?"]), 0),
        turn_of("[1]", 0),
    ]
    assert belongs(turns, texts) == (None if expected is None else turns[expected])


def test_turn__of_another_payload_or_draw__has_another_address() -> None:
    addresses = {turn_of(p, d).address for p in (TEA, COFFEE, "no json") for d in (0, 1, 2**32)}
    assert len(addresses) == 9


def test_turn__sample_given_back__is_the_next_one() -> None:
    mine = Turn(address="a")
    assert [mine.take("r") for _ in range(3)] == [0, 1, 2]
    mine.give_back("r", 1)
    assert [mine.take("r"), mine.take("r"), mine.take("other")] == [1, 3, 0]


def test_turns__left_open_by_an_error__are_closed(run: Begin) -> None:
    side = run().side()
    with pytest.raises(ZeroDivisionError), ExitStack() as stack:
        stack.enter_context(turn(side, TEA))
        raise ZeroDivisionError
    shared, owners = side.turns_for(["Where is the tea?"])
    assert owners == ()
    assert shared.address != turn_of(TEA, 0).address
