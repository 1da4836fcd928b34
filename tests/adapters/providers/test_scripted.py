"""Scripts: reading them, and answering from them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mergefloor.core.types import (
    Document,
    EmbedRequest,
    Failure,
    Message,
    ModelRef,
    Output,
    Request,
    ToolCall,
    Vectors,
)
from mergefloor.errors import InputError, ProviderError
from mergefloor.providers import PROVIDERS, Directory, defaults

SCRIPT = b"""
default: I do not know.
answers:
  - when: {user: [refund, "30 days"], system: brief}
    say: both
  - when: {user: refund}
    say: [one, two, three]
  - when: {any: early}
    say: seen before
  - when: {user: hate}
    finish: refusal
  - when: {user: blank}
    say: ""
  - when: {user: outage}
    fail: provider-5xx
  - when: {user: odd}
    fail: my-own
"""


def model(files: Any, script: bytes = SCRIPT) -> tuple[Any, ModelRef]:
    directory = Directory({})
    ref = directory.describe("scripted/answers/a.yaml", files({"answers/a.yaml": script}))
    return directory.connect(ref), ref


def ask(
    files: Any,
    user: str,
    *,
    system: str = "Be brief",
    earlier: str = "",
    draw: int = 0,
    script: bytes = SCRIPT,
) -> Output | Failure:
    scripted, ref = model(files, script)
    turns = [Message(role="system", content=system)]
    turns += (
        [Message(role="user", content=earlier), Message(role="assistant", content="ok")] if earlier else []
    )
    turns.append(Message(role="user", content=user))
    found: Output | Failure = asyncio.run(
        scripted.complete(Request(model=ref, messages=tuple(turns)), draw=draw)
    )
    return found


def test_complete__first_answer_whose_texts_all_occur__wins(files: Any) -> None:
    said = [
        ask(files, "a refund in 30 days"),
        ask(files, "a refund in 30 days", system="Be long"),
        ask(files, "Refund"),
        ask(files, "late", earlier="early refund"),
    ]
    assert [s.text for s in said if isinstance(s, Output)] == ["both", "one", "I do not know.", "seen before"]
    assert all(isinstance(s, Output) and s.scripted for s in said)


def test_complete__several_texts__take_turns_by_draw(files: Any) -> None:
    said = [ask(files, "refund", draw=draw) for draw in (0, 1, 2, 3, 4_000_000_001)]
    assert [s.text for s in said if isinstance(s, Output)] == ["one", "two", "three", "one", "three"]


def test_complete__finish_and_fail__are_as_written(files: Any) -> None:
    refused, blank = ask(files, "hate"), ask(files, "blank")
    assert isinstance(refused, Output) and refused.finish == "refusal"
    assert isinstance(blank, Output) and blank.finish == "empty"
    down, odd = ask(files, "outage"), ask(files, "odd")
    assert isinstance(down, Failure) and down.code == "provider-5xx"
    assert isinstance(odd, Failure) and (odd.code, odd.fatal) == ("my-own", False)


def test_complete__nothing_matches_and_no_default__shows_the_question(files: Any) -> None:
    found = ask(files, "x" * 200, script=b"answers: [{when: {user: y}, say: z}]")
    assert isinstance(found, Failure)
    assert found.code == "no-scripted-answer"
    assert "x" * 80 in found.message and "x" * 81 not in found.message


ACTS = b"""
default: nothing
answers:
  - when: {user: both}
    say: Here it is.
    documents: [guide.md#2, {id: faq.md, text: 14 days, score: 0.5}]
    tools: [search, {name: book, arguments: {day: 1}}]
  - when: {user: silent}
    documents: []
  - when: {user: idle}
    tools: []
  - when: {user: acts}
    tools: [search]
  - when: {user: refuses}
    finish: refusal
    documents: [a]
"""


def test_complete__documents_and_tools__are_told_in_order(files: Any) -> None:
    found = ask(files, "both", script=ACTS)
    assert isinstance(found, Output)
    assert found.documents == (Document(id="guide.md#2"), Document(id="faq.md", text="14 days", score=0.5))
    assert found.tools == (ToolCall(name="search"), ToolCall(name="book", arguments={"day": 1}))
    plain = ask(files, "other", script=ACTS)
    assert isinstance(plain, Output) and (plain.documents, plain.tools) == (None, None)


@pytest.mark.parametrize(
    ("user", "finish"), [("silent", "stop"), ("idle", "empty"), ("acts", "stop"), ("refuses", "refusal")]
)
def test_complete__without_words__is_an_answer_when_it_retrieved_or_called(
    files: Any, user: str, finish: str
) -> None:
    found = ask(files, user, script=ACTS)
    assert isinstance(found, Output)
    assert (found.text, found.finish) == ("", finish)


def test_embed__texts_that_share_words__are_closer(files: Any) -> None:
    scripted, ref = model(files)
    texts = ("the red fox runs", "The fox runs red", "quarterly tax report", "")
    found = asyncio.run(scripted.embed(EmbedRequest(model=ref, texts=texts)))
    assert isinstance(found, Vectors)
    a, b, c, _ = found.rows
    assert sum(x * y for x, y in zip(a, b, strict=True)) == pytest.approx(1.0)
    assert sum(x * y for x, y in zip(a, c, strict=True)) < 0.5


@pytest.mark.parametrize(
    ("script", "where"),
    [
        (b"answers:\n  - when: {user: a}\n    say: 42\n", "s.yaml:3"),
        (b"answers:\n  - say: a\n", "s.yaml:2"),
        (b"answers:\n  - when: {}\n    say: a\n", "s.yaml:2"),
        (b"answers:\n  - when: {user: a}\n", "s.yaml:2"),
        (b"answers:\n  - when: {user: a}\n    say: b\n    fail: c\n", "s.yaml:2"),
        (b"answers:\n  - when: {user: a}\n    say: b\n    finish: done\n", "s.yaml:4"),
        (b"answers:\n  - when: {user: a}\n    say: b\n    latency_ms: -1\n", "s.yaml:4"),
        (b"answers:\n  - when: {user: a, role: b}\n    say: b\n", "s.yaml:2"),
        (b"answers:\n  - when: {user: []}\n    say: b\n", "s.yaml:2"),
        (b"answers:\n  - when: {user: a}\n    fail: c\n    documents: []\n", "s.yaml:2"),
        (b"answers:\n  - when: {user: a}\n    documents: doc-1\n", "s.yaml:3"),
        (b"answers:\n  - when: {user: a}\n    documents: [{text: no id}]\n", "s.yaml:3"),
        (b"answers:\n  - when: {user: a}\n    documents: [{id: d, rank: 1}]\n", "s.yaml:3"),
        (b"answers:\n  - when: {user: a}\n    documents: [{id: d, score: high}]\n", "s.yaml:3"),
        (b"answers:\n  - when: {user: a}\n    documents: [{id: d, score: true}]\n", "s.yaml:3"),
        (b"answers:\n  - when: {user: a}\n    tools: {name: a}\n", "s.yaml:3"),
        (b"answers:\n  - when: {user: a}\n    tools: [{name: a, args: {}}]\n", "s.yaml:3"),
        (b"answers:\n  - when: {user: a}\n    tools: [{name: a, arguments: [1]}]\n", "s.yaml:3"),
        (b"answers:\n  - hello\n", "s.yaml:2"),
        (b"answers: hello\n", "s.yaml:1"),
        (b"answers: []\n", "s.yaml:1"),
        (b"answer: []\n", "s.yaml:1"),
        (b"- a\n", "s.yaml:1"),
        (b"a: [", "s.yaml:1"),
    ],
)
def test_describe__bad_script__names_the_line(files: Any, script: bytes, where: str) -> None:
    with pytest.raises(InputError) as error:
        Directory({}).describe("scripted/s.yaml", files({"s.yaml": script}))
    assert where in str(error.value)


def test_describe__bad_script__names_every_problem_at_once(files: Any) -> None:
    script = b"answers:\n  - when: {user: a}\n    say: 1\n  - when: {user: a}\n    say: 2\n    x: 1\n"
    with pytest.raises(InputError) as error:
        Directory({}).describe("scripted/s.yaml", files({"s.yaml": script}))
    assert len(error.value.problems) == 3


def test_describe__scripted__endpoint_follows_the_bytes(files: Any) -> None:
    directory = Directory({})
    refs = [
        directory.describe("scripted/s", files({"s": data}))
        for data in (b"default: a", b"default: b", b"default: a")
    ]
    assert refs[0] == refs[2] != refs[1]
    assert len(refs[0].endpoint) == 64


def test_describe__scripted_file_missing__is_an_input_error(files: Any) -> None:
    with pytest.raises(InputError):
        Directory({}).describe("scripted/none.yaml", files({}))


@pytest.mark.parametrize("name", ["gpt-4o", "azure/gpt-4o", "openai/", "/x", ""])
def test_describe__unknown_provider__lists_the_known(files: Any, name: str) -> None:
    with pytest.raises(ProviderError) as error:
        Directory({}).describe(name, files({}))
    assert all(f"`{each}/...`" in str(error.value) for each in PROVIDERS)


def test_describe__endpoints__come_from_the_environment(files: Any) -> None:
    nothing = files({})
    assert Directory({}).describe("openai/gpt-4o", nothing).endpoint == "https://api.openai.com/v1"
    assert Directory({}).describe("anthropic/claude-x", nothing).endpoint == "https://api.anthropic.com"
    env = {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1/", "ANTHROPIC_BASE_URL": "https://proxy.example.org"}
    own = Directory(env).describe("openai-compatible/meta/llama", nothing)
    assert (own.name, own.endpoint) == ("meta/llama", "http://127.0.0.1:1/v1")
    assert Directory(env).describe("anthropic/claude-x", nothing).endpoint == "https://proxy.example.org"
    with pytest.raises(ProviderError, match="OPENAI_BASE_URL"):
        Directory({"OPENAI_BASE_URL": " "}).describe("openai-compatible/llama", nothing)


def test_defaults__anthropic__bounds_the_answer_and_nothing_else() -> None:
    assert defaults("anthropic", {"temperature": 0.5}) == {"temperature": 0.5, "max_tokens": 1024}
    assert defaults("anthropic", {"max_tokens": 5}) == {"max_tokens": 5}
    assert defaults("openai", {}) == {}
