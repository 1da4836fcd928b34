from __future__ import annotations

from dataclasses import replace

import pytest

from mergefloor.core import keys
from mergefloor.core.types import EmbedRequest, Message, ModelRef, Request

MODEL = ModelRef(provider="openai", name="gpt-4-0613", endpoint="https://one")
REQUEST = Request(model=MODEL, messages=(Message(role="user", content="hi"),), params={"temperature": 0})


def test_canonical__of_equal_values_in_another_order__is_equal() -> None:
    assert keys.canonical({"b": 1, "a": [None, "é"]}) == '{"a":[null,"é"],"b":1}'


def test_canonical__of_a_number_that_is_not_finite__is_refused() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        keys.canonical(float("nan"))


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, model=replace(MODEL, provider="anthropic")),
        replace(REQUEST, model=replace(MODEL, endpoint="https://two")),
        replace(REQUEST, model=replace(MODEL, name="gpt-4-0125")),
        replace(REQUEST, messages=(Message(role="system", content="hi"),)),
        replace(REQUEST, messages=(Message(role="user", content="hi "),)),
        replace(REQUEST, params={}),
        replace(REQUEST, params={"temperature": 0.0001}),
        replace(REQUEST, response_schema={"type": "object"}),
    ],
)
def test_candidate_key__when_any_sent_part_differs__misses(other: Request) -> None:
    assert keys.ask_key(keys.candidate_ask(other)) != keys.ask_key(keys.candidate_ask(REQUEST))
    assert keys.candidate_ask(other).subject != keys.candidate_ask(REQUEST).subject


def test_candidate_key__of_fresh_draws__is_addressed_by_look_index_and_pair() -> None:
    asks = [
        keys.candidate_ask(REQUEST),
        keys.candidate_ask(REQUEST, index=1),
        keys.candidate_ask(REQUEST, look="one", pair="p"),
        keys.candidate_ask(REQUEST, look="two", pair="p"),
        keys.candidate_ask(REQUEST, look="one", pair="q"),
    ]
    assert len({keys.ask_key(ask) for ask in asks}) == len(asks)
    assert len({ask.subject for ask in asks}) == 1
    assert [ask.draw for ask in asks[:2]] == [0, 1]
    assert len({ask.draw for ask in asks}) == len(asks)


def test_judge_key__depends_on_the_template_and_the_candidate_not_on_the_nonce() -> None:
    def key(prompt: str, *, template: str = "rubric", candidate: str = "answer", index: int = 0) -> str:
        request = replace(REQUEST, messages=(Message(role="user", content=prompt),))
        return keys.ask_key(
            keys.judge_ask(request, template={"text": template}, candidate=candidate, index=index)
        )

    assert key("nonce-a") == key("nonce-b")
    assert len({key("n"), key("n", template="other"), key("n", candidate="other"), key("n", index=1)}) == 4


def test_embedding_key__depends_on_the_texts() -> None:
    one, two = (keys.embedding_ask(EmbedRequest(model=MODEL, texts=(text,))) for text in "ab")
    assert keys.ask_key(one) != keys.ask_key(two)


def test_component_hashes__name_the_part_that_differs() -> None:
    mine = keys.component_hashes(keys.candidate_ask(REQUEST))
    other = keys.component_hashes(keys.candidate_ask(replace(REQUEST, params={"temperature": 1})))
    assert {name for name in mine if mine[name] != other[name]} == {"params"}


def test_text_hash__of_a_lone_surrogate__does_not_raise() -> None:
    assert len(keys.text_hash("\ud800")) == 64
