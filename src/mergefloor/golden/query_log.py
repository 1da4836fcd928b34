"""A log of production queries (JSONL, or a CSV table) -> queries. Problems name rows and never say what was asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from mergefloor.core.queries.log import Query
from mergefloor.core.types import Json, Problem
from mergefloor.errors import InputError
from mergefloor.golden.problems import problems_of
from mergefloor.golden.shape import Shape, Text, told
from mergefloor.loading import Document, load_csv, load_jsonl
from mergefloor.loading.limits import DATA

FORMATS = (".jsonl", ".ndjson", ".csv")
LIMITS = replace(DATA, rows=100_000)
MAX_PROBLEMS = 50
YEAR_3000 = 32_503_680_000  # seconds: what is later is meant in milliseconds
_SECONDS = re.compile(r" *[0-9]{1,18}(?:\.[0-9]{1,9})? *")


def _seconds(at: float | str) -> float:
    """Seconds since 1970. A time without an offset is UTC."""
    if isinstance(at, str):
        try:
            read = datetime.fromisoformat(at.strip())
        except ValueError:
            raise told(
                "is no time", "write `2026-11-21T09:30:00Z`, `2026-11-21` or seconds since 1970"
            ) from None
        at = (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    if not 0 <= at < YEAR_3000:
        raise told("is out of range", "write seconds since 1970, not milliseconds")
    return float(at)


class QueryModel(Shape):
    """One row. Other columns of an export are passed over: only these two are read."""

    model_config = ConfigDict(extra="ignore")

    at: Annotated[float | Annotated[str, Field(max_length=100)], AfterValidator(_seconds)]
    text: Text


def read_queries(path: str, data: bytes) -> tuple[Query, ...]:
    """Every query of the file, in its order; rows with a blank text are none. Raises InputError with all problems."""
    found: list[Query] = []
    problems: list[Problem] = []
    for row in _read(path, data):
        try:
            found += _query(row)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems[:MAX_PROBLEMS])
    return tuple(found)


def _read(path: str, data: bytes) -> list[Document]:
    """The rows of a file. What a reader quotes of a broken one may be a query: only its place is passed on."""
    try:
        return _rows(path, data)
    except InputError as error:
        raise InputError([_silent(problem) for problem in error.problems]) from None


def _silent(problem: Problem) -> Problem:
    if not {"'", '"'} & set(problem.what):
        return problem
    fix = "write one JSON object a line, or a table with the columns `at` and `text`"
    return Problem(place=problem.place, what="the row cannot be read", fix=fix)


def _rows(path: str, data: bytes) -> list[Document]:
    match PurePosixPath(path).suffix.lower():
        case ".jsonl" | ".ndjson":
            return load_jsonl(path, data, limits=LIMITS) if data.strip() else []
        case ".csv":
            return [_typed(row) for row in load_csv(path, data, limits=LIMITS)]
        case other:
            what = f"queries cannot be a {other or 'nameless'} file"
            raise InputError.at(path, 1, what, "use one of " + ", ".join(f"`{name}`" for name in FORMATS))


def _typed(row: Document) -> Document:
    """A row of a table, whose cells are texts: a time that reads as a number is one."""
    cells: dict[str, Json] = dict(row.value) if isinstance(row.value, dict) else {}
    at = cells.get("at")
    if isinstance(at, str) and _SECONDS.fullmatch(at):
        cells["at"] = float(at)
    return Document(path=row.path, value=cells, lines=row.lines)


def _query(row: Document) -> Iterator[Query]:
    if not isinstance(row.value, dict):
        what, fix = "a query must be a mapping", 'write `{"at": "2026-11-21T09:30:00Z", "text": ...}`'
        raise InputError([Problem(place=row.place(), what=what, fix=fix)])
    try:
        shape = QueryModel.model_validate(row.value)
    except ValidationError as error:
        raise InputError(problems_of(error, row)) from None
    if shape.text.strip():
        at = float(shape.at)
        yield Query(
            at=at, day=datetime.fromtimestamp(at, UTC).date().isoformat(), text=shape.text, place=row.place()
        )
