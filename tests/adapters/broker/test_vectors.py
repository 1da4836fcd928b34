"""Embeddings are kept a text at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.adapters.broker.conftest import SMALL, Provider, Run, post, turn

from mergefloor.broker import Side

Begin = Callable[..., Run]


def embed(side: Side, given: Any, **more: Any) -> tuple[int, Any]:
    status, body, _ = post(side, "/embeddings", {"model": SMALL.partition("/")[2], "input": given, **more})
    return status, body


def rows(reply: tuple[int, Any]) -> list[Any]:
    assert reply[0] == 200, reply
    assert [row["index"] for row in reply[1]["data"]] == list(range(len(reply[1]["data"])))
    return [row["embedding"] for row in reply[1]["data"]]


def test_vectors__one_chunk_changed__only_that_chunk_is_paid(run: Begin, provider: Provider) -> None:
    here = run()
    side = here.side()
    first = rows(embed(side, ["a", "bb", "ccc"]))
    second = rows(embed(side, ["ccc", "dddd", "a"]))
    assert [body["input"] for _, _, body in provider.seen] == [["a", "bb", "ccc"], ["dddd"]]
    assert second == [first[2], [4.0, 1.0], first[0]]
    assert here.ledger.usd == pytest.approx(40 * 0.02 / 1e6, abs=1e-15)


def test_vectors__same_text_twice_in_a_request__is_asked_once_and_given_twice(
    run: Begin, provider: Provider
) -> None:
    assert rows(embed(run().side(), ["a", "a", "bb"])) == [[1.0, 1.0], [1.0, 1.0], [2.0, 1.0]]
    assert provider.seen[0][2]["input"] == ["a", "bb"]


def test_vectors__of_a_later_run__cost_nothing(run: Begin, provider: Provider) -> None:
    texts = [f"text {number}" for number in range(40)]
    first = rows(embed(run().side(), texts))
    here = run()
    assert rows(embed(here.side(), texts)) == first
    assert len(provider.seen) == 1
    assert (here.ledger.usd, here.ledger.cost().cached_calls) == (0.0, 1)


def test_vectors__text_and_list_of_it__are_one(run: Begin, provider: Provider) -> None:
    side = run().side()
    assert rows(embed(side, "abc")) == rows(embed(side, ["abc"]))
    assert len(provider.seen) == 1


@pytest.mark.parametrize("more", [{"dimensions": 3}, {"encoding_format": "float"}])
def test_vectors__other_parameters__are_asked_for_anew(
    run: Begin, provider: Provider, more: dict[str, Any]
) -> None:
    side = run().side()
    embed(side, ["a"])
    embed(side, ["a"], **more)
    assert len(provider.seen) == 2


def test_vectors__asked_by_both_sides_at_once__are_paid_once(run: Begin, provider: Provider) -> None:
    here = run()
    provider.delay_s = 0.3
    sides = [here.side(arm="base"), here.side(arm="head")]
    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(lambda i: rows(embed(sides[i], ["a", "bb", "c" * (3 + i)])), range(2)))
    assert got[0][:2] == got[1][:2]
    assert sorted(text for _, _, body in provider.seen for text in body["input"]) == [
        "a",
        "bb",
        "ccc",
        "cccc",
    ]


@pytest.mark.parametrize("given", [[1, 2, 3], [[1, 2], [3]]])
def test_vectors__of_tokens__are_texts_too(run: Begin, provider: Provider, given: Any) -> None:
    side = run().side()
    first = rows(embed(side, given))
    assert rows(embed(side, given)) == first
    assert len(provider.seen) == 1


@pytest.mark.parametrize("given", [None, [], "", [""], [1.5], ["a", 1], {"a": "b"}])
def test_vectors__of_nonsense__are_the_providers_to_judge(run: Begin, provider: Provider, given: Any) -> None:
    provider.say = lambda *_: (400, {}, b'{"error": {"message": "no input"}}')
    status, body = embed(run().side(), given)
    assert status == 400
    assert "no input" in body["error"]["message"]


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{"index": 0, "embedding": [1.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [2.0]}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": []}],
        [{"index": 0, "embedding": [1.0]}, {"index": 1}],
        [{"index": 0, "embedding": [1.0]}, {"index": "1", "embedding": [1.0]}],
        ["a", "b"],
    ],
)
def test_vectors__reply_without_one_a_text__is_no_answer_and_is_not_kept(
    run: Begin, provider: Provider, data: list[Any]
) -> None:
    provider.say = lambda *_: {"object": "list", "data": data, "model": SMALL.partition("/")[2], "usage": {}}
    here = run()
    side = here.side()
    with turn(side, "q") as mine:
        status, body = embed(side, ["a", "b"])
    assert (status, body["error"]["code"]) == (502, "unreadable-reply")
    assert mine.failure is not None
    assert not tuple(here.cache.entries())


def test_vectors__in_another_order_than_asked__are_put_right(run: Begin, provider: Provider) -> None:
    back = [{"index": 1, "embedding": [2.0]}, {"index": 0, "embedding": [1.0]}]
    provider.say = lambda *_: {"data": back, "model": SMALL.partition("/")[2], "usage": {"prompt_tokens": 2}}
    assert rows(embed(run().side(), ["a", "b"])) == [[1.0], [2.0]]


def test_vectors__large_corpus__survives_the_run_though_one_body_would_be_too_long(
    run: Begin, provider: Provider
) -> None:
    def wide(path: str, body: Any, headers: dict[str, str]) -> Any:
        data = [{"index": i, "embedding": "A" * 8192} for i in range(len(body["input"]))]
        return {"data": data, "model": SMALL.partition("/")[2], "usage": {"prompt_tokens": 1}}

    provider.say = wide
    texts = [f"chunk {number}" for number in range(200)]
    first = rows(embed(run().side(), texts, encoding_format="base64"))
    assert rows(embed(run().side(), texts, encoding_format="base64")) == first
    assert len(provider.seen) == 1
