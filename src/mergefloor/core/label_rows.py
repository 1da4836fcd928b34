"""Rows of a label file: one written, one taken back, many brought in from another file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mergefloor.core.calibration.labels import Label
from mergefloor.core.types import Json, Problem

# JSON leaves these as they are, and some readers take them for the end of a line.
LINE_ENDS = {"\x7f": "\\u007f", "\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """`added`: what is new; `known`: how many rows were there already; `problems`: rows that contradict the file."""

    added: tuple[Label, ...]
    known: int
    problems: tuple[Problem, ...]


def row(label: Label) -> str:
    """One line of JSON (CONTRACT 6); whole numbers without a fraction."""
    value = label.label
    fields: dict[str, Json] = {
        "id": label.id,
        "input": label.input,
        "output": label.output,
        "label": int(value) if isinstance(value, float) and value.is_integer() else value,
        "grader": label.grader,
    }
    if label.rater is not None:
        fields["rater"] = label.rater
    line = json.dumps(fields, ensure_ascii=False, allow_nan=False)
    for character, escape in LINE_ENDS.items():
        line = line.replace(character, escape)
    return line


def without_last(data: bytes, label: Label) -> bytes | None:
    """The file without the last row that this rater wrote of this output; None when there is no such row."""
    lines = data.split(b"\n")
    for index in reversed(range(len(lines))):
        if lines[index].strip() and _is(json.loads(lines[index]), label):
            return b"\n".join(lines[:index] + lines[index + 1 :])
    return None


def _is(value: object, label: Label) -> bool:
    if not isinstance(value, dict):
        return False
    found = tuple(value.get(name) for name in ("grader", "input", "output", "rater"))
    return found == (label.grader, label.input, label.output, label.rater)


def merged(there: Sequence[Label], path: str, new: Iterable[Label], rater: str | None) -> Merged:
    """New labels beside those of the file at `path`. `rater` names the rater of rows that name none.

    A row that says the same as one that is there is known; one that says something else of the same output under the
    same id is a problem, as is one of another kind than the check's labels so far.
    """
    rated = {(label.id, label.grader, label.rater): label for label in there}
    shown = {(label.id, label.grader): label for label in there}
    kinds = {label.grader: label for label in there}
    added: list[Label] = []
    problems: list[Problem] = []
    known = 0
    for each in new:
        label = replace(each, rater=each.rater or rater)
        same = rated.get((label.id, label.grader, label.rater))
        about, kind = shown.get((label.id, label.grader)), kinds.get(label.grader)
        if same == label:
            known += 1
        elif about is not None and (about.input, about.output) != (label.input, label.output):
            what = f"the id {label.id!r} has another input or output at {path}:{about.place.line}"
            problems.append(_problem(label, what, "give every output its own `id`"))
        elif same is not None:
            what = f"{label.id!r} is labelled {same.label!r} for {label.grader!r} already at {path}:{same.place.line}"
            problems.append(_problem(label, what, "keep one of the two, or name two raters with `rater`"))
        elif kind is not None and isinstance(kind.label, str) != isinstance(label.label, str):
            what = f"the label {label.label!r} is of another kind than {kind.label!r} at {path}:{kind.place.line}"
            fix = "label a check with numbers from 0 to 1 or with classes, not with both"
            problems.append(_problem(label, what, fix))
        else:
            added.append(label)
    return Merged(added=tuple(added), known=known, problems=tuple(problems))


def _problem(label: Label, what: str, fix: str) -> Problem:
    return Problem(place=label.place, what=what, fix=fix)
