from __future__ import annotations

import json

import pytest

from mergefloor.core.types import Message
from mergefloor.prompts import parse, render_all

PATH = "review.prompt.yml"
MESSAGES = "messages: [{role: user, content: 'Hi {{name}}'}]\n"
SCHEMA = json.dumps({"name": "city", "strict": True, "schema": {"type": "object", "required": ["city"]}})


def read(text: str):
    return parse(PATH, text.encode())


def test_read__whole_file__fills_every_field() -> None:
    prompt = read(
        "name: Review\ndescription: Sums up\nmodel: openai/gpt-4o\n"
        "modelParameters: {maxCompletionTokens: 20, temperature: 0, topP: 0.5}\n"
        "messages:\n- {role: system, content: Be brief}\n- {role: user, content: '{{a}} {{ b }}'}\n"
        "- {role: assistant, content: ok}\n"
    )
    assert (prompt.name, prompt.description, prompt.model) == ("Review", "Sums up", "openai/gpt-4o")
    assert prompt.params == {"max_tokens": 20, "temperature": 0, "top_p": 0.5}
    assert [m.role for m in prompt.turns] == ["system", "user", "assistant"]
    assert prompt.required_vars == ("a", "b")
    assert (prompt.cases, prompt.graders, prompt.notes, prompt.response_schema) == ((), (), (), None)


def test_render__variables__are_filled_once_and_literally(case) -> None:
    prompt = read("messages: [{role: system, content: x}, {role: user, content: '{{a}}{{ b }}{{a b}}'}]\n")
    rendered = render_all(prompt, [case(vars={"a": "{{b}}", "b": 2})])
    assert rendered.messages["c1"] == (
        Message(role="system", content="x"),
        Message(role="user", content="{{b}}2{{a b}}"),
    )


def test_render__missing_variable__is_refused(case) -> None:
    rendered = render_all(
        read(MESSAGES), [case(vars={"nam": "x"}), case("c2", input="y", vars={"name": "z"})]
    )
    assert [p.what for p in rendered.problems] == [
        "case 'c1' does not give `name` and gives `nam`, which the prompt does not use",
        "case 'c2' gives `input`, which the prompt does not use",
    ]


def test_read__test_data__becomes_cases(case) -> None:
    prompt = read(
        MESSAGES.replace("name}}", "name}} {{id}}")
        + "testData:\n- {name: Bo, id: 42, expected: Hello, tags: [x], context: [c]}\n- {name: Al, id: a-1}\n"
    )
    first, second = prompt.cases
    assert (first.id, first.expected, first.tags, first.context) == ("42", "Hello", ("x",), ("c",))
    assert first.vars == {"name": "Bo", "id": 42}
    assert (second.id, second.expected, second.place.line) == ("a-1", None, 4)
    assert render_all(prompt, prompt.cases).messages["42"][0].content == "Hi Bo 42"


def test_read__test_data_without_ids__gets_ids_from_the_content() -> None:
    one = read(MESSAGES + "testData: [{name: Bo}, {name: Al}]\n").cases
    other = read(MESSAGES + "testData: [{name: Al, tags: [t]}]\n").cases
    assert one[1].id == other[0].id == one[1].content_hash[:12]
    assert one[0].id != one[1].id
    checked = read(MESSAGES + "testData: [{name: Al}]\nevaluators: [{name: e, string: {equals: x}}]\n").cases
    assert checked[0].content_hash != other[0].content_hash


def test_render__column_that_nothing_uses__is_an_unknown_variable() -> None:
    prompt = read(MESSAGES + "testData: [{name: Bo, input: x, colour: red}]\n")
    assert "gives `input`, `colour`, which" in render_all(prompt, prompt.cases).problems[0].what


@pytest.mark.parametrize(
    "settings, what",
    [
        ("modelParameters: {maxTokens: 1, maxCompletionTokens: 2}", "are both given"),
        ("modelParameters: {maxTokens: 0}", "`maxTokens` is '0'"),
        ("modelParameters: {maxTokens: true}", "`maxTokens` is 'true'"),
        ("modelParameters: {temperature: hot}", "`temperature` is 'hot'"),
        ("modelParameters: {topP: -1}", "`topP` is '-1'"),
        ("modelParameters: {top_p: 1}", "did you mean `topP`?"),
        ("modelParameters: [1]", "`modelParameters` is a list, not a mapping"),
        ("modelParameters: {extra_headers: {a: b}}", "the key 'extra_headers' is not known"),
        ("responseFormat: xml", "`responseFormat` is 'xml'"),
        ("responseFormat: json_schema", "`jsonSchema` is missing or no JSON text"),
        ("responseFormat: json_schema\njsonSchema: {name: x}", "`jsonSchema` is missing or no JSON text"),
        ("responseFormat: json_schema\njsonSchema: '{'", "`jsonSchema` is not valid JSON"),
        ('responseFormat: json_schema\njsonSchema: \'{"a": 1, "a": 2}\'', "`jsonSchema` is not valid JSON"),
        ('responseFormat: json_schema\njsonSchema: \'{"name": "x"}\'', "has no `name` or no `schema`"),
        ("responseFormat: json_schema\njsonSchema: '[]'", "has no `name` or no `schema`"),
        ("jsonSchema: '{}'", "`jsonSchema` is given and `responseFormat` is 'text'"),
        ("model: 4", "`model` is a number, not a text"),
        ("stream: false", "the key 'stream' is not known"),
        ("message: []", "did you mean `messages`?"),
        ("testData: {a: 1}", "`testData` is a mapping, not a list"),
        ("testData: [3]", "a number stands where a mapping belongs"),
        ("testData: [{name: x, id: a/b}]", "the id 'a/b' is not allowed"),
        ("testData: [{name: x, id: i}, {name: y, id: i}]", "has the id 'i' of line"),
        ("testData: [{name: x}, {name: x}]", "has the id"),
        ("testData: [{name: x, tags: [1]}]", "`tags` is a list, not a list of texts"),
    ],
)
def test_read__wrong_field__is_told_with_its_line(problems, settings: str, what: str) -> None:
    told = problems(PATH, MESSAGES + settings + "\n")
    assert any(what in line for line in told), told
    assert all(int(line.split(":")[1]) >= 2 for line in told)


@pytest.mark.parametrize(
    "messages, what",
    [
        ("[]", "there are no `messages`"),
        ("hello", "`messages` is a text, not a list"),
        ("[{role: tool, content: x}]", "`role` is 'tool'"),
        ("[{role: developer, content: x}]", "choose one of `system`, `user`, `assistant`"),
        ("[{content: x}]", "the message has no `role`"),
        ("[{role: user}]", "`content` is missing or empty"),
        ("[{role: user, content: [{type: text}]}]", "`content` is a list, not a text"),
        ("[{role: user, content: x, name: y}]", "the key 'name' is not known"),
    ],
)
def test_read__wrong_message__is_told(problems, messages: str, what: str) -> None:
    assert any(what in line for line in problems(PATH, f"messages: {messages}\n"))


def test_read__json_schema__is_the_response_schema_and_a_check() -> None:
    prompt = read(MESSAGES + f"responseFormat: json_schema\njsonSchema: '{SCHEMA}'\n")
    assert prompt.response_schema == {"type": "object", "required": ["city"]}
    (check,) = prompt.graders
    assert (check.kind, check.options) == ("json", {"schema": prompt.response_schema, "whole": True})


def test_read__json_object__asks_for_any_object() -> None:
    prompt = read(MESSAGES + "responseFormat: json_object\n")
    assert prompt.response_schema == {"type": "object"}
    assert prompt.graders[0].options["schema"] == {"type": "object"}


def test_read__text_format__asks_for_nothing() -> None:
    prompt = read(MESSAGES + "responseFormat: text\n")
    assert (prompt.response_schema, prompt.graders) == (None, ())


def test_read__of_a_model__keeps_its_line() -> None:
    text = b"name: a\nmodel: openai/a\nmessages: [{role: user, content: hi}]\n"
    assert str(parse("a.prompt.yml", text).model_place) == "a.prompt.yml:2"
    assert parse("a.prompt.yml", text.replace(b"model: openai/a\n", b"")).model_place is None
