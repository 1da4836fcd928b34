from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.types import Json
from mergefloor.graders.strict_json import NotJson, first_value, identity, parse

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("ab é", max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaN",
        "[Infinity]",
        "-Infinity",
        "1e999",
        "9" * 301,
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 1}}',
        "{'a': 1}",
        '{"a": 1,}',
        "[1] [2]",
        "[1] and so on",
        "\ufeff[1]",
        '"\\ud800"',
        '{"\\udc00": 1}',
        "[" * 41 + "]" * 41,
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '"a\nb"',
        "01",
        "// no\n1",
    ],
)
def test_parse__anything_but_strict_json__is_refused_with_a_reason(text: str) -> None:
    parsed = parse(text)
    assert isinstance(parsed, NotJson)
    assert parsed.why


@given(VALUES)
def test_parse__what_json_writes__is_read_back(value: Json) -> None:
    assert parse(f" {json.dumps(value)}\n") == value


@given(st.text())
def test_parse_and_first_value__any_text__never_raise_and_accept_no_more_than_json_does(text: str) -> None:
    first_value(text)
    value = parse(text)
    assert isinstance(value, NotJson) or value == json.loads(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('Here you are: {"a": [1]} Bye.', {"a": [1]}),
        ('See [the list]: [1, 2] and {"a": 1}', [1, 2]),
        ('See [1]:\n```json\n{"a": 1}\n```', {"a": 1}),
        ("```\n42\n```", 42),
        ('```python\nx = [0]\n```\n```json\n{"a": 2}\n```', {"a": 2}),
        ('{"a": "x}y"} tail', {"a": "x}y"}),
        ('"whole"', "whole"),
    ],
)
def test_first_value__json_in_prose__is_found(text: str, value: Json) -> None:
    assert first_value(text) == value


@pytest.mark.parametrize(
    "text", ["no json", "3 apples", '{"a": 1, "a": 2} then {"b": 1}', 'x {"n": NaN} y [1]', "```json\n{\n```"]
)
def test_first_value__none_or_a_sloppy_first_one__is_refused(text: str) -> None:
    assert isinstance(first_value(text), NotJson)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 20_000, "[1," * 30_000, '["' * 50_000])
def test_first_value__a_wall_of_brackets__is_not_parsed_once_for_each(text: str) -> None:
    begin = time.process_time()
    first_value(f"x {text}")
    assert time.process_time() - begin < 2.0


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}, True),
        ([1, 2], [2, 1], False),
        ("1", 1, False),
        (None, False, False),
        (1.5, 1.5, True),
    ],
)
def test_identity__equal_json_values__have_one_text(left: Json, right: Json, same: bool) -> None:
    assert (identity(left) == identity(right)) is same
