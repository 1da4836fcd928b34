"""Every case of a run as one line of a table: how it stands, what was asked, what came out, what the checks said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal, TypeAlias

from mergefloor.core.case_view import ENDED
from mergefloor.core.classes import CaseClass
from mergefloor.core.excerpts import Clean, difference, excerpt
from mergefloor.core.lost_view import lost_words
from mergefloor.core.report import CaseChange, CaseRow, CaseSide, Report, SuiteReport
from mergefloor.core.types import AnyGrade, Failure, Grade, Output, Place
from mergefloor.core.word_diff import Edit, word_diff
from mergefloor.core.wording import Words

HALF = 0.5

State: TypeAlias = Literal[
    "broken", "suspect", "unresolved", "fixed", "improved", "failing", "passing", "same", "new"
]
Result: TypeAlias = Literal["passed", "failed", "unknown", "none"]

# Worst first: the order of the table. What each word means for a reader is in the second column.
STATES: dict[State, tuple[str, str]] = {
    "broken": ("Broken", "passed on the base, fails on the head, and fresh runs of both sides agree"),
    "suspect": ("Broken?", "failed in the first answer; fresh runs do not agree, it may be chance"),
    "unresolved": ("Unresolved", "no answer or no grade on one side at least"),
    "fixed": ("Fixed", "failed on the base, passes on the head, and fresh runs of both sides agree"),
    "improved": ("Fixed?", "passes now; no fresh runs confirm it"),
    "failing": ("Fails", "fails on both sides"),
    "new": ("New", "has no base to compare with"),
    "passing": ("Passes", "passes on both sides"),
    "same": ("Not moved", "both sides send the same bytes, so the change cannot have moved it"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What one check said on each side, and why where it failed or could not say."""

    name: str
    base: Result
    head: Result
    gating: bool
    base_reason: str = ""
    head_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case. `edits` turn the base's answer into the head's; `base_note`, `head_note`: how an answer ended, or
    why there is none. Foreign texts are excerpts without secrets. `lost`: documents that the head no longer finds."""

    suite: str
    case: str
    place: Place
    state: State
    critical: bool
    question: str
    tags: tuple[str, ...]
    base_rate: float | None
    head_rate: float | None
    facts: str
    edits: tuple[Edit, ...] = ()
    base_note: str = ""
    head_note: str = ""
    checks: tuple[Check, ...] = ()
    seconds: float = 0.0
    lost: Words = ()
    case_class: CaseClass = "regression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A case of a report with what is known about it, before any text is cut."""

    suite: SuiteReport
    row: CaseRow
    state: State


def found_cases(report: Report) -> tuple[Found, ...]:
    """Every case of every suite, worst first, then by suite and id."""
    order = {state: place for place, state in enumerate(STATES)}
    cases = [each for suite in report.suites for each in _cases(suite)]
    return tuple(sorted(cases, key=lambda c: (order[c.state], not c.row.critical, c.suite.name, c.row.case)))


def _cases(suite: SuiteReport) -> list[Found]:
    changes = {
        **{case.case: (case, "broken") for case in suite.broken},
        **{case.case: (case, "fixed") for case in suite.fixed},
    }
    return [Found(suite=suite, row=row, state=_state(row, changes)) for row in suite.rows]


def _state(row: CaseRow, changes: Mapping[str, tuple[CaseChange, str]]) -> State:
    change, which = changes.get(row.case, (None, ""))
    if change is not None:
        if which == "broken":
            return "broken" if change.confirmed else "suspect"
        return "fixed" if change.confirmed else "improved"
    if row.identical:
        return "same"
    if row.head_rate is None or (row.base is not None and row.base_rate is None):
        return "unresolved"
    if row.base is None:
        return "new"
    return "passing" if row.head_rate >= HALF else "failing"


def case_line(found: Found, clean: Clean, limit: int) -> CaseLine:
    """One line. `limit`: characters of each text at most, 0 leaves the texts out (T16)."""
    row = found.row
    base, head = _text(row.base), _text(row.head)
    return CaseLine(
        suite=clean(found.suite.name),
        case=clean(row.case),
        place=Place(path=clean(row.place.path), line=row.place.line),
        state=found.state,
        critical=row.critical,
        question=excerpt(row.question, clean, limit) if limit else "",
        tags=tuple(clean(tag) for tag in row.tags),
        base_rate=row.base_rate,
        head_rate=row.head_rate,
        facts=_facts(row),
        edits=_edits(base, head, clean, limit) if limit else (),
        base_note=_note(row.base, clean),
        head_note=_note(row.head, clean),
        checks=_checks(row, clean, limit),
        lost=lost_words(row.lost, clean) if limit else (),
        case_class=row.case_class,
        seconds=row.head.output.latency_s if row.head and isinstance(row.head.output, Output) else 0.0,
    )


def _text(side: CaseSide | None) -> str:
    return side.output.text if side is not None and isinstance(side.output, Output) else ""


def _edits(base: str, head: str, clean: Clean, limit: int) -> tuple[Edit, ...]:
    if base == head:
        shown = excerpt(base, clean, limit)
        return word_diff(shown, shown)
    return difference(base, head, clean, limit).edits


def _facts(row: CaseRow) -> str:
    said = [
        f"{side.passes} of {side.draws} {when}"
        for side, when in ((row.base, "before"), (row.head, "now"))
        if side is not None and side.draws
    ]
    return f"passed {', '.join(said)}" if said else ""


def _note(side: CaseSide | None, clean: Clean) -> str:
    """How an answer ended when it did not simply stop; the failure where there is none."""
    if side is None or side.output is None:
        return "not run"
    if isinstance(side.output, Failure):
        return f"no answer: {side.output.stage}, {clean(side.output.code)}"
    return ENDED[side.output.finish]


def _checks(row: CaseRow, clean: Clean, limit: int) -> tuple[Check, ...]:
    """The checks of both sides, joined by name and place: a case may have two checks of one name."""
    sides = [_named(side.grades if side else ()) for side in (row.base, row.head)]
    keys = dict.fromkeys(key for pair in zip_longest(*sides) for key in pair if key is not None)
    return tuple(
        _check(name, sides[0].get((name, n)), sides[1].get((name, n)), clean, limit) for name, n in keys
    )


def _named(grades: Sequence[AnyGrade]) -> dict[tuple[str, int], AnyGrade]:
    found: dict[tuple[str, int], AnyGrade] = {}
    for grade in grades:
        place = sum(name == grade.grader for name, _ in found)
        found[grade.grader, place] = grade
    return found


def _check(name: str, base: AnyGrade | None, head: AnyGrade | None, clean: Clean, limit: int) -> Check:
    return Check(
        name=clean(name),
        base=_result(base),
        head=_result(head),
        gating=any(grade is not None and grade.gating for grade in (base, head)),
        base_reason=_reason(base, clean, limit),
        head_reason=_reason(head, clean, limit),
    )


def _result(grade: AnyGrade | None) -> Result:
    if grade is None:
        return "none"
    if not isinstance(grade, Grade):
        return "unknown"
    return "passed" if grade.passed else "failed"


def _reason(grade: AnyGrade | None, clean: Clean, limit: int) -> str:
    """Why a check failed or could not say; a pass needs no reason."""
    if grade is None or not limit or (isinstance(grade, Grade) and grade.passed):
        return ""
    return excerpt(grade.reason if isinstance(grade, Grade) else grade.failure.message, clean, limit)
