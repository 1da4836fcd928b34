from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.prompts.placeholders import (
    TooLongError,
    as_text,
    brace_names,
    dollar_names,
    fill_braces,
    fill_dollars,
    lone_dollars,
)

TEXTS = st.text(alphabet="ab_{}$ \n1é", max_size=60)


def test_fill_braces__value_holds_a_placeholder__is_not_filled_again() -> None:
    assert fill_braces("{{a}}{{ b }}", {"a": "{{b}}", "b": "{{a}}"}) == "{{b}}{{a}}"


def test_fill_dollars__value_holds_a_placeholder__is_not_filled_again() -> None:
    assert fill_dollars("$a ${b} $$a", {"a": "$b", "b": "$$"}) == "$b $$ $a"


@pytest.mark.parametrize("text", ["{{}}", "{{a b}}", "{ {a} }", "{{a}", "{{#if}}", "{{a|upper}}"])
def test_fill_braces__something_else_in_braces__stays(text: str) -> None:
    assert fill_braces(text, {"a": "1", "b": "2", "if": "3"}) == text
    assert brace_names(text) == ()


@given(TEXTS)
def test_fill_dollars__any_text__does_what_the_standard_library_does(text: str) -> None:
    template = string.Template(text)
    values = {name: "<$" + name + ">" for name in dollar_names(text)}
    assert list(dollar_names(text)) == template.get_identifiers()
    assert bool(list(lone_dollars(text))) is not template.is_valid()
    if template.is_valid():
        assert fill_dollars(text, values) == template.substitute(values)


@given(TEXTS)
def test_fill_braces__without_values__leaves_any_text_alone(text: str) -> None:
    assert fill_braces(text, {}) == text


@pytest.mark.parametrize("fill, text", [(fill_braces, "{{a}}" * 40_000), (fill_dollars, "$a " * 40_000)])
def test_fill__many_places_times_a_long_value__is_refused_before_it_is_built(fill, text) -> None:
    with pytest.raises(TooLongError):
        fill(text, {"a": "x" * 200_000})


@pytest.mark.parametrize(
    "value, text", [("a", "a"), (3, "3"), (True, "true"), (None, "null"), (["é"], '["é"]')]
)
def test_as_text__of_a_value__is_the_text_or_json(value, text) -> None:
    assert as_text(value) == text
