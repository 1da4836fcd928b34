"""A report as a reader meets it: every sentence, cell and heading, in order. Renderers add layout and filters only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from mergefloor.core.blindspots import blindspots, explanation
from mergefloor.core.case_view import CaseView, Quote, case_view
from mergefloor.core.class_view import class_table
from mergefloor.core.every_case import every_case
from mergefloor.core.evidence import Verdict
from mergefloor.core.excerpts import Clean, excerpt
from mergefloor.core.headline import Headline, headline
from mergefloor.core.judge_view import by_people
from mergefloor.core.lost_section import lost_section
from mergefloor.core.override import audit, overridden
from mergefloor.core.report import ArmUse, CaseChange, Report, SuiteReport
from mergefloor.core.sections import Section, comparability, models, own_gate, version
from mergefloor.core.standing import severity
from mergefloor.core.tables import Limits, Table, Tone, cost_table, metrics_table, tone
from mergefloor.core.wording import (
    Name,
    Words,
    count,
    link,
    names,
    say,
    sentences,
)

PRIVATE = "This change comes from a fork, so questions, answers and reasons are not quoted here."
UNTRUSTED = "The texts below are untrusted model output and case data, shown as plain text."
UNFOLDED = 10
FAILURES = 20
ERROR = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Cases of one kind, worst first: the first UNFOLDED in `items`, the others in `folded` under their own title."""

    title: Words
    items: tuple[CaseView, ...]
    folded: tuple[CaseView, ...] = ()
    folded_title: Words = ()
    warning: Words = ()
    more: Words = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that any report says, in the order in which it is read."""

    verdict: Verdict
    tone: Tone
    headline: Headline
    own_gate: Section
    labels: tuple[Words, ...]
    classes: Table
    metrics: Table
    people: Section
    broken: Cases
    fixed: Cases
    documents: Section
    comparability: Section
    version: Section
    models: Section
    every: Table
    cost: Table
    unseen: Section
    decided: Section
    more: Words
    footer: Words


def view(report: Report, limits: Limits, clean: Clean) -> View:
    """The whole report in words. `clean` removes secrets from a text before it is cut.

    Of a private report no foreign text is quoted, whatever the limits allow (T16).
    """
    limits = replace(limits, diffs=0) if report.private else limits
    return View(
        verdict=report.verdict,
        tone="unsure" if overridden(report) else tone(report.verdict, report.exit_code),
        headline=headline(report),
        own_gate=own_gate(report, limits.lines),
        labels=tuple(_labels(report)),
        classes=class_table(report),
        metrics=metrics_table(report, limits),
        people=by_people(report, limits.lines),
        broken=_cases(report, "broken", limits, clean),
        fixed=_cases(report, "fixed", limits, clean),
        documents=lost_section(report, limits.lines),
        comparability=comparability(report, limits.lines),
        version=version(report, limits.lines),
        models=models(report, limits.lines),
        every=every_case(report, limits.every),
        cost=cost_table(report, limits),
        unseen=Section(
            title=say("What the gate could not see"),
            items=blindspots(report, limits.lines),
            quotes=_failures(report, limits, clean),
        ),
        decided=Section(
            title=say("How this was decided"),
            items=explanation(report, limits.lines) if limits.sections else (),
        ),
        more=_more(report),
        footer=_footer(report, clean),
    )


def _labels(report: Report) -> list[Words]:
    """What a reader must know before believing anything below."""
    found = [audit(report)] if overridden(report) else []
    if report.private:
        found.append(say(PRIVATE))
    if report.scripted:
        found.append(
            say("Scripted answers: some answers in this report came from a script, not from a model.")
        )
    if report.first_run:
        found.append(say("First run: the base has no policy yet, so the one in this change was used."))
    told = {each.suite for each in report.tampering if each.rule == "case-removed"}
    found.extend(
        say(
            "This change removes {} from the golden set of {}: {}. The base's cases still count.",
            count(len(suite.removed_cases), "case"),
            Name(suite.name),
            names(suite.removed_cases, most=5),
        )
        for suite in report.suites
        if suite.removed_cases and suite.name not in told
    )
    found.extend(filter(None, map(_swapped, report.suites)))
    return found[:10]


def _swapped(suite: SuiteReport) -> Words:
    """A change of model or parameters hides behind a change of words (T26): both are named."""
    base = next((use for use in suite.uses if use.arm == "base"), None)
    head = next((use for use in suite.uses if use.arm == "head"), None)
    if base is None or head is None or (base.model, base.params) == (head.model, head.params):
        return ()
    return say(
        "{} does not use the same model setting: {} \u2192 {}.",
        Name(suite.name),
        _setting(base),
        _setting(head),
    )


def _setting(use: ArmUse) -> Words:
    params = [say("{} {}", Name(key), Name(str(value))) for key, value in sorted(use.params.items())[:6]]
    return sentences((Name(use.model),), *params)


def _cases(report: Report, which: Literal["broken", "fixed"], limits: Limits, clean: Clean) -> Cases:
    found = [(suite.name, case) for suite in report.suites for case in _changes(suite, which)]
    ordered = sorted(found, key=lambda item: (*severity(item[1]), item[0]))
    diffs = limits.diffs if which == "broken" else limits.diffs // 3
    shown = ordered[: limits.cases]
    several = len({suite for suite, _ in found}) > 1
    items = tuple(
        case_view(
            case,
            suite if several else None,
            which,
            clean if index < diffs else None,
            private=report.private,
        )
        for index, (suite, case) in enumerate(shown)
    )
    left = len(ordered) - len(shown)
    more = say("{} not shown; the report file names them all.", count(left, "more case")) if left else ()
    first = which == "broken" or not any(suite.broken for suite in report.suites)
    warning = say(UNTRUSTED) if first and any(item.quotes for item in items) else ()
    rest = len(items) - UNFOLDED
    return Cases(
        title=_cases_title([case for _, case in ordered], which),
        items=items[:UNFOLDED],
        folded=items[UNFOLDED:],
        folded_title=say("{} that are newly {}", count(rest, "more case"), which) if rest > 0 else (),
        warning=warning,
        more=more,
    )


def _failures(report: Report, limits: Limits, clean: Clean) -> tuple[Quote, ...]:
    """Why answers are missing, in the provider's words, most frequent first: foreign text, so it is quoted."""
    cases: dict[tuple[str, str, str], list[str]] = {}
    for case, failure in (found for suite in report.suites for found in suite.failures):
        cases.setdefault((failure.stage, failure.code, failure.message), []).append(case)
    if not cases or not limits.diffs:
        return ()
    lines = [
        excerpt(f"{len(ids)} x {stage}, {code} ({', '.join(ids[:3])}): {message}", clean, ERROR)
        for (stage, code, message), ids in sorted(cases.items(), key=lambda item: -len(item[1]))[:FAILURES]
    ]
    return (Quote(label=say("Why answers are missing"), text="\n".join(lines)),)


def _changes(suite: SuiteReport, which: Literal["broken", "fixed"]) -> tuple[CaseChange, ...]:
    return suite.broken if which == "broken" else suite.fixed


def _cases_title(cases: list[CaseChange], which: Literal["broken", "fixed"]) -> Words:
    word = "Newly broken" if which == "broken" else "Newly fixed"
    sure = sum(case.confirmed for case in cases)
    if not cases:
        return say("{}: none", word)
    doubt = len(cases) - sure
    parts = [
        text
        for number, text in ((sure, f"{sure:,} confirmed"), (doubt, f"{doubt:,} not confirmed"))
        if number
    ]
    return say("{}: {}", word, ", ".join(parts))


def _more(report: Report) -> Words:
    """Where the rest is read."""
    if not report.url:
        return ()
    return say("Every case: {} in the artifact of {}.", "`report.html`", link("this run", report.url))


def _footer(report: Report, clean: Clean) -> Words:
    base, head = (
        say("{} ({})", Name(_short(clean(sha))), Name(ref))
        for ref, sha in ((report.base_ref, report.base_sha), (report.head_ref, report.head_sha))
    )
    policy = (Name(report.config_path),) if report.config_path else say("no config file, everything assumed")
    return say("mergefloor \u00b7 base {} \u00b7 head {} \u00b7 {}", base, head, policy)


def _short(sha: str) -> str:
    """Seven digits of a commit; uncommitted work has a name instead of an id (core.ports.Snapshot)."""
    return sha if sha == "worktree" else sha[:7]
