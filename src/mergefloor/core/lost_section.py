"""Documents that cases lost although they still pass: why a measure of retrieval fell."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.core.lost_view import lost_words
from mergefloor.core.report import CaseRow, Report, SuiteReport
from mergefloor.core.sections import Section
from mergefloor.core.wording import Name, count, say

CASES = 20


def lost_section(report: Report, most: int) -> Section:
    """The cases that pass all the same: a measure of retrieval falls without any of them breaking."""
    found = [] if report.private else [each for suite in report.suites for each in _quiet(suite)]
    several = len({suite.name for suite, _ in found}) > 1
    shown = found[: min(most, CASES)]
    items = [
        say(
            "{}{}: {}",
            Name(row.case),
            say(" of {}", Name(suite.name)) if several else (),
            lost_words(row.lost),
        )
        for suite, row in shown
    ]
    left = len(found) - len(shown)
    if left:
        items.append(say("And {}.", count(left, "more case")))
    title = say("Documents that {} lost without breaking", count(len(found), "case"))
    return Section(title=title, items=tuple(items))


def _quiet(suite: SuiteReport) -> Iterator[tuple[SuiteReport, CaseRow]]:
    """Cases with a loss that are not listed as broken, the longest losses first."""
    told = {case.case for case in suite.broken}
    rows = [row for row in suite.rows if row.lost and row.case not in told]
    yield from ((suite, row) for row in sorted(rows, key=lambda row: (-len(row.lost), row.case)))
