"""The line beside the check: may it merge and why, the essence first, for a place of 140 characters."""

from __future__ import annotations

from collections.abc import Callable

from mergefloor.core.evidence import Verdict
from mergefloor.core.override import overridden
from mergefloor.core.phrases import Found, against_floor, first_reason, many, move, suites_of
from mergefloor.core.report import Report, SuiteReport
from mergefloor.core.standing import blame, broken, gating, head_only, improved
from mergefloor.core.wording import Name, Said, Words, count, names, points, say


def status_words(report: Report) -> Words:
    """The line for a report."""
    found = report.override
    if found is not None and overridden(report):
        return say("Overridden by {}: {}", Name(found.by), Said(found.reason))
    return WRITERS[report.verdict](report)


def _block(report: Report) -> Words:
    why = blame(report)
    if why.lost:
        return say("{} got worse: {}", suites_of(why.lost), _loss(why.lost))
    if why.critical:
        verb = "case {} now fails" if len(why.critical) == 1 else "cases now fail: {}"
        return say("critical {} (confirmed)", say(verb, names(case.case for case in why.critical)))
    if why.low:
        verb = "are" if many(why.low) else "is"
        return say("{} {} below the floor: {}", suites_of(why.low), verb, against_floor(why.low[0][1]))
    return first_reason(report, "the policy forbids it")


def _loss(lost: Found) -> Words:
    """The suite with most cases that broke for good; where none did, its numbers."""
    suite, metric = max(lost, key=lambda item: sum(case.confirmed for case in item[0].broken))
    sure = sum(case.confirmed for case in suite.broken)
    if not sure:
        return say("{} (confirmed)", move(suite, metric, several=False))
    where = say(" in {}", Name(suite.name)) if many(lost) else ()
    return say("{} of {} broke{} (confirmed)", f"{sure:,}", count(suite.cases_total, "case"), where)


def _pass(report: Report) -> Words:
    ran = [suite for suite in report.suites if suite.ran]
    if not ran:
        files = "" if report.files is None else f": {count(report.files, 'file')}, 0 match"
        return say("nothing relevant changed{}", files)
    if not report.cost.calls and all(suite.identical == suite.cases_total for suite in ran):
        return say("nothing that reaches the model changed; {}, 0 calls", _cases(ran))
    better = [(s, m) for s, m in gating(ran) if improved(m)]
    if better:
        said = say("no loss found, {} improved", suites_of(better))
    elif broken(report, confirmed=True):
        said = say("the loss stays within what the policy allows")
    else:
        said = say("no loss found")
    first = "; first run, policy from this change" if report.first_run else ""
    return say("{}; {}{}", said, _sight(ran), first)


def _inconclusive(report: Report) -> Words:
    ran = [suite for suite in report.suites if suite.ran]
    if report.exit_code == 0:
        return say("may merge, but a loss cannot be ruled out; {}", _sight(ran))
    return say("not decided, so blocked: a loss can be neither shown nor ruled out; {}", _sight(ran))


def _error(report: Report) -> Words:
    missing = sum(suite.cases_unresolved for suite in report.suites)
    if not missing or not any(metric.verdict == "error" for _, metric in gating(report.suites)):
        return say("could not decide: {}", first_reason(report, "re-run to resume"))
    codes = sorted({failure.code for suite in report.suites for _, failure in suite.failures})
    why = say(" ({})", names(codes)) if codes else ()
    total = _cases(report.suites)
    return say("could not decide: {} of {} without an answer{}; re-run resumes", f"{missing:,}", total, why)


def _cases(suites: list[SuiteReport] | tuple[SuiteReport, ...]) -> str:
    return count(sum(suite.cases_total for suite in suites), "case")


def _sight(ran: list[SuiteReport]) -> Words:
    """How many cases, how many of them silent, and the smallest drop that would most likely have been seen."""
    compared = [metric for _, metric in gating(ran) if not head_only(metric)]
    drops = [(metric.smallest_drop, metric.kind) for metric in compared if metric.smallest_drop is not None]
    parts = [say(_cases(ran))]
    missing = sum(suite.cases_unresolved for suite in ran)
    if missing:
        parts.append(say("{} without an answer", f"{missing:,}"))
    if len(drops) < len(compared):
        parts.append(say("too few to see every drop"))
    elif drops:
        drop, kind = max(drops, key=lambda item: item[0])
        parts.append(
            say("sees drops from {}", points(kind, drop).replace("points", "pt").replace("point", "pt"))
        )
    found = parts[0]
    for part in parts[1:]:
        found = say("{}, {}", found, part)
    return found


WRITERS: dict[Verdict, Callable[[Report], Words]] = {
    "block": _block,
    "pass": _pass,
    "inconclusive": _inconclusive,
    "error": _error,
}
