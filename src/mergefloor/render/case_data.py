"""The table of cases as data for the page's script: JSON that no text inside can leave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TypeAlias

from mergefloor.core.case_table import STATES, CaseLine, Check, Found, State, case_line
from mergefloor.core.excerpts import LIMIT
from mergefloor.core.types import Json
from mergefloor.core.word_diff import Edit
from mergefloor.render.filters import cell, visible
from mergefloor.render.words import as_plain

Clean: TypeAlias = Callable[[str], str]
# Characters of a text for cases that changed sides, and for all others: the first step that fits is taken.
STEPS = ((LIMIT, LIMIT), (LIMIT, 150), (LIMIT, 60), (150, 60), (60, 0), (0, 0))
EXCITING: frozenset[State] = frozenset({"broken", "suspect", "unresolved", "fixed", "improved"})
# Names are short; ones that are not cannot make the page large.
NAME, TAGS, CHECKS = 60, 8, 20
KINDS = {"same": "=", "gone": "-", "new": "+"}
# `<`, `>` and `&` could end the script element or begin a comment in it; the two separators end a line of JavaScript.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
_CODES = {"passed": 1, "failed": 0, "unknown": 2, "none": 3}


def embedded(value: Json) -> str:
    """JSON text for a script element."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(_ESCAPES)


def case_records(cases: Iterable[Found], clean: Clean, budget: int, *, texts: bool = True) -> list[str]:
    """One JSON text a case, in order, of at most `budget` UTF-8 bytes in sum: texts give way first, then cases.

    `texts` False leaves out questions, answers and reasons (T16).
    """
    found = list(cases)
    fitting: list[str] = []
    for exciting, others in STEPS if texts else STEPS[-1:]:
        limits = (exciting if each.state in EXCITING else others for each in found)
        fitting = _fitting(zip(found, limits, strict=True), clean, budget)
        if len(fitting) == len(found):
            break
    return fitting


def _fitting(cases: Iterable[tuple[Found, int]], clean: Clean, budget: int) -> list[str]:
    """Records until the budget is used up."""
    records: list[str] = []
    for each, limit in cases:
        record = embedded(_record(case_line(each, clean, limit)))
        budget -= len(record.encode()) + 1
        if budget < 0:
            break
        records.append(record)
    return records


def _record(case: CaseLine) -> Json:
    """Short keys, and nothing for what is empty: this is repeated for every case."""
    record: dict[str, Json] = {
        "i": cell(case.case),
        "s": cell(case.suite),
        "k": list(STATES).index(case.state),
        "c": 1 if case.critical else 0,
        "b": _rate(case.base_rate),
        "h": _rate(case.head_rate),
        "q": visible(case.question),
        "t": [visible(tag[:NAME]) for tag in case.tags[:TAGS]],
        "p": f"{cell(case.place.path)}:{case.place.line}",
        "f": case.facts,
        "l": as_plain(case.lost),
        "d": [_edit(edit) for edit in case.edits],
        "x": visible(case.base_note[:NAME]),
        "y": visible(case.head_note[:NAME]),
        "g": [_check(check) for check in case.checks[:CHECKS]],
    }
    return {key: value for key, value in record.items() if value not in ("", [], 0) or key in "bhk"}


def _rate(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 3)


def _edit(edit: Edit) -> str:
    return f"{KINDS[edit.kind]}{visible(edit.text)}"


def _check(check: Check) -> Json:
    """Name, base, head, gating; then the reasons where there are any."""
    found: list[Json] = [
        cell(check.name, NAME),
        _CODES[check.base],
        _CODES[check.head],
        1 if check.gating else 0,
        visible(check.base_reason),
        visible(check.head_reason),
    ]
    while found[-1] == "":
        found.pop()
    return found
