import pytest

from mergefloor.errors import InputError
from mergefloor.loading import Limits, load_jsonl
from mergefloor.loading.limits import MIB


def problems(data: bytes, limits: Limits) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_jsonl("a.jsonl", data, limits=limits)
    return [str(problem) for problem in caught.value.problems]


LIMITS = Limits(size=4 * MIB, rows=3, nodes=20)


def test_jsonl__blank_lines_and_crlf__rows_keep_their_numbers() -> None:
    rows = load_jsonl("a.jsonl", b'\r\n{"a": 1}\r\n \t\n\n{"b": [2]}')
    assert [(row.value, row.line("b", 0)) for row in rows] == [({"a": 1}, 2), ({"b": [2]}, 5)]


def test_jsonl__broken_rows__are_all_told() -> None:
    found = problems(b'{"a": 1\n{"a": 1}\n{"a": NaN, "a": 2}\n', LIMITS)
    assert [problem.split(":")[1] for problem in found] == ["1", "3", "3"]


def test_jsonl__two_values_on_a_line__is_refused() -> None:
    assert "a.jsonl:1: not valid JSON" in problems(b"{} {}", LIMITS)[0]


def test_jsonl__too_many_rows_or_values__is_refused() -> None:
    assert len(load_jsonl("a.jsonl", b"1\n" * 3, limits=LIMITS)) == 3
    assert problems(b"1\n" * 4, LIMITS) == [
        "a.jsonl:4: the file holds more than 3 rows; split it into several files"
    ]
    assert "more than 20 values" in problems(b"[1,2,3,4,5,6,7,8,9,0]\n" * 2, LIMITS)[0]


def test_jsonl__a_line_over_one_mib__is_refused_and_one_mib_is_not() -> None:
    whole = b'"' + "é".encode() * (MIB // 2 - 1) + b'"'
    assert len(load_jsonl("a.jsonl", whole)) == 1
    with pytest.raises(InputError, match=r"a\.jsonl:2: the line is longer than 1 MiB"):
        load_jsonl("a.jsonl", b"1\n" + whole + b" ")


def test_jsonl__a_separator_that_is_no_line_end__stays_in_the_text() -> None:
    assert load_jsonl("a.jsonl", '["a\u2028b\x85c"]'.encode())[0].value == ["a\u2028b\x85c"]


def test_jsonl__nothing_in_it__has_no_rows() -> None:
    assert load_jsonl("a.jsonl", b"\n\n") == []
