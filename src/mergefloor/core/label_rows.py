"""Rows of a label file: one written, one taken back, many brought in from another file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

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
    if label.sample is not None:
        fields["sample"] = label.sample
    if label.reference is not None:
        fields["reference"] = label.reference
    line = json.dumps(fields, ensure_ascii=False, allow_nan=False)
    for character, escape in LINE_ENDS.items():
        line = line.replace(character, escape)
    return line


def without_last(data: bytes, label: Label) -> bytes | None:
    """The file without the last row that this rater wrote of this output; None when there is no such row."""
    lines = data.split(b"\n")
    for index in reversed(range(len(lines))):
        if _is(lines[index], label):
            return b"\n".join(lines[:index] + lines[index + 1 :])
    return None


def _is(line: bytes, label: Label) -> bool:
    try:
        value = json.loads(line)
    except ValueError:  # a blank line, or one that somebody is writing by hand: none of ours
        return False
    if not isinstance(value, dict):
        return False
    found = tuple(value.get(name) for name in ("grader", "input", "output", "rater"))
    return found == (label.grader, label.input, label.output, label.rater)


@dataclass(slots=True)
class _Known:
    """What is said so far, by everything that two rows may contradict one another in."""

    rated: dict[tuple[object, ...], Label] = field(default_factory=dict)
    shown: dict[tuple[str, str], Label] = field(default_factory=dict)
    kinds: dict[str, Label] = field(default_factory=dict)

    def add(self, label: Label) -> None:
        """One more row; the first of each kind counts."""
        self.rated.setdefault((label.grader, label.rater, *label.about), label)
        self.shown.setdefault((label.grader, label.id), label)
        self.kinds.setdefault(label.grader, label)

    def same(self, label: Label) -> Label | None:
        """What this rater said of this output, whatever its id."""
        return self.rated.get((label.grader, label.rater, *label.about))

    def problem(self, label: Label) -> Problem | None:
        """What is wrong with a row that is not known."""
        about, kind = self.shown.get((label.grader, label.id)), self.kinds.get(label.grader)
        twice = self.same(label)
        if about is not None and about.about != label.about:
            what = f"the id {label.id!r} has another input, output or reference at {about.place}"
            return _problem(label, what, "give every output its own `id`")
        if twice is not None:
            what = f"{label.id!r} is labelled {twice.label!r} for {label.grader!r} already at {twice.place}"
            return _problem(label, what, "keep one of the two, or name two raters with `rater`")
        if kind is not None and isinstance(kind.label, str) != isinstance(label.label, str):
            what = f"the label {label.label!r} is of another kind than {kind.label!r} at {kind.place}"
            return _problem(
                label, what, "label a check with numbers from 0 to 1 or with classes, not with both"
            )
        return None


def merged(there: Iterable[Label], new: Iterable[Label], rater: str | None) -> Merged:
    """New labels beside those of a file. `rater` names the rater of rows that name none.

    A row that says what this rater said of the same output already is known; one that says something else is a
    problem, as is an id that stands for another output, and a label of another kind than the check's so far.
    """
    known = _Known()
    for label in there:
        known.add(label)
    added: list[Label] = []
    problems: list[Problem] = []
    repeated = 0
    for each in new:
        label = replace(each, rater=each.rater or rater)
        same = known.same(label)
        if same is not None and same.label == label.label:
            repeated += 1
        elif (problem := known.problem(label)) is not None:
            problems.append(problem)
        else:
            added.append(label)
            known.add(label)
    return Merged(added=tuple(added), known=repeated, problems=tuple(problems))


def _problem(label: Label, what: str, fix: str) -> Problem:
    return Problem(place=label.place, what=what, fix=fix)
