import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mergefloor.errors import InputError
from mergefloor.loading import Limits, load_json


def problems(source: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_json("a.json", source.encode())
    return [str(problem) for problem in caught.value.problems]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18) + 1, 10**18 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('ab\\"{[,é', max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_json__any_value__is_read_as_the_standard_library_reads_it(
    value: Any, indent: int | None, ascii_: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_)
    found = load_json("a.json", text.encode()).value
    assert found == json.loads(text)
    assert repr(found) == repr(json.loads(text))


PIECES = st.sampled_from(
    [*'[]{},:" \n\t\\-+.eE0123a', "true", "null", '"a"', '"a":', "1", "1.5", "-", "\\u00e9"]
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_json__any_pieces__are_accepted_exactly_when_the_standard_library_accepts_them(text: str) -> None:
    try:
        wanted = json.loads(text)
    except ValueError:
        problems(text)
        return
    try:
        assert load_json("a.json", text.encode()).value == wanted
    except InputError as error:
        # What the standard library takes and we do not: a key twice, a number too large.
        assert "duplicate key" in str(error) or "not finite" in str(error)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ('{"a": 1,\n"a": 2}', "a.json:2: duplicate key 'a' (first on line 1)"),
        ('{"a": 1, "\\u0061": 2}', "a.json:1: duplicate key 'a'"),
        ("[NaN]", "a.json:1: the number NaN is not finite"),
        ("[\n-Infinity]", "a.json:2: the number -Infinity is not finite"),
        ("[1e999]", "a.json:1: the number 1e999 is not finite"),
        ("[1234567890123456789]", "has more than 18 digits"),
        ("[" + "9" * 5000 + "]", "has more than 18 digits"),
        ("[0." + "1" * 100 + "]", "a number has more than 40 characters"),
        ('["\\ud800"]', "a.json:1: a text contains half of a surrogate pair"),
        ('{"\\udfff": 1}', "a.json:1: a text contains half of a surrogate pair"),
        ('["\\u0000"]', "a.json:1: a text contains a NUL character"),
        ('["\\x"]', "a.json:1: not valid JSON: a wrong escape"),
        ('["a\tb"]', "a.json:1: not valid JSON: a string is not closed, or holds a tab"),
        ('["a', "a.json:1: not valid JSON: a string is not closed"),
        ("[1,]", "']' stands where a value belongs"),
        ('{"a" 1}', "'1' stands where `:` belongs"),
        ("{'a': 1}", "stands where a key in double quotes or `}` belongs"),
        ("[1 2]", "'2' stands where `,` or the closing bracket belongs"),
        ("[1}", "'}' stands where `,` or the closing bracket belongs"),
        ("[1] 2", "'2' stands where the end of the file belongs"),
        ("", "the file ends where a value belongs"),
        ("[\n\n1,\n", "a.json:4: not valid JSON: the file ends where a value belongs"),
        ("[01]", "'01' is not a number"),
        ("[.5]", "'.' stands where"),
        ("[True]", "not valid JSON: 'True'"),
        ("// a\n[1]", "not valid JSON: '/' stands where a value belongs"),
    ],
)
def test_json__refused_feature__is_told_with_its_line(source: str, says: str) -> None:
    assert any(says in problem for problem in problems(source)), problems(source)


def test_json__surrogate_pair__is_one_character() -> None:
    assert load_json("a.json", b'["\\ud83d\\ude00"]').value == ["\U0001f600"]


def test_json__several_problems__are_told_at_once() -> None:
    found = problems('{"a": NaN,\n"a": 1e999,\n"b": 1234567890123456789,\n"c": "\\ud800"}')
    assert [problem.split(":")[1] for problem in found] == ["1", "2", "2", "3", "4"]


@pytest.mark.parametrize("times", [41, 1_000, 100_000, 1_000_000])
@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":['])
def test_json__deep_nesting__is_refused(opening: str, times: int) -> None:
    assert problems(opening * times) == ["a.json:1: the data nests deeper than 40 levels; flatten it"]


def test_json__brackets_in_texts__do_not_nest() -> None:
    assert load_json("a.json", b'["' + b"[" * 100 + b'"]').value == ["[" * 100]


def test_json__every_entry__knows_its_line() -> None:
    document = load_json("a.json", b'[\n {"a": 1,\n  "b": [\n 2]},\r\n {}\n, [\n]]')
    assert dict(document.lines) == {
        (): 1,
        (0,): 2,
        (0, "a"): 2,
        (0, "b"): 3,
        (0, "b", 0): 4,
        (1,): 5,
        (2,): 6,
    }


def test_json__too_many_values__is_refused() -> None:
    with pytest.raises(InputError, match="more than 3 values"):
        load_json("a.json", b"[1,2,3]", limits=Limits(size=100, nodes=3))


def test_json__a_first_line_given__counts_from_there() -> None:
    assert load_json("a.csv", b"[1,\n2]", line=7).line(1) == 8
