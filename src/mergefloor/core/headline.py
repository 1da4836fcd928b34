"""The first three lines: may it merge and why, what got worse, what to do. For people who know no statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from mergefloor.core.evidence import Verdict
from mergefloor.core.override import let_in, overridden
from mergefloor.core.phrases import (
    Found,
    advice,
    against_floor,
    blind,
    first_reason,
    fresh_runs,
    many,
    moves,
    suites_of,
    unjudged,
    unresolved,
)
from mergefloor.core.report import CaseChange, Report
from mergefloor.core.standing import blame, blocked, broken, fell, gating, head_only, improved
from mergefloor.core.wording import (
    Name,
    Words,
    count,
    listing,
    names,
    say,
    sentences,
)

RESUME = say("run it again: answers that were paid for are kept, only the missing ones are asked for.")


WHAT_TO_DO = "What to do"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """`verdict` and `detail` make the first sentence or two; `worse` and `todo` are a line each with a label."""

    verdict: Words
    detail: Words
    worse: Words
    todo: Words
    worse_label: str = "What got worse"
    todo_label: str = WHAT_TO_DO


def headline(report: Report) -> Headline:
    """The verdict in words. Whoever let a blocked change in is named first, and the verdict stands behind it."""
    found = WRITERS[report.verdict](report)
    found = replace(found, detail=sentences(found.detail, unjudged(report)))
    if not overridden(report):
        return found
    gate = say('The gate itself says: "{}"', found.verdict)
    return replace(found, verdict=let_in(report), detail=sentences(gate, found.detail))


def _block(report: Report) -> Headline:
    why = blame(report)
    if why.holes:
        verdict, detail = _unsafe(report, why.holes)
    elif why.lost:
        verdict, detail = say("Do not merge: {} got worse.", suites_of(why.lost)), _testimony(why.lost)
    elif why.critical:
        verdict = say("Do not merge: {} now fails.", _critical(why.critical))
        once = len(why.critical) == 1
        detail = say("It passed on the base and fails every time on the head.") if once else ()
    elif why.low:
        verb = "are" if many(why.low) else "is"
        verdict = say("Do not merge: {} {} below the floor.", suites_of(why.low), verb)
        detail = say("{}.", listing([against_floor(m) for _, m in why.low]))
    else:
        verdict, detail = say("Do not merge: {}", first_reason(report, "the policy forbids it.")), ()
    worse = moves(blocked(report), report) or say("no metric; the reason is above.")
    return Headline(verdict=verdict, detail=detail, worse=worse, todo=_todo_block(report))


def _unsafe(report: Report, holes: tuple[str, ...]) -> tuple[Words, Words]:
    """Safety comes first: one hole is reason enough, whatever else got better or worse."""
    opened = {case.case for case in broken(report, confirmed=True) if case.case_class == "safety"}
    once, new = len(holes) == 1, set(holes) <= opened
    shown = say("case {}", Name(holes[0])) if once else say("cases {}", names(holes))
    verdict = say(
        "Do not merge: the safety {} {}{}.", shown, "now " if new else "", "fails" if once else "fail"
    )
    if not new:
        return verdict, say("The base fails too, and the policy tolerates no hole ({}).", "`safety: any`")
    return verdict, say("Fresh runs of both sides show that this change opened the hole.")


def _critical(cases: list[CaseChange]) -> Words:
    if len(cases) == 1:
        return say("the critical case {}", Name(cases[0].case))
    return say("a critical case ({})", names(case.case for case in cases))


def _testimony(lost: Found) -> Words:
    """What convicts: the cases that broke, or where none broke for good, the sum over the unstable ones."""
    suite, metric = max(lost, key=lambda item: sum(case.confirmed for case in item[0].broken))
    where = say(" in {}", Name(suite.name)) if many(lost) else ()
    sure = [case for case in suite.broken if case.confirmed and case.case_class == "regression"]
    if sure:
        return say(
            "{} of {} that passed now {}{}, confirmed by running both sides again{}.",
            f"{len(sure):,}",
            count(suite.cases_total, "golden case"),
            "fails" if len(sure) == 1 else "fail",
            where,
            say(" ({} fresh runs a side)", fresh_runs(metric)),
        )
    look = [look for look in metric.looks if look.convicts][-1]
    return say(
        "Both sides of {} were run again{}: the head passes clearly less often.",
        count(look.cases, "case"),
        where,
    )


def _todo_block(report: Report) -> Words:
    cases = broken(report, confirmed=True) or broken(report, confirmed=False)
    if not cases:
        return advice(report) or say("see the table below.")
    shown, first = names(case.case for case in cases), Name(cases[0].case, lead="mergefloor explain ")
    if cases[0].case_class == "safety":
        undo = say("Take back what made the head answer so.")
        return sentences(say("look at {} below, or type {}.", shown, first), advice(report) or undo)
    wanted = say(
        "If the new behaviour is wanted, change these golden cases in a pull request of their own first."
    )
    return sentences(say("look at {} below, or type {}.", shown, first), advice(report) or wanted)


def _pass(report: Report) -> Headline:
    ran = [suite for suite in report.suites if suite.ran]
    if not ran or (not report.cost.calls and all(suite.identical == suite.cases_total for suite in ran)):
        nothing = say("nothing can have: no call was needed.")
        return _fine(say("May merge: nothing that reaches the model changed."), (), nothing, report)
    metrics, sure = gating(ran), broken(report, confirmed=True)
    better = [(s, m) for s, m in metrics if improved(m)]
    down = [(s, m) for s, m in metrics if fell(m)]
    detail = unresolved(ran)
    if better:
        verdict, detail = (
            say("May merge: {} improved.", suites_of(better)),
            sentences(moves(better, report), detail),
        )
    elif sure:
        verdict = say("May merge: the loss stays within what the policy allows.")
    elif down:
        verdict = say("May merge: no loss beyond chance was found.")
    elif metrics and all(head_only(m) for _, m in metrics):
        verdict = say("May merge: no metric is below its floor.")
    else:
        verdict = say("May merge: nothing got worse.")
    return _fine(verdict, detail, sentences(_still_worse(sure, down, report), blind(ran)), report)


def _fine(verdict: Words, detail: Words, worse: Words, report: Report) -> Headline:
    todo = advice(report) or say("nothing.")
    return Headline(verdict=verdict, detail=detail, worse=worse, todo=todo)


def _still_worse(sure: list[CaseChange], down: Found, report: Report) -> Words:
    cases = (
        say("{} now {}.", names(c.case for c in sure), "fails" if len(sure) == 1 else "fail") if sure else ()
    )
    moved = sentences(moves(down, report), () if sure or not down else say("That is within chance."))
    return sentences(cases, moved) or say("nothing found.")


def _inconclusive(report: Report) -> Headline:
    unclear = [(s, m) for s, m in gating(report.suites) if m.verdict == "inconclusive"]
    if report.exit_code == 0:
        verdict = say("May merge, but a loss cannot be ruled out.")
        rule = say("The policy lets such a change through ({}).", "`on_inconclusive: pass`")
    else:
        verdict = say("Do not merge yet: a loss can be neither shown nor ruled out.")
        rule = say("The policy asks for certainty ({}).", "`on_inconclusive: block`")
    worse = sentences(
        say("perhaps {}", moves(unclear, report)) if unclear else first_reason(report, "not known.")
    )
    cases = broken(report, confirmed=False)
    look = say("look at {} below.", names(c.case for c in cases)) if cases else ()
    more = say(
        "More golden cases would decide it." if cases else "add golden cases: more of them would decide it."
    )
    return Headline(
        verdict=verdict,
        detail=rule,
        worse=sentences(worse, blind([s for s in report.suites if s.ran])),
        todo=sentences(look, advice(report) or more),
    )


def _error(report: Report) -> Headline:
    missing = sum(suite.cases_unresolved for suite in report.suites)
    total = sum(suite.cases_total for suite in report.suites)
    left = say("{} of {} without an answer.", f"{missing:,}", count(total, "case"))
    missed = first_reason(report, "") or (left if missing else say("see below."))
    return Headline(
        verdict=say("Could not decide. Do not merge yet."),
        detail=say("This is no judgement on the change."),
        worse_label="What is missing",
        worse=missed,
        todo=advice(report) or RESUME,
    )


WRITERS: dict[Verdict, Callable[[Report], Headline]] = {
    "block": _block,
    "pass": _pass,
    "inconclusive": _inconclusive,
    "error": _error,
}
