"""One budget for the engine and for whoever calls beside it, from other threads (R13)."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mergefloor.core.cost import Call, Ledger
from mergefloor.core.settings import Price
from mergefloor.core.types import Usage
from mergefloor.engine.books import SharedBooks
from mergefloor.engine.purse import Purse

MODEL = "openai/m"
# One cent a call.
CALL = Call(arm="head", model=MODEL, usage=Usage(input_tokens=10_000))


def books(cap: float = 1.0, until: float = 60.0) -> SharedBooks:
    ledger = Ledger({MODEL: Price(input=1.0, output=1.0)})
    return SharedBooks(ledger=ledger, purse=Purse(cap, ledger), clock=lambda: 10.0, until=until)


def test_reserve__up_to_the_cap__then_not_now_and_after_spending_never() -> None:
    mine = books(cap=0.02)
    assert [mine.reserve(0.01), mine.reserve(0.01), mine.reserve(0.01)] == [True, True, None]
    mine.settle(0.01, None)
    assert mine.reserve(0.01) is True
    mine.settle(0.01, CALL)
    mine.settle(0.01, CALL)
    assert mine.reserve(0.01) is False
    assert mine.ledger.usd == pytest.approx(0.02)


def test_reserve__more_than_the_cap_ever_was__is_never() -> None:
    assert books(cap=0.02).reserve(0.03) is False


def test_price_and_left__are_those_of_the_run() -> None:
    assert books().price(MODEL) == Price(input=1.0, output=1.0)
    assert books().price("openai/other") is None
    assert (books(until=60.0).left(), books(until=3.0).left()) == (50.0, -7.0)


def test_settle__from_many_threads__loses_no_call_and_no_cent() -> None:
    mine = books(cap=100.0)

    def spend(_: int) -> None:
        for _ in range(200):
            assert mine.reserve(0.01)
            mine.settle(0.01, CALL)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(spend, range(8)))
    assert len(mine.ledger.calls) == 1600
    assert mine.ledger.usd == pytest.approx(16.0, abs=1e-9)
    assert mine.ledger.cost().usd == pytest.approx(16.0, abs=1e-9)
    assert mine.reserve(84.0) is True, "nothing is held any more"


def test_hold__from_many_threads__is_never_more_than_the_cap() -> None:
    mine = books(cap=0.05)
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: mine.reserve(0.01), range(64)))
    assert got.count(True) == 5
    assert got.count(None) == 59


def test_engine__that_waits_for_room__is_woken_from_another_thread() -> None:
    mine = books(cap=0.01)
    assert mine.reserve(0.01) is True
    waiting = threading.Event()

    def release() -> None:
        waiting.wait(5)
        mine.settle(0.01, None)

    async def engine() -> bool:
        asyncio.get_running_loop().call_soon(waiting.set)
        return await asyncio.wait_for(mine.purse.reserve(0.01), 5)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(release)
        assert asyncio.run(engine()) is True


def test_release__when_nobody_is_there_to_wake_any_more__is_quiet() -> None:
    mine = books(cap=0.01)
    assert mine.reserve(0.01) is True

    async def leaves() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(mine.purse.reserve(0.01), 0.01)

    asyncio.run(leaves())
    mine.settle(0.01, None)
    assert mine.reserve(0.01) is True
