"""The table of all cases for a place that has room for it: worst first, ids and rates, no text of any case."""

from __future__ import annotations

from mergefloor.core.case_table import STATES, Found, found_cases
from mergefloor.core.report import Report
from mergefloor.core.tables import Table
from mergefloor.core.wording import Name, Words, count, say, share


def every_case(report: Report, most: int) -> Table:
    """At most `most` rows; none where there is no room."""
    found = found_cases(report) if most else ()
    left = len(found) - most
    return Table(
        title=say("All cases: {}", f"{len(found):,}"),
        header=("Suite", "Case", "Base", "Head", "Result"),
        names=2,
        rows=tuple(map(_row, found[:most])),
        more=say("{} not shown; the report file names them all.", count(left, "more case"))
        if left > 0
        else (),
    )


def _row(found: Found) -> tuple[Words, ...]:
    rates = (say(share(rate, 0)) for rate in (found.row.base_rate, found.row.head_rate))
    return ((Name(found.suite.name),), (Name(found.row.case),), *rates, say(STATES[found.state][0]))
