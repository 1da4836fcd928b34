"""JSON lines -> one Document a row. Every broken row is told, not only the first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mergefloor.core.types import Place, Problem
from mergefloor.errors import InputError
from mergefloor.loading.builder import MAX_PROBLEMS, Builder
from mergefloor.loading.document import Document
from mergefloor.loading.json_file import parse_json
from mergefloor.loading.limits import DATA, Limits
from mergefloor.loading.text import decode

_FILLED = re.compile(r"[^ \t\r\n][^\n]*+")
_WIDEST = 4  # bytes of a character in UTF-8


def load_jsonl(path: str, data: bytes, *, limits: Limits = DATA) -> list[Document]:
    """Read one JSON value a line; blank lines are allowed. Raises InputError."""
    rows: list[Document] = []
    problems: list[Problem] = []
    nodes = 0
    for number, line in _lines(decode(path, data, limits)):
        builder = Builder(path, limits)
        try:
            rows.append(_row(line, number, builder))
        except InputError as error:
            problems.extend(error.problems)
        nodes += builder.nodes
        if _full(path, number, (len(rows), nodes), limits, problems):
            break
    if problems:
        raise InputError(problems[:MAX_PROBLEMS])
    return rows


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, numbered; found one by one, as fifty million empty ones fit in a file."""
    number, seen = 1, 0
    for found in _FILLED.finditer(text):
        number += text.count("\n", seen, found.start())
        seen = found.start()
        yield number, found.group()


def _row(line: str, number: int, builder: Builder) -> Document:
    if len(line) * _WIDEST > builder.limits.line and len(line.encode()) > builder.limits.line:
        builder.stop(number, "the line is longer than 1 MiB", "shorten it")
    document = parse_json(line, builder, line=number)
    # Every entry of the row is on one line: the root says it all.
    return Document(path=document.path, value=document.value, lines={(): number}, written=document.written)


def _full(path: str, number: int, counts: tuple[int, int], limits: Limits, problems: list[Problem]) -> bool:
    rows, nodes = counts
    over = {"rows": rows > limits.rows, "values": nodes > limits.nodes}
    bounds = {"rows": limits.rows, "values": limits.nodes}
    for what in (name for name, is_over in over.items() if is_over):
        place = Place(path=path, line=number)
        what_now = f"the file holds more than {bounds[what]:,} {what}"
        problems.append(Problem(place=place, what=what_now, fix="split it into several files"))
    return any(over.values()) or len(problems) >= MAX_PROBLEMS
