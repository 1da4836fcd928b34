"""A row of a CSV golden set -> the plain data of a case: `vars.<name>` columns, lists and mappings as JSON, empty = absent."""

from __future__ import annotations

from mergefloor.core.types import Json
from mergefloor.errors import InputError
from mergefloor.loading import Document, load_json

_JSON_COLUMNS = {
    "must_contain": '["refund", "14 days"]',
    "must_not_contain": '["sorry"]',
    "messages": '[{"role": "user", "content": "Hi"}]',
    "context": '["text one", "text two"]',
    "relevant": '["doc-1"]',
    "expected_tools": '["search"]',
    "graders": '[{"type": "words", "max": 80}]',
    "tags": '["billing"]',
    "vars": '{"name": "Ada"}',
}
_BOOLEANS: dict[str, Json] = {"true": True, "false": False}
VARIABLE = "vars."


def case_of_row(row: Document) -> Document:
    """The case a row describes, still unchecked. Raises InputError when a cell is not what its column needs."""
    value: dict[str, Json] = {}
    variables: dict[str, Json] = {}
    for column, cell in _cells(row):
        if column.startswith(VARIABLE):
            variables[column.removeprefix(VARIABLE)] = cell
        else:
            value[column] = _plain(row, column, cell)
    if variables:
        value["vars"] = _merged(row, value.get("vars"), variables)
    return Document(path=row.path, value=value, lines=row.lines)


def _cells(row: Document) -> list[tuple[str, str]]:
    cells = row.value if isinstance(row.value, dict) else {}
    return [(column, cell) for column, cell in cells.items() if isinstance(cell, str) and cell]


def _plain(row: Document, column: str, cell: str) -> Json:
    if column in _JSON_COLUMNS:
        return _json(row, column, cell)
    # Any other word stays a text, which the case's shape refuses by name.
    return _BOOLEANS.get(cell, cell) if column == "critical" else cell


def _json(row: Document, column: str, cell: str) -> Json:
    try:
        return load_json(row.path, cell.encode(), line=row.line()).value
    except InputError as error:
        what = f"the cell of column `{column}` is not JSON ({error.problems[0].what})"
        raise InputError.at(row.path, row.line(), what, f"write it like `{_JSON_COLUMNS[column]}`") from None


def _merged(row: Document, whole: Json, single: dict[str, Json]) -> Json:
    if whole is None:
        return single
    if not isinstance(whole, dict) or whole.keys() & single.keys():
        what = "the columns `vars` and `vars.<name>` disagree"
        raise InputError.at(row.path, row.line(), what, "use `vars.<name>` columns only")
    return {**whole, **single}
