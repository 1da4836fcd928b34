from __future__ import annotations

import pytest

from mergefloor.core.types import Message
from mergefloor.prompts import parse, render_all

PATH = "prompts/a.md"


def read(text: str):
    return parse(PATH, text.encode())


def roles(text: str, case_) -> list[tuple[str, str]] | str:
    rendered = render_all(read(text), [case_])
    if rendered.problems:
        return rendered.problems[0].what
    return [(m.role, m.content) for m in rendered.messages[case_.id]]


def test_read__front_matter__fills_every_field() -> None:
    prompt = read(
        "---\nversion: 1.0.0\nrole: user\nmodel: openai/gpt-x-2026-01-01\nparams: {temperature: 0, stop: [END], min_p: 0.1}\n"
        "vars: {tone: warm, name: null}\nname: N\ndescription: D\nchangelog: C\nowner: me\n---\n{{ tone }} {{ name }}\n"
    )
    assert (prompt.format, prompt.version, prompt.version_place.line) == ("text", "1.0.0", 2)
    assert (prompt.model, prompt.params) == (
        "openai/gpt-x-2026-01-01",
        {"temperature": 0, "stop": ["END"], "min_p": 0.1},
    )
    assert (prompt.name, prompt.description, prompt.changelog) == ("N", "D", "C")
    assert prompt.turns == (Message(role="user", content="{{ tone }} {{ name }}\n"),)
    assert (prompt.required_vars, dict(prompt.optional_vars)) == (("name",), {"tone": "warm"})


def test_role__none_and_case_with_input__is_system_and_the_input_is_the_user(case) -> None:
    assert roles("Be kind.\n", case(input="Hi")) == [("system", "Be kind.\n"), ("user", "Hi")]


def test_role__none_and_case_without_input__is_user(case) -> None:
    assert roles("Sum {{ a }}", case(vars={"a": "up"})) == [("user", "Sum up")]


def test_role__none_and_body_uses_input__is_user(case) -> None:
    assert roles("Answer: {{ input }}", case(input="Hi")) == [("user", "Answer: Hi")]


def test_role__system__takes_the_input_as_user_turn_even_if_the_body_uses_it(case) -> None:
    text = "---\nrole: system\n---\nTopic {{ input }}"
    assert roles(text, case(input="Hi")) == [("system", "Topic Hi"), ("user", "Hi")]
    assert "does not give `input`" in roles("---\nrole: system\n---\nx", case(vars={}))


def test_role__user__refuses_an_input_that_the_body_does_not_use(case) -> None:
    assert roles("---\nrole: user\n---\nx {{ input }}", case(input="Hi")) == [("user", "x Hi")]
    assert "gives `input`, which the prompt does not use" in roles(
        "---\nrole: user\n---\nx", case(input="Hi")
    )


@pytest.mark.parametrize(
    "body", ["Price: { a } $x {name}", "# Title {#anchor}\n", '{"a": {"b": 1}}', "100%} }}"]
)
def test_body__without_jinja__is_literal(case, body: str) -> None:
    assert roles(body, case(input="q")) == [("system", body), ("user", "q")]
    assert read(body).required_vars == ()


@pytest.mark.parametrize("body", ["a\r\nb\r\n", "\r\nHi\r\n\r\n", "a\rb", "x\ny\n\n", "a\r\nb\n"])
def test_body__literal__keeps_its_line_ends(case, body: str) -> None:
    assert roles("---\r\nversion: 1.0.0\r\n---\r\n" + body, case(vars={})) == [("user", body)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_body__jinja__keeps_its_line_ends(case, end: str) -> None:
    body = end.join(["{% if a %}", "Hi {{ a }}", "{% endif %}", "", ""])
    assert roles(body, case(vars={"a": "x\ny"})) == [("user", end + "Hi x\ny" + end + end + end)]


def test_body__jinja_with_mixed_line_ends__is_refused(problems) -> None:
    assert "mixes line ends" in problems(PATH, "{{ a }}\r\n{{ b }}\n")[0]


def test_body__defaults_tests_and_declared_names__are_optional(case) -> None:
    text = "---\nvars: [spare]\n---\n{{ a | default('A') }}{% if b is defined %}{{ b }}{% endif %}"
    assert roles(text, case(vars={})) == [("user", "A")]
    assert roles(text, case(vars={"a": 1, "b": 2, "spare": 3})) == [("user", "12")]
    assert "gives `c`, which the prompt does not use" in roles(text, case(vars={"c": 1}))


def test_body__context__is_a_list_to_loop_over_and_one_text_to_print(case) -> None:
    text = "{% for c in context %}[{{ c }}]{% endfor %}{{ context }}{{ context | length }}"
    assert roles(text, case(vars={}, context=("a", "b"))) == [("user", "[a][b]a\n\nb2")]
    assert "does not give `context`" in roles(text, case(vars={}))


def test_body__null_is_a_value_and_loops_macros_and_sets_work(case) -> None:
    text = (
        "{% macro row(k, v) %}{{ k }}={{ v }};{% endmacro %}{% set n = items | length %}"
        "{% for k, v in items.items() %}{{ row(k, v) }}{% endfor %}{{ n }}{{ nothing }}{# note #}"
    )
    rendered = roles(text, case(vars={"items": {"a": 1, "b": [2]}, "nothing": None}))
    assert rendered == [("user", "a=1;b=[2];2None")]


def test_body__value_that_looks_like_a_template__is_not_rendered_again(case) -> None:
    assert roles("{{ a }}", case(vars={"a": "{{ 7 * 7 }}{% raw %}"})) == [("user", "{{ 7 * 7 }}{% raw %}")]


def test_render__missing_names__are_all_told_before_anything_runs(case) -> None:
    what = roles("{{ a }}{{ b }}{% if no %}{{ c }}{% endif %}", case(vars={"no": False, "d": 1}))
    assert what == "case 'c1' does not give `a`, `b`, `c` and gives `d`, which the prompt does not use"


@pytest.mark.parametrize(
    "text, line, what",
    [
        ("", 1, "the prompt is empty"),
        ("---\nversion: 1.0.0\n---\n \n", 4, "the prompt is empty"),
        ("---\nrole: assistant\n---\nx", 2, "`role` is 'assistant'"),
        ("---\nverison: 1.0.0\n---\nx", 2, "did you mean `version`?"),
        ("---\nname: a\nparams: {temprature: 1}\n---\nx", 3, "did you mean `temperature`?"),
        ("---\nparams: {n: 5}\n---\nx", 2, "`n` is no parameter that can be set here"),
        ("---\nparams: {tools: []}\n---\nx", 2, "tools are not offered"),
        ("---\nparams: {top_k: a}\n---\nx", 2, "`top_k` is 'a'"),
        ("---\nparams: {seed: 1.5}\n---\nx", 2, "write a whole number"),
        ("---\nparams: {presence_penalty: high}\n---\nx", 2, "write a number"),
        ("---\nparams: {stop: []}\n---\nx", 2, "`stop` is '[]'"),
        ("---\nparams: {max_tokens: 1.5}\n---\nx", 2, "write a whole number above 0"),
        ("---\nparams: 3\n---\nx", 2, "`params` is a number, not a mapping"),
        ("---\nmodel: [a]\n---\nx", 2, "`model` is a list, not a text"),
        ("---\nvars: x\n---\nx", 2, "`vars` is a text, not a list of names"),
        ("---\nvars: {a b: 1}\n---\nx", 2, "'a b' is not the name of a variable"),
        ("---\nversion: 1.0.0\n---\n\nHello {{ name\n", 5, "the template is not valid Jinja"),
        ("a\n{% if x %}\n", 2, "the template is not valid Jinja"),
        ("a\n{% include 'b' %}", 2, "the template includes another file"),
        ("---\nversion: 1.0.0\nx", 1, "the front matter is not closed"),
    ],
)
def test_read__wrong__is_told_with_its_line(problems, text: str, line: int, what: str) -> None:
    told = problems(PATH, text)
    assert any(each.startswith(f"{PATH}:{line}: ") and what in each for each in told), told


def test_read__front_matter_and_body_wrong__are_told_at_once(problems) -> None:
    told = problems(PATH, "---\nversion: x\nrole: y\nz: 1\n---\n{{ a.__class__ }}\n{% include 'b' %}")
    assert sorted(int(each.split(":")[1]) for each in told) == [2, 3, 4, 6, 7]


def test_read__of_a_model__keeps_its_line() -> None:
    assert str(read("---\nrole: user\nmodel: openai/a\n---\nHi\n").model_place) == f"{PATH}:3"
    assert read("Hi\n").model_place is None
