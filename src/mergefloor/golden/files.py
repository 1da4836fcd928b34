"""A golden file, in the format its name says -> cases."""

from __future__ import annotations

from pathlib import PurePosixPath

from mergefloor.core.types import Case, Problem
from mergefloor.errors import InputError
from mergefloor.golden.cases import cases_from, gathered
from mergefloor.golden.table import case_of_row
from mergefloor.loading import DATA, Document, load_csv, load_json, load_jsonl, load_yaml

FORMATS = (".yaml", ".yml", ".json", ".jsonl", ".ndjson", ".csv")


def read_golden(path: str, data: bytes) -> tuple[Case, ...]:
    """Every case of a YAML, JSON, JSONL or CSV file. Raises InputError with all problems of the file."""
    cases = _read(path, data)
    if not cases:
        raise InputError.at(path, 1, "the file holds no cases", "add one, or remove the file")
    return cases


def _read(path: str, data: bytes) -> tuple[Case, ...]:
    match PurePosixPath(path).suffix.lower():
        case ".yaml" | ".yml":
            return _listed(load_yaml(path, data, limits=DATA))
        case ".json":
            return _listed(load_json(path, data))
        case ".jsonl" | ".ndjson":
            return gathered([(row, ()) for row in load_jsonl(path, data)])
        case ".csv":
            return _table(load_csv(path, data))
        case other:
            what = f"a golden set cannot be a {other or 'nameless'} file"
            raise InputError.at(path, 1, what, "use one of " + ", ".join(f"`{name}`" for name in FORMATS))


def _listed(document: Document) -> tuple[Case, ...]:
    if isinstance(document.value, dict) and set(document.value) == {"cases"}:
        return cases_from(document, "cases")
    if document.value is None:
        return ()
    if not isinstance(document.value, list):
        raise InputError.at(
            document.path, document.line(), "a golden set must be a list of cases", "begin each with `- `"
        )
    return cases_from(document)


def _table(rows: list[Document]) -> tuple[Case, ...]:
    found: list[tuple[Document, tuple[str | int, ...]]] = []
    problems: list[Problem] = []
    for row in rows:
        try:
            found.append((case_of_row(row), ()))
        except InputError as error:
            problems += error.problems
    return gathered(found, problems)
