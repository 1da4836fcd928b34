from __future__ import annotations

from mergefloor.core.types import Message
from mergefloor.prompts import parse, question, render_all


def said(role: str, content: str) -> Message:
    return Message(role=role, content=content)  # type: ignore[arg-type]


def test_question__several_turns__is_the_last_user_turn() -> None:
    turns = (said("system", "s"), said("user", "a"), said("assistant", "b"), said("user", "c"))
    assert question((*turns, said("assistant", "d"))) == "c"


def test_question__no_user_turn__is_the_whole_prompt() -> None:
    assert question((said("system", "s"), said("assistant", "a"))) == "s\n\na"
    assert question(()) == ""


def test_question__empty_user_turn__is_empty() -> None:
    assert question((said("system", "s"), said("user", ""))) == ""


def test_render_all__no_cases__is_empty() -> None:
    for path in ("prompts/a.yaml", "prompts/a.j2"):
        rendered = render_all(parse(path, b"system: '{{ a }}'"), [])
        assert (rendered.messages, rendered.problems) == ({}, ())


def test_render_all__problems__stand_in_the_order_and_at_the_place_of_their_cases(case) -> None:
    prompt = parse("prompts/a.j2", b"{{ 1 / a }}")
    cases = [case("x", 3, vars={"b": 1}), case("y", 4, vars={"a": 1}), case("z", 5, vars={"a": 0})]
    rendered = render_all(prompt, cases)
    assert [p.place for p in rendered.problems] == [cases[0].place, cases[2].place]
    assert rendered.messages == {"y": (said("user", "1.0"),)}


def test_render_all__same_prompt_and_cases__is_identical_each_time(case) -> None:
    prompt = parse("prompts/a.j2", b"{% for k in d %}{{ k }}{% endfor %}{{ d }}{{ d.keys() | list }}")
    cases = [case(vars={"d": {str(i): i for i in range(30)}})]
    assert render_all(prompt, cases) == render_all(prompt, cases)
