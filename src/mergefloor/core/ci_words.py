"""What junit.xml says of a case and of a metric: one result and one message each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.case_table import STATES, CaseLine
from mergefloor.core.evidence import MetricDecision, Verdict
from mergefloor.core.report import Report
from mergefloor.core.standing import result as shown
from mergefloor.core.standing import standing
from mergefloor.core.wording import apart, change, level

Result: TypeAlias = Literal["passed", "failure", "error", "skipped"]

RUN: dict[Verdict, str] = {
    "block": "do not merge",
    "inconclusive": "do not merge yet: a loss can be neither shown nor ruled out",
    "error": "could not decide",
    "pass": "may merge",
}


SHOWN_ONLY = "class capability, which never blocks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A result as CI servers know them; `kind` groups failures, `lines` is foreign text in part."""

    result: Result
    kind: str = ""
    message: str = ""
    lines: tuple[str, ...] = ()


def run_told(report: Report) -> Told:
    """The whole run as one test, so that a block for a reason beside the cases is red too."""
    if report.exit_code == 0:
        return Told(result="passed")
    result: Result = "failure" if report.verdict != "error" else "error"
    return Told(result=result, kind=report.verdict, message=RUN[report.verdict], lines=report.reasons)


def case_told(case: CaseLine) -> Told:
    """A case fails when it fails now: for good (`broken`), perhaps by chance (`suspect`), or as before (`failing`). One
    of class capability is skipped then: a test that fails is red in Jenkins, and this class never blocks."""
    label, meaning = STATES[case.state]
    message = f"{label}: {meaning}" + (f" ({case.facts})" if case.facts else "")
    results: dict[str, Result] = {
        "broken": "failure",
        "failing": "failure",
        "unresolved": "error",
        "same": "skipped",
    }
    result = results.get(case.state, "failure" if _fails_now(case) else "passed")
    if result == "passed":
        return Told(result="passed")
    if case.case_class == "capability" and result != "skipped":
        return Told(result="skipped", kind=case.state, message=f"{SHOWN_ONLY}: {message}")
    return Told(result=result, kind=case.state, message=message, lines=_lines(case))


def _fails_now(case: CaseLine) -> bool:
    """A doubtful or new case by the draw that is shown: did a check that counts fail on the head?"""
    return case.state in {"suspect", "new"} and any(c.gating and c.head == "failed" for c in case.checks)


def _lines(case: CaseLine) -> tuple[str, ...]:
    reasons = (f"{check.name}: {check.head_reason}" for check in case.checks if check.head_reason)
    notes = (f"{side}: {note}" for side, note in (("base", case.base_note), ("head", case.head_note)) if note)
    return (f"{case.place}", *notes, *reasons)


def metric_told(metric: MetricDecision) -> Told:
    """A metric fails when it blocks; one that is only shown is skipped, and so is one that proves nothing."""
    base, head = apart(metric.kind, metric.base, metric.head)
    floor = f", floor {level(metric.kind, metric.rule.floor)}" if metric.rule.floor is not None else ""
    moved = f"{base} before, {head} now ({change(metric.kind, metric.delta)}{floor})"
    if not metric.rule.gating:
        return Told(result="skipped", kind="shown", message=f"{shown(metric)}: {moved}")
    results: dict[str, Result] = {
        "block": "failure",
        "error": "error",
        "inconclusive": "skipped",
        "pass": "passed",
    }
    result = results[metric.verdict]
    if result == "passed":
        return Told(result="passed")
    return Told(
        result=result, kind=metric.verdict, message=f"{standing(metric)}: {moved}", lines=metric.reasons
    )
