from __future__ import annotations

import pytest

from mergefloor.core.types import Message
from mergefloor.prompts import parse, render_all

PATH = "prompts/t.yaml"
TEXT = b"""\
name: greeting
version: 2.0.0
description: says hello
owner: growth
model_hint: gpt-9
required_vars: [name, input]
optional_vars: {tone: warm, extra: null, n: 3}
template: |
  Be $tone to ${name}${extra}: $input. $n for $$5
"""


def test_read__whole_file__fills_every_field_and_notes_the_model() -> None:
    prompt = parse(PATH, TEXT)
    assert (prompt.name, prompt.description, prompt.version) == ("greeting", "says hello", "2.0.0")
    assert prompt.model is None
    assert prompt.required_vars == ("name", "input")
    assert prompt.optional_vars == {"tone": "warm", "extra": "", "n": 3}
    assert prompt.notes[0].place.line == 5
    assert "'gpt-9' is a note and was not used" in prompt.notes[0].text


def test_render__defaults_vars_and_input__make_one_user_message(case) -> None:
    prompt = parse(PATH, TEXT)
    rendered = render_all(
        prompt,
        [
            case(input="$name?", vars={"name": "$tone"}),
            case("c2", vars={"name": "Bo", "input": "hm", "tone": "cold", "extra": ["x"]}),
        ],
    )
    assert rendered.messages["c1"] == (Message(role="user", content="Be warm to $tone: $name?. 3 for $5\n"),)
    assert rendered.messages["c2"][0].content == 'Be cold to Bo["x"]: hm. 3 for $5\n'


def test_render__input_that_the_template_does_not_use__is_unknown(case) -> None:
    prompt = parse(PATH, b"required_vars: [a]\ntemplate: $a\n")
    rendered = render_all(prompt, [case(input="x")])
    assert rendered.problems[0].what == (
        "case 'c1' does not give `a` and gives `input`, which the prompt does not use"
    )
    assert rendered.problems[0].fix == "the prompt takes `a`"


def test_render__input_given_twice_with_different_texts__is_refused(case) -> None:
    prompt = parse(PATH, b"required_vars: [input]\ntemplate: $input\n")
    rendered = render_all(
        prompt, [case(input="x", vars={"input": "y"}), case("c2", input="z", vars={"input": "z"})]
    )
    assert "gives `input` twice" in rendered.problems[0].what
    assert rendered.messages["c2"][0].content == "z"


def test_render__null_value__is_missing(case) -> None:
    prompt = parse(PATH, b"required_vars: [a]\ntemplate: $a\n")
    assert "does not give `a`" in render_all(prompt, [case(vars={"a": None})]).problems[0].what


def test_render__values_too_long_in_all__is_a_problem_of_that_case_only(case) -> None:
    prompt = parse(PATH, b"required_vars: [a]\ntemplate: " + b"$a " * 20_000)
    rendered = render_all(prompt, [case(vars={"a": "x" * 10_000}), case("c2", vars={"a": "y"})])
    assert "more than 1,048,576 characters" in rendered.problems[0].what
    assert list(rendered.messages) == ["c2"]


def test_read__declared_and_used_variables_differ__all_are_told_at_once(problems) -> None:
    told = problems(
        PATH,
        "required_vars: [custmer, b, b, 1x, both]\noptional_vars: [unused, both]\n"
        "template: $customer $b $other $both costs $5 or $ 6\n",
    )
    assert "'b' stands twice" in told[0]
    assert "'1x' in `required_vars` is not the name" in told[1]
    assert "'both' is both required and optional" in told[2]
    assert told[3].endswith(
        "'custmer' is declared but the template does not use it; did you mean `customer`?"
    )
    assert told[4].endswith("'unused' is declared but the template does not use it; remove it")
    assert "uses `$customer`, `$other` without declaring it" in told[5]
    assert "begins no variable ('$5 or $ 6', '$ 6')" in told[6]
    assert len(told) == 7


@pytest.mark.parametrize(
    "text, what",
    [
        ("template: ''\n", "`template` is missing or empty"),
        ("template: 5\n", "`template` is a number, not a text"),
        ("template: x\nrequired_vars: a\n", "`required_vars` is a text, not a list of names"),
        ("template: $a\noptional_vars: {a: [1]}\n", "the default of 'a' is a list"),
        ("template: x\noptional_vars: {a-b: 1}\n", "'a-b' in `optional_vars` is not the name"),
        ("template: x\nowners: me\n", "did you mean `owner`?"),
        ("template: x\nchangelog: y\n", "the key 'changelog' is not known here"),
    ],
)
def test_read__wrong_field__is_told(problems, text: str, what: str) -> None:
    assert what in "\n".join(problems(PATH, text))


def test_read__thousands_of_wrong_names__ends_soon(problems) -> None:
    names = ", ".join(f"name_{i}" for i in range(8_000))
    used = " ".join(f"$nome_{i}" for i in range(8_000))
    assert len(problems(PATH, f"required_vars: [{names}]\ntemplate: {used}\n")) <= 60


@pytest.mark.parametrize(
    ("hint", "named"), [("gpt-9", "gpt-9"), ("[a, b]", None), ("a long context", None), ("''", None)]
)
def test_read__of_a_hint__keeps_it_where_it_can_be_a_name(hint: str, named: str | None) -> None:
    prompt = parse(PATH, TEXT.replace(b"gpt-9", hint.encode()))
    assert prompt.model_hint == named
    assert str(prompt.hint_place) == f"{PATH}:5"
