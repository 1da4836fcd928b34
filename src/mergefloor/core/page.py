"""report.html as a value: the view of every report, and what only the page has room for."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.case_table import CaseLine, Found, case_line, found_cases
from mergefloor.core.charts import Charts, charts
from mergefloor.core.decision_path import Path, paths
from mergefloor.core.excerpts import LIMIT, Clean
from mergefloor.core.judge_view import JudgedCheck, judged_checks
from mergefloor.core.report import Report
from mergefloor.core.tables import Limits
from mergefloor.core.view import View, view

LIMITS = Limits(diffs=1, cases=0, rows=300, lines=200)
METRICS = 40
CHANGED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`changed`: the worst cases that changed sides or are unresolved, told in full; `cases`: all, for the table.
    `judged`: checks that were held against people. `private`: no foreign text leaves with it (T16)."""

    view: View
    charts: Charts
    paths: tuple[Path, ...]
    changed: tuple[CaseLine, ...]
    changed_total: int
    cases: tuple[Found, ...]
    judged: tuple[JudgedCheck, ...] = ()
    private: bool = False


def page(report: Report, clean: Clean) -> Page:
    """Everything the page says but the table of cases, whose lines are cut to fit (`case_line`)."""
    cases = found_cases(report)
    changed = [
        each for each in cases if each.state in {"broken", "suspect", "unresolved", "fixed", "improved"}
    ]
    return Page(
        view=view(report, LIMITS, clean),
        charts=charts(report, cases, METRICS),
        paths=paths(report, METRICS),
        changed=tuple(case_line(each, clean, 0 if report.private else LIMIT) for each in changed[:CHANGED]),
        changed_total=len(changed),
        cases=cases,
        judged=judged_checks(report),
        private=report.private,
    )
