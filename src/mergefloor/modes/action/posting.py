"""A finding as effects: status, comment, suggestion, summary, outputs and files, in the order of their weight."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Literal

from mergefloor.core.activity import Pull
from mergefloor.core.bulletin import Bulletin, cancelled
from mergefloor.core.effects import (
    Annotate,
    AppendSummary,
    Effect,
    Print,
    React,
    SetOutput,
    SetStatus,
    SuggestChange,
    UpsertComment,
    WriteFile,
)
from mergefloor.core.hub import State
from mergefloor.core.report import Report
from mergefloor.core.settings import PASS_RATE
from mergefloor.modes.action.place import Place
from mergefloor.modes.action.tasks import GateTask
from mergefloor.render import (
    bulletin,
    bulletin_console,
    console,
    html,
    junit,
    markdown,
    report_json,
    status_line,
    suggestion_text,
    summary,
)
from mergefloor.render.filters import visible

WIDTH = 100
STATES: dict[int, State] = {0: "success", 1: "failure", 2: "error", 3: "failure"}


def of_report(report: Report, task: GateTask, place: Place) -> tuple[Effect, ...]:
    """Everything that a gated change is told."""
    state: State = "success" if report.override is not None else STATES[report.exit_code]
    line = status_line(report, redact=place.redact)
    body = markdown(report, marker=place.config, redact=place.redact)
    return (
        *_outputs(report, place),
        AppendSummary(text=summary(report, redact=place.redact)),
        *_files(report, place),
        Print(text=console(report, width=WIDTH, color=False, redact=place.redact)),
        *_annotation(report, line),
        status(task.head, state, line, place),
        *comment(task.pull, body, place),
        *_suggestions(report, task, place),
        *done(task.command, "rocket"),
    )


def of_bulletin(
    told: Bulletin, exit_code: Literal[0, 1, 2, 3], task: GateTask, place: Place
) -> tuple[Effect, ...]:
    """Everything that is said where there is no report: the files are wrong, or nothing could be decided."""
    line = status_line(told, redact=place.redact)
    return (
        *outputs_without_report(told.verdict),
        *spoken(told, url=place.stamp.url, redact=place.redact),
        *(() if told.problems else (Annotate(level="error", message=line, title="mergefloor"),)),
        status(task.head, STATES[exit_code], line, place),
        *comment(task.pull, bulletin(told, url=place.stamp.url, redact=place.redact), place),
        *done(task.command, "confused"),
    )


def of_cancelled(report: Report | None, task: GateTask, place: Place) -> tuple[Effect, ...]:
    """A run that a signal ended: whatever it had found so far is no verdict, and is left in the files only. What is
    said to GitHub comes first, for there are seconds left."""
    found = () if report is None else _files(report, place)
    return (*of_bulletin(cancelled(), 2, task, place), *found)


def spoken(
    told: Bulletin, *, url: str, redact: Callable[[str], str]
) -> tuple[AppendSummary | Print | Annotate, ...]:
    """A bulletin on the page of the run, in its log and at the lines that it speaks of."""
    return (
        AppendSummary(text=bulletin(told, url=url, redact=redact)),
        Print(text=bulletin_console(told, width=WIDTH, redact=redact)),
        *(
            Annotate(level="error", place=each.place, message=f"{each.what}; {each.fix}", title="mergefloor")
            for each in told.problems
        ),
    )


def status(sha: str, state: State, line: str, place: Place, *, final: bool = True) -> SetStatus:
    """The status of this run's context."""
    context = place.inputs.status_context
    return SetStatus(
        sha=sha, context=context, state=state, description=line, url=place.stamp.url, final=final
    )


def comment(pull: Pull | None, body: str, place: Place) -> tuple[Effect, ...]:
    """The one comment, where there is a pull request and the workflow wants it."""
    if pull is None or not place.inputs.comment:
        return ()
    return (
        UpsertComment(pull=pull.number, marker=place.marker, body=body, sha=pull.head_sha, stamp=place.stamp),
    )


def done(command: int | None, content: Literal["eyes", "rocket", "confused"]) -> tuple[Effect, ...]:
    """A reaction to the comment that asked, if one did."""
    return () if command is None else (React(comment=command, content=content),)


def outputs_without_report(verdict: str) -> tuple[SetOutput, ...]:
    """The outputs of a run that has no numbers."""
    return (
        SetOutput(name="verdict", value=verdict),
        SetOutput(name="summary", value=json.dumps({"verdict": verdict})),
    )


def _outputs(report: Report, place: Place) -> tuple[Effect, ...]:
    found = [
        SetOutput(name="verdict", value=report.verdict),
        SetOutput(name="summary", value=json.dumps(_digest(report), sort_keys=True)),
        SetOutput(name="cost-usd", value=f"{report.cost.usd:.4f}"),
    ]
    rate = _pass_rate(report)
    found += [SetOutput(name="pass-rate", value=f"{rate:.4f}")] if rate is not None else []
    folder = place.inputs.report_path
    found += [SetOutput(name="report", value=folder)] if folder else []
    return tuple(found)


def _digest(report: Report) -> dict[str, object]:
    """The run in a few numbers, for a later step that wants no file."""
    return {
        "verdict": report.verdict,
        "overridden": report.override is not None,
        "reasons": list(report.reasons[:5]),
        "cost_usd": report.cost.usd,
        "suites": [
            {
                "name": suite.name,
                "verdict": suite.verdict,
                "cases": suite.cases_total,
                "unresolved": suite.cases_unresolved,
                "broken": sum(case.confirmed for case in suite.broken),
                "fixed": sum(case.confirmed for case in suite.fixed),
            }
            for suite in report.suites
            if suite.ran
        ],
    }


def _pass_rate(report: Report) -> float | None:
    """The head's share of passed regression cases over all suites that ran; None when nothing was measured."""
    rates = [
        (metric.head, metric.cases_total)
        for suite in report.suites
        for metric in suite.metrics
        if metric.rule.name == PASS_RATE and metric.suite == suite.name and metric.head is not None
        if metric.case_class == "regression"
    ]
    cases = sum(count for _, count in rates)
    return sum(rate * count for rate, count in rates) / cases if cases else None


def _files(report: Report, place: Place) -> tuple[WriteFile, ...]:
    folder = place.inputs.report_path
    if folder is None:
        return ()
    writers: dict[str, Callable[[], str]] = {
        "comment.md": lambda: markdown(report, marker=place.config, redact=place.redact),
        "report.json": lambda: report_json(report, redact=place.redact),
        "junit.xml": lambda: junit(report, redact=place.redact),
        "report.html": lambda: html(report, redact=place.redact),
    }
    return tuple(WriteFile(path=f"{folder}/{name}", text=write()) for name, write in writers.items())


def _annotation(report: Report, line: str) -> Sequence[Effect]:
    if report.exit_code == 0:
        return ()
    return (Annotate(level="error", message=line, title="mergefloor"),)


def _suggestions(report: Report, task: GateTask, place: Place) -> tuple[Effect, ...]:
    """The lines that mend a version bump that is too small. None wanted any more: what is there is resolved."""
    if task.pull is None or not place.inputs.comment:
        return ()
    wanted = tuple(
        (each, suggestion_text(suite.semver, redact=place.redact))
        for suite in report.suites
        if suite.semver is not None and suite.semver.ok is False
        for each in suite.semver.suggestions
        if _repeatable(each.new, place)
    )
    return (
        SuggestChange(
            pull=task.pull.number,
            marker=place.suggestion_marker,
            sha=task.head,
            suggestions=wanted,
        ),
    )


def _repeatable(line: str, place: Place) -> bool:
    """Whether a line of the change may stand in a comment of ours to the letter, as a click would write it: without
    secrets (T16), hidden characters or comments that only machines read (T59)."""
    return place.redact(line) == visible(line) == line and "<!--" not in line
