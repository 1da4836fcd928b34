"""Which stored runs a gate looks back on, and that the choice stays."""

from __future__ import annotations

from tests.fuzz.memory import MemoryCache

from mergefloor.core.keys import ask_key, candidate_ask, request_hash
from mergefloor.core.plan import PlannedCase, Side
from mergefloor.core.ports import Stored
from mergefloor.core.types import Case, Message, ModelRef, Output, Place, Request
from mergefloor.modes.history import stored_history

MODEL = ModelRef(provider="openai", name="m-2026-01-01", endpoint="e")


def side(text: str) -> Side:
    request = Request(model=MODEL, messages=(Message(role="user", content=text),))
    return Side(request=request, hash=request_hash(request), question=text)


def case(name: str, base: str, head: str) -> PlannedCase:
    found = Case(id=name, place=Place(path="g"), content_hash=name)
    return PlannedCase(suite="s", case=found, graders=(), base=side(base), head=side(head))


def draw(cache: MemoryCache, of: Side, index: int, at: float = 0.0) -> None:
    key = ask_key(candidate_ask(of.request, index=index))
    cache.put(key, Stored(answer=Output(text=f"{index}"), at=at, subject=of.hash, components={}))


def test_history__of_a_case_that_nothing_moves__is_not_filled_later_by_another_run() -> None:
    cache, same = MemoryCache(), case("a", "one", "one")
    assert stored_history([same], cache, 0.0) == {side("one").hash: ()}
    for index in range(5):
        draw(cache, side("one"), index)
    assert stored_history([same], cache, 1.0) == {side("one").hash: ()}
    assert (
        len(stored_history([case("a", "one", "one"), case("b", "x", "y")], cache, 1.0)[side("one").hash]) == 5
    )


def test_history__of_a_first_run__is_the_stand_in_also_after_more_runs_were_stored() -> None:
    cache, moved = MemoryCache(), case("a", "one", "two")
    assert stored_history([moved], cache, 0.0) == {side("one").hash: ()}
    for index in range(5):
        draw(cache, side("one"), index)
    assert [o.text for o in stored_history([moved], cache, 1.0)[side("one").hash]] == ["0"]


def test_history__of_a_request_that_one_case_moves_and_another_does_not__keeps_the_stand_in() -> None:
    for cases in (
        [case("a", "one", "one"), case("b", "one", "two")],
        [case("b", "one", "two"), case("a", "one", "one")],
    ):
        cache = MemoryCache()
        stored_history(cases, cache, 0.0)
        draw(cache, side("one"), 0)
        assert [o.text for o in stored_history(cases, cache, 1.0)[side("one").hash]] == ["0"]
