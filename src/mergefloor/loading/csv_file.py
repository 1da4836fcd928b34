"""CSV after RFC 4180 -> one Document a row, every cell a text, with the line the row begins on.

Not the csv module: its field limit is a setting of the whole process and its line numbers are those of row ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from mergefloor.errors import InputError
from mergefloor.loading.builder import Builder, short
from mergefloor.loading.document import Document
from mergefloor.loading.limits import DATA, Limits
from mergefloor.loading.text import decode, line_at

_FIELD = re.compile(r'(?:"(?P<quoted>[^"]*+(?:""[^"]*+)*+)"|(?P<plain>[^",\r\n]*+))(?P<stop>,|\r\n|\n|\r|\Z)')
_BLANK = re.compile(r"[\r\n]++")
MAX_COLUMNS = 1_000
# What spreadsheets write where the comma is the decimal mark, or when told to write TSV.
OTHER_MARKS = {";": "semicolons", "\t": "tabs"}


class _Row(NamedTuple):
    cells: list[str]
    line: int


def load_csv(path: str, data: bytes, *, limits: Limits = DATA) -> list[Document]:
    """Read a table with a header row; blank lines are skipped. Raises InputError."""
    notes = Builder(path, limits)
    rows = _rows(decode(path, data, limits), notes)
    header = next(rows, None)
    if header is None:
        notes.stop(1, "the table is empty", "begin it with a row of column names")
    _check_header(header, notes)
    found: list[Document] = []
    for row in rows:
        _check_row(row, header, notes)
        if len(found) >= limits.rows:
            notes.stop(
                row.line, f"the file holds more than {limits.rows:,} rows", "split it into several files"
            )
        value = dict(zip(header.cells, row.cells, strict=False))
        found.append(Document(path=path, value={**value}, lines={(): row.line}))
    if notes.problems:
        raise InputError(notes.problems)
    return found


def _rows(text: str, notes: Builder) -> Iterator[_Row]:
    position, line, first = 0, 1, 1
    longest = 2 * notes.limits.scalar + len('"",\r\n')  # every character a doubled quote
    cells: list[str] = []
    while position < len(text) or cells:
        if not cells and (blank := _BLANK.match(text, position)):
            line, position = line + _breaks(blank.group()), blank.end()
            continue
        first = line if not cells else first
        field = _FIELD.match(text, position)
        if field is None:
            _refuse(text, position, line, notes)
        if field.end() - position > longest:
            notes.stop(line, "a cell is too long", f"keep it under {notes.limits.scalar:,} characters")
        quoted = field.group("quoted")
        cells.append(field.group("plain") if quoted is None else quoted.replace('""', '"'))
        notes.count(line)
        position = field.end()
        if len(cells) > MAX_COLUMNS:
            notes.stop(line, f"the row has more than {MAX_COLUMNS:,} cells", "split the table")
        if field.group("stop") != ",":
            yield _Row(cells, first)
            cells = []
        line += _breaks(field.group())


def _refuse(text: str, position: int, line: int, notes: Builder) -> NoReturn:
    closes = text.find('"', position + 1)
    if text[position] == '"' and closes < 0:
        notes.stop(line, "a quoted cell is not closed", 'end it with `"`')
    notes.stop(
        line, "a quote stands inside a cell", 'put the whole cell in quotes and double the quote: `""`'
    )


def _check_header(header: _Row, notes: Builder) -> None:
    other = next((name for mark, name in OTHER_MARKS.items() if mark in header.cells[0]), None)
    if len(header.cells) == 1 and other is not None:
        notes.stop(
            header.line, f"the columns are separated by {other}", "save the table with commas between them"
        )
    for index, name in enumerate(header.cells):
        if not name.strip():
            notes.problem(header.line, f"column {index + 1} has no name", "name it in the first row")
        elif name in header.cells[:index]:
            notes.problem(header.line, f"duplicate column {short(name)}", "keep one of the two")


def _check_row(row: _Row, header: _Row, notes: Builder) -> None:
    if len(row.cells) != len(header.cells):
        what = f"the row has {len(row.cells)} cells, the header {len(header.cells)}"
        notes.problem(row.line, what, "make them equal; a cell with a comma needs quotes")
    for cell in row.cells:
        if len(cell) > notes.limits.scalar:
            notes.problem(
                row.line, f"a cell has {len(cell):,} characters", f"keep it under {notes.limits.scalar:,}"
            )


def _breaks(text: str) -> int:
    return line_at(text, len(text)) - 1
