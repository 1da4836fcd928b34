"""A file of human labels (JSONL, or a CSV table) -> labels. Everything wrong with it is told at once (CONTRACT 6)."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from mergefloor.core.calibration.labels import Label
from mergefloor.core.types import Json, Problem
from mergefloor.errors import InputError
from mergefloor.golden.problems import problems_of
from mergefloor.golden.shape import FILLED_PATTERN, MetricName, Name, Shape, Share, Text
from mergefloor.loading import Document, load_csv, load_jsonl

FORMATS = (".jsonl", ".ndjson", ".csv")
MAX_PROBLEMS = 50
MAX_WORD = 80
MAY_BE_EMPTY = ("rater", "sample", "reference")
_NUMBER = re.compile(r" *[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30}) *")

Word = Annotated[str, Field(max_length=MAX_WORD, pattern=FILLED_PATTERN)]


class LabelModel(Shape):
    """One row: what `rater` says of one output. A label is a number from 0 to 1 or the name of a class; `sample` says
    how the output was chosen, `reference` what it was compared with."""

    id: Name
    input: Text
    output: Text
    label: Share | Word
    grader: MetricName
    rater: Word | None = None
    sample: Literal["random", "enriched"] | None = None
    reference: Text | None = None


def read_labels(path: str, data: bytes) -> tuple[Label, ...]:
    """Every label of the file, in its order. Raises InputError with all problems of the file."""
    found: list[Label] = []
    problems: list[Problem] = []
    for row in _rows(path, data):
        try:
            found.append(_label(row))
        except InputError as error:
            problems += error.problems
    problems += _clashes(found)
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.place.line)[:MAX_PROBLEMS])
    if not found:
        raise InputError.at(path, 1, "the file holds no labels", "add some, or remove the file")
    return tuple(found)


def _rows(path: str, data: bytes) -> list[Document]:
    match PurePosixPath(path).suffix.lower():
        case ".jsonl" | ".ndjson":
            return load_jsonl(path, data)
        case ".csv":
            return [_typed(row) for row in load_csv(path, data)]
        case other:
            what = f"labels cannot be a {other or 'nameless'} file"
            raise InputError.at(path, 1, what, "use one of " + ", ".join(f"`{name}`" for name in FORMATS))


def _typed(row: Document) -> Document:
    """A row of a table, whose cells are texts: a label that reads as a number is one, an empty cell that may be
    left out is left out."""
    cells = row.value if isinstance(row.value, dict) else {}
    value: dict[str, Json] = {key: cell for key, cell in cells.items() if key not in MAY_BE_EMPTY or cell}
    if isinstance(cell := value.get("label"), str) and _NUMBER.fullmatch(cell):
        value["label"] = float(cell)
    return Document(path=row.path, value=value, lines=row.lines)


def _label(row: Document) -> Label:
    if not isinstance(row.value, dict):
        what, fix = "a label must be a mapping", 'write `{"id": ..., "label": ...}`'
        raise InputError([Problem(place=row.place(), what=what, fix=fix)])
    try:
        shape = LabelModel.model_validate(row.value)
    except ValidationError as error:
        raise InputError(problems_of(error, row)) from None
    return Label(
        id=shape.id,
        input=shape.input,
        output=shape.output,
        label=shape.label,
        grader=shape.grader,
        rater=shape.rater,
        sample=shape.sample,
        reference=shape.reference,
        place=row.place(),
    )


def _clashes(labels: list[Label]) -> list[Problem]:
    """Rows that cannot both be right: one rater twice, one id for two outputs, numbers beside classes."""
    rated: dict[tuple[str, str, str | None], Label] = {}
    shown: dict[tuple[str, str], Label] = {}
    kinds: dict[str, Label] = {}
    found: list[Problem] = []
    for label in labels:
        first = rated.setdefault((label.id, label.grader, label.rater), label)
        same = shown.setdefault((label.id, label.grader), label)
        kind = kinds.setdefault(label.grader, label)
        if first is not label:
            who = f"rater {label.rater!r}" if label.rater else "a rater without a name"
            what = (
                f"{who} labels {label.id!r} for {label.grader!r} a second time, after line {first.place.line}"
            )
            found.append(_problem(label, what, "keep one of the two, or name two raters with `rater`"))
        elif same.about != label.about:
            what = f"the id {label.id!r} has another input, output or reference on line {same.place.line}"
            found.append(_problem(label, what, "give every output its own `id`"))
        if isinstance(kind.label, str) != isinstance(label.label, str):
            what = f"the label {label.label!r} of {label.grader!r} is of another kind than {kind.label!r} on line {kind.place.line}"
            found.append(
                _problem(label, what, "label a check with numbers from 0 to 1 or with classes, not with both")
            )
    return found


def _problem(label: Label, what: str, fix: str) -> Problem:
    return Problem(place=label.place, what=what, fix=fix)
