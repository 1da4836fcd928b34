"""The `testData` rows of a `.prompt.yml` file -> cases. Every column is a variable; a few have a meaning too."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from mergefloor.core.keys import digest
from mergefloor.core.types import Case, GraderSpec
from mergefloor.prompts.evaluators import Evaluator
from mergefloor.prompts.fields import Fields, kind, listed, short
from mergefloor.prompts.placeholders import TooLongError, as_text

TAKEN = ("id", "expected", "tags", "context")
_ID = re.compile(r"[A-Za-z0-9._-]{1,80}")
_ID_DIGITS = 12


def read_rows(fields: Fields, evaluators: Iterable[Evaluator], used: Collection[str]) -> tuple[Case, ...]:
    """One case a row, with the checks of all evaluators. `used` are the variables of the messages."""
    checks = tuple(evaluators)
    elsewhere = {*TAKEN, *(name for check in checks for name in check.needs)} - set(used)
    first: dict[str, Case] = {}
    for row in fields.items("testData"):
        case = _case(row, checks, elsewhere)
        twin = first.setdefault(case.id, case)
        if twin is not case:
            row.wrong(
                f"the row has the id {case.id!r} of line {twin.place.line}",
                "remove it or give it another `id`",
            )
    return tuple(first.values())


def _case(row: Fields, evaluators: tuple[Evaluator, ...], elsewhere: Collection[str]) -> Case:
    columns = {name: as_text(value) for name, value in row.value.items() if value is not None}
    graders = tuple(_checks(row, evaluators, columns))
    content = digest(
        {
            "row": {name: value for name, value in row.value.items() if name not in ("id", "tags")},
            "checks": [[g.kind, g.name, dict(g.options), g.gating] for g in graders],
        }
    )
    return Case(
        id=_id(row) or content[:_ID_DIGITS],
        place=row.place(),
        content_hash=content,
        # A column that nothing uses stays, so that the call is refused with its name.
        vars={name: value for name, value in row.value.items() if name not in elsewhere},
        expected=columns.get("expected"),
        context=_texts(row, "context"),
        graders=graders,
        tags=_texts(row, "tags"),
    )


def _checks(row: Fields, evaluators: tuple[Evaluator, ...], columns: dict[str, str]) -> Iterator[GraderSpec]:
    for evaluator in evaluators:
        missing = [name for name in evaluator.needs if name not in columns]
        if missing:
            what = (
                f"the evaluator {evaluator.spec.name!r} needs {listed(missing)}, which this row does not have"
            )
            row.wrong(what, "add it to the row")
            continue
        try:
            yield evaluator.check(columns)
        except TooLongError as error:
            row.wrong(f"the evaluator {evaluator.spec.name!r} cannot be filled: {error}", "shorten the row")


def _id(row: Fields) -> str:
    if row.value.get("id") is None:
        return ""
    written = row.remark("id")
    if not _ID.fullmatch(written):
        row.wrong(f"the id {short(written)} is not allowed", "use at most 80 of `A-Z a-z 0-9 . _ -`", "id")
    return written


def _texts(row: Fields, name: str) -> tuple[str, ...]:
    value = row.value.get(name)
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        row.wrong(f"`{name}` is {kind(value)}, not a list of texts", f"write `{name}: [...]`", name)
        return ()
    return tuple(map(str, value))
