from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.errors import InputError
from mergefloor.golden import read_queries

ROW: dict[str, Any] = {"at": "2026-11-21T09:30:00Z", "text": "Where is my parcel?"}


def lines(*rows: Any) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def problems(data: bytes, path: str = "q.jsonl") -> list[str]:
    with pytest.raises(InputError) as caught:
        read_queries(path, data)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "at", ["2026-11-21T09:30:00Z", "2026-11-21T10:30:00+01:00", "2026-11-21 09:30", 1795253400, 1795253400.0]
)
def test_queries__times_in_every_spelling__are_the_same_moment(at: Any) -> None:
    (found,) = read_queries("q.jsonl", b"\n" + lines({"at": at, "text": "x"}))
    assert (found.at, found.day, str(found.place)) == (1795253400.0, "2026-11-21", "q.jsonl:2")


def test_queries__of_an_export_with_more_columns__are_read() -> None:
    table = b'user,at,text\n7,1795253400,"boots, size 9"\n8,2026-11-22,hat\n9,2026-11-22,  \n'
    found = read_queries("q.csv", table)
    assert [(each.text, each.day) for each in found] == [
        ("boots, size 9", "2026-11-21"),
        ("hat", "2026-11-22"),
    ]
    assert read_queries("q.ndjson", lines({**ROW, "session": [1]}))[0].text == ROW["text"]
    assert read_queries("q.jsonl", b"") == ()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"at": 1795253400000, "text": "x"}, "not milliseconds"),
        ({"at": -1, "text": "x"}, "out of range"),
        ({"at": "yesterday", "text": "x"}, "is no time"),
        ({"text": "x"}, "`at` is missing"),
        ({"at": 0}, "`text` is missing"),
        ({"at": 0, "text": 7}, "`text`"),
        (["x"], "a query must be a mapping"),
    ],
)
def test_queries__of_a_wrong_row__are_refused_with_its_line(row: Any, why: str) -> None:
    (said,) = problems(lines(ROW, row))
    assert said.startswith("q.jsonl:2: ") and why in said


def test_queries__of_another_format__are_refused() -> None:
    assert ".txt file" in problems(b"hello", "q.txt")[0]


SECRET = "my-secret-password"


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("q.jsonl", f'{{"at": 1, "text": {SECRET}}}\n'),
        ("q.jsonl", f'{{"at": 1, "text": "{SECRET}\n'),
        ("q.jsonl", f"{SECRET}\n"),
        ("q.jsonl", f'{{"at": 1, "text": "a", "{SECRET}": 1, "{SECRET}": 2}}\n'),
        ("q.jsonl", f'{{"at": 1, "text": "\\q{SECRET}"}}\n'),
        ("q.csv", f"at,{SECRET},{SECRET}\n1,2,3\n"),
        ("q.csv", f'at,text\n1,"{SECRET}\n'),
        ("q.csv", f"at,text\n1,a,{SECRET}\n"),
    ],
)  # fmt: skip
def test_queries__of_a_broken_file__are_refused_without_a_word_of_them(path: str, data: str) -> None:
    said = problems(data.encode(), path)
    assert said and not any(SECRET[:5] in each for each in said)


@given(st.binary(max_size=200))
def test_queries__of_any_bytes__are_queries_or_problems(data: bytes) -> None:
    for path in ("q.jsonl", "q.csv"):
        try:
            assert all(each.text.strip() for each in read_queries(path, data))
        except InputError as error:
            assert error.problems
