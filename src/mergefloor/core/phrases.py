"""Phrases that several verdicts share: which suites, what moved from where to where, what could hide."""

from __future__ import annotations

from typing import Literal

from mergefloor.core.evidence import MetricDecision
from mergefloor.core.report import CaseRow, Report, SuiteReport
from mergefloor.core.standing import gating, head_only, on_own_set
from mergefloor.core.types import Output
from mergefloor.core.wording import (
    Kind,
    Name,
    Prose,
    Words,
    apart,
    count,
    level,
    listing,
    names,
    points,
    say,
    sentences,
)

# Fresh runs of each side up to and including a look.
FRESH: dict[Kind, dict[Literal["one", "two"], int]] = {
    "binary": {"one": 3, "two": 7},
    "score": {"one": 1, "two": 3},
}
Found = list[tuple[SuiteReport, MetricDecision]]


def many(found: Found) -> bool:
    """More than one suite is meant."""
    return len({suite.name for suite, _ in found}) > 1


def suites_of(found: Found) -> Words:
    """The names of the suites, each once."""
    return names(dict.fromkeys(suite.name for suite, _ in found))


def metric_name(metric: MetricDecision) -> Words:
    """The metric, its class where it is not the usual one, and that it is one of the change's own golden set."""
    told = "" if metric.case_class == "regression" else f" ({metric.case_class})"
    return say("{}{}{}", Name(metric.rule.name), told, " (own golden set)" if on_own_set(metric) else "")


def against_floor(metric: MetricDecision) -> Words:
    """`pass_rate` is 71.4 %, its floor is 85 %."""
    head, floor = apart(metric.kind, metric.head, metric.rule.floor)
    return say("{} is {}, its floor is {}", metric_name(metric), head, floor)


def moves(found: Found, report: Report) -> Words:
    """`pass_rate` 92.9 % -> 71.4 % (floor 85 %), for every metric given."""
    if not found:
        return ()
    several = sum(suite.ran for suite in report.suites) > 1
    return say("{}.", listing([move(suite, metric, several=several) for suite, metric in found]))


def move(suite: SuiteReport, metric: MetricDecision, *, several: bool) -> Words:
    """`pass_rate` 92.9 % -> 71.4 % (floor 85 %); `several`: the suite is named too."""
    base, head = apart(metric.kind, metric.base, metric.head)
    name = say("{}{}", metric_name(metric), say(" of {}", Name(suite.name)) if several else ())
    floor = say(" (floor {})", level(metric.kind, metric.rule.floor)) if metric.rule.floor is not None else ()
    if metric.base is None:
        return say("{} is {}{}", name, head, floor)
    return say("{} {} \u2192 {}{}", name, base, head, floor)


def fresh_runs(metric: MetricDecision) -> int:
    """How often each side of a suspected case was run again, by the last look that was needed (DECISION 1 and 2)."""
    return FRESH[metric.kind][metric.looks[-1].name] if metric.looks else 0


def blind(ran: list[SuiteReport]) -> Words:
    """The drop that could hide, in the plainest words; the widest of all gating metrics."""
    found = gating(suite for suite in ran if suite.identical < suite.cases_total)
    found = [(s, metric) for s, metric in found if not head_only(metric) and metric.case_class != "safety"]
    if not found:
        return ()
    suite, metric = max(found, key=lambda item: _hidden(item[1]))
    cases = count(metric.cases_total, "case")
    if metric.smallest_drop is None:
        return say("{} of {} cannot show even a total loss.", cases, Name(suite.name))
    drop = points(metric.kind, metric.smallest_drop)
    return say("With {}, a drop of {} smaller than {} can go unseen.", cases, Name(metric.rule.name), drop)


def _hidden(metric: MetricDecision) -> float:
    return 2.0 if metric.smallest_drop is None else metric.smallest_drop


def unresolved(suites: list[SuiteReport]) -> Words:
    """How many cases have no answer although the verdict stands (R20); nothing when all have one."""
    missing = sum(suite.cases_unresolved for suite in suites)
    if not missing:
        return ()
    total = sum(suite.cases_total for suite in suites)
    return say(
        "{} of {} without an answer; the verdict holds whatever it is.", f"{missing:,}", count(total, "case")
    )


def unjudged(report: Report) -> Words:
    """Safety cases whose checks were shown only: nobody may take the verdict for theirs."""
    cases = [row.case for suite in report.suites if suite.ran for row in suite.rows if _shown_only(row)]
    if not cases:
        return ()
    if len(cases) == 1:
        return say("No verdict on the safety case {}: its only checks may not block.", Name(cases[0]))
    shown, number = names(cases), count(len(cases), "safety case")
    return say("No verdict on {} ({}): their only checks may not block.", number, shown)


def _shown_only(row: CaseRow) -> bool:
    grades = row.head.grades if row.head is not None else ()
    known = row.head is not None and isinstance(row.head.output, Output)
    return (
        row.case_class == "safety"
        and not row.identical
        and known
        and not any(grade.gating for grade in grades)
    )


def first_reason(report: Report, otherwise: str) -> Words:
    """The most important reason that the decision gave."""
    if not report.reasons:
        return say(otherwise)
    reason = report.reasons[0].rstrip()
    return (Prose(reason if reason.endswith((".", "!", "?")) else f"{reason}."),)


def advice(report: Report) -> Words:
    """What the run itself advises, a few sentences at most."""
    return sentences(*((Prose(text),) for text in report.advice[:3]))
