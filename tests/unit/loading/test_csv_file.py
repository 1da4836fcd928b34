import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mergefloor.errors import InputError
from mergefloor.loading import Limits, load_csv


def problems(data: bytes, limits: Limits | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_csv("a.csv", data, **({"limits": limits} if limits else {}))
    return [str(problem) for problem in caught.value.problems]


CELLS = st.text('a,"\r\n é', max_size=5)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=5), st.sampled_from(["\r\n", "\n"]))
def test_csv__any_cells__come_back_as_the_standard_library_wrote_them(
    rows: list[tuple[str, str]], end: str
) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([("x", "y"), *rows])
    assert [row.value for row in load_csv("a.csv", out.getvalue().encode())] == [
        {"x": a, "y": b} for a, b in rows
    ]


@settings(max_examples=600, deadline=None)
@given(st.text('a,"\n', max_size=10))
def test_csv__any_text__is_read_as_the_standard_library_reads_it_or_refused(text: str) -> None:
    try:
        rows = [
            list(row.value.values())
            for row in load_csv("a.csv", f"x,y\n{text}".encode())
            if isinstance(row.value, dict)
        ]
    except InputError:
        return
    assert rows == [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]


def test_csv__cells_with_breaks__every_row_knows_where_it_begins() -> None:
    rows = load_csv("a.csv", b'\r\nid,input\r\n1,"a\r\nb\n""c"""\r\n\r\n2,\r3,x')
    assert [(row.value, row.line("input")) for row in rows] == [
        ({"id": "1", "input": 'a\r\nb\n"c"'}, 3),
        ({"id": "2", "input": ""}, 7),
        ({"id": "3", "input": "x"}, 8),
    ]


def test_csv__a_trailing_comma__is_an_empty_cell() -> None:
    assert load_csv("a.csv", b"a,b\n1,")[0].value == {"a": "1", "b": ""}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", ["a.csv:1: the table is empty; begin it with a row of column names"]),
        (
            b"id;input\n1;a\n",
            ["a.csv:1: the columns are separated by semicolons; save the table with commas between them"],
        ),
        (
            b"id\tinput\n1\ta\n",
            ["a.csv:1: the columns are separated by tabs; save the table with commas between them"],
        ),
        (b"a,b,a\n1,2,3\n", ["a.csv:1: duplicate column 'a'; keep one of the two"]),
        (b"a,,c\n1,2,3\n", ["a.csv:1: column 2 has no name; name it in the first row"]),
        (
            b"a,b\n1\n\n1,2,3\n",
            [
                "a.csv:2: the row has 1 cells, the header 2; make them equal; a cell with a comma needs quotes",
                "a.csv:4: the row has 3 cells, the header 2; make them equal; a cell with a comma needs quotes",
            ],
        ),
        (b'a\n1\n"x\ny', ['a.csv:3: a quoted cell is not closed; end it with `"`']),
        (
            b'a\nx"y"\n',
            [
                'a.csv:2: a quote stands inside a cell; put the whole cell in quotes and double the quote: `""`'
            ],
        ),
        (
            b'a\n"x"y\n',
            [
                'a.csv:2: a quote stands inside a cell; put the whole cell in quotes and double the quote: `""`'
            ],
        ),
    ],
)
def test_csv__broken_table__is_told_with_its_line(data: bytes, says: list[str]) -> None:
    assert problems(data) == says


def test_csv__too_many_rows_cells_or_columns__is_refused() -> None:
    limits = Limits(size=10_000, rows=2, nodes=8, scalar=3)
    assert len(load_csv("a.csv", b"a\n1\n2\n", limits=limits)) == 2
    assert problems(b"a\n1\n2\n3\n", limits) == [
        "a.csv:4: the file holds more than 2 rows; split it into several files"
    ]
    assert "more than 8 values" in problems(b"a,b,c\n" * 3, limits)[0]
    assert "more than 1,000 cells" in problems(b"," * 1_000)[0]
    assert problems(b"a\nxxxx\n", limits) == ["a.csv:2: a cell has 4 characters; keep it under 3"]


def test_csv__byte_order_mark__is_no_part_of_the_first_column() -> None:
    assert load_csv("a.csv", b"\xef\xbb\xbfid\n1\n")[0].value == {"id": "1"}
