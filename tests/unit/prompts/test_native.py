from __future__ import annotations

from mergefloor.core.types import Message
from mergefloor.prompts import parse, render_all

PATH = "prompts/support.yaml"
TEXT = """\
version: 1.4.0
updated: 2026-02-03
updated_by: kim
changelog:
  - shorter answers
  - "1.3.0: refunds"
system: |
  You answer customers.
examples:
  - user: Hello
    ideal: Hi, how can I help?
test_cases:
  - id: refund
    input: Where is my {{money}}?
    must_contain: [refund]
"""


def test_read__whole_file__fills_every_field() -> None:
    prompt = parse(PATH, TEXT.encode())
    assert prompt.format == "native"
    assert prompt.version == "1.4.0"
    assert prompt.changelog == "shorter answers\n1.3.0: refunds"
    assert prompt.turns == (
        Message(role="system", content="You answer customers.\n"),
        Message(role="user", content="Hello"),
        Message(role="assistant", content="Hi, how can I help?"),
    )
    assert [case.id for case in prompt.cases] == ["refund"]
    assert [spec.kind for spec in prompt.cases[0].graders] == ["contains"]
    assert prompt.notes == ()


def test_read__everything_wrong__is_told_at_once_with_lines(problems) -> None:
    text = """\
version: "1"
sytem: x
system: ""
examples:
  - user: Hello
  - {user: a, ideal: 3, extra: 1}
test_cases:
  - must_contain: [refund]
"""
    told = problems(PATH, text)
    assert [line.split(": ")[0].removeprefix(PATH + ":") for line in told] == [
        "2",
        "3",
        "5",
        "6",
        "6",
        "1",
        "8",
    ]
    assert "did you mean `system`?" in told[0]
    assert "`ideal` is missing" in told[2]


def test_render__case_without_vars__is_literal(case) -> None:
    prompt = parse(PATH, b"system: Say {{hello}} to {name}.\n")
    rendered = render_all(prompt, [case(input="Hi {{hello}}")])
    assert rendered.messages["c1"] == (
        Message(role="system", content="Say {{hello}} to {name}."),
        Message(role="user", content="Hi {{hello}}"),
    )
    assert rendered.problems == ()
    assert "`{{hello}}` is filled for cases with `vars`" in prompt.notes[0].text


def test_render__case_with_vars__fills_system_and_examples_but_never_the_input(case) -> None:
    prompt = parse(PATH, b"system: Be {{ tone }}.\nexamples: [{user: '{{tone}}?', ideal: '{{tone}}!'}]\n")
    rendered = render_all(prompt, [case(input="{{tone}}", vars={"tone": "{{tone}}"})])
    assert [m.content for m in rendered.messages["c1"]] == [
        "Be {{tone}}.",
        "{{tone}}?",
        "{{tone}}!",
        "{{tone}}",
    ]
    assert [m.role for m in rendered.messages["c1"]] == ["system", "user", "assistant", "user"]


def test_render__missing_and_unknown_vars__are_all_named_in_one_sentence(case) -> None:
    prompt = parse(PATH, b"system: '{{tone}} {{language}} {{name}}'\n")
    rendered = render_all(prompt, [case(input="x", vars={"name": "a", "langage": "b", "zzz": 1})])
    assert rendered.messages == {}
    assert [str(p) for p in rendered.problems] == [
        "evals/set.yaml:7: case 'c1' does not give `tone`, `language` and gives `langage`, `zzz`, which the prompt "
        "does not use; did you mean `language`?"
    ]


def test_render__case_without_input__is_refused(case) -> None:
    rendered = render_all(parse(PATH, b"system: x\n"), [case(vars={})])
    assert "does not give `input`" in rendered.problems[0].what


def test_render__context__fills_its_place_even_without_vars(case) -> None:
    prompt = parse(PATH, b"system: 'Use {{context}}'\n")
    rendered = render_all(prompt, [case(input="q", context=("a", "b"))])
    assert rendered.messages["c1"][0].content == "Use a\n\nb"


def test_render__example_that_looks_like_the_input_turn__stays_an_example(case) -> None:
    prompt = parse(PATH, b"system: x\nexamples: [{user: '{{ input }}', ideal: y}]\n")
    rendered = render_all(prompt, [case(input="q")])
    assert [m.content for m in rendered.messages["c1"]] == ["x", "{{ input }}", "y", "q"]


def test_read__changelog_as_mapping__is_a_line_an_entry() -> None:
    prompt = parse(PATH, b"system: x\nchangelog: {1.1.0: shorter, 1.0.0: [first]}\n")
    assert prompt.changelog == '1.1.0: shorter\n1.0.0: ["first"]'


def test_read__thousands_of_unknown_keys__are_told_up_to_a_limit(problems) -> None:
    assert len(problems(PATH, "system: true\n" + "".join(f"k{i}: 1\n" for i in range(9_000)))) == 51
