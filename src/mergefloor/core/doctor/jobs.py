"""Does the job run to its end, and does its end count? Conditions, matrices, tolerance, names, time (T32; PLATFORM 1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mergefloor.core.doctor.finding import Finding
from mergefloor.core.doctor.node import Node
from mergefloor.core.doctor.scene import GateJob
from mergefloor.core.types import Place

# Conditions that hold in a job that waits for nothing.
HOLDS = frozenset({"", "true", "always()", "success()", "!cancelled()"})
REPORT_MINUTES = 3  # after the last call of a budget: the report, the comment, the status
SKIPPED = "a skipped job counts as passed, and the status is never written"
_EXPRESSION = re.compile(r"\$\{\{(.*)\}\}\Z", re.DOTALL)
_SHRUGGED = re.compile(r"mergefloor\s+(?:gate|action)\b[^\n]*?\|\|\s*(?:true|:|exit\s+0|echo)")


def inner(text: str) -> str:
    """An expression without `${{ }}` and spaces."""
    found = _EXPRESSION.match(text.strip())
    return (found[1] if found else text).replace(" ", "")


def conditions(gate: GateJob) -> Iterator[Finding]:
    """`if:`, `needs:` and a matrix can each leave the job out."""
    for job in gate.jobs:
        node = job.node
        if inner(node.at("if").text) not in HOLDS:
            fix = "delete the `if:`; the action itself knows which events ask for what"
            yield _skips("job-condition", node.at("if").place, f"`if:` can skip the job {job.id!r}", fix)
        if node.has("needs"):
            fix = "delete `needs:`; mergefloor reads the repository through the API and waits for nothing"
            what = f"the job {job.id!r} is skipped when a job that it `needs` fails"
            yield _skips("job-needs", node.at("needs").place, what, fix)
        if node.at("strategy").has("matrix"):
            fix = "delete `strategy:`; one run decides about every suite"
            what = f"a matrix makes the job {job.id!r} run several times for one status, or, when it is empty, never"
            yield _skips("job-matrix", node.at("strategy").at("matrix").place, what, fix)


def _skips(rule: str, place: Place, what: str, fix: str) -> Finding:
    return Finding(rule=rule, level="error", place=place, what=f"{what}: {SKIPPED}", fix=fix)


def step_conditions(gate: GateJob) -> Iterator[Finding]:
    """A step that is skipped leaves a green job and no status."""
    node = gate.step.node
    if inner(node.at("if").text) not in HOLDS:
        yield Finding(
            rule="step-condition",
            level="error",
            place=node.at("if").place,
            what="`if:` can skip the step that runs mergefloor: the job is green although nothing was evaluated",
            fix="delete the `if:` of the step",
        )


def tolerance(gate: GateJob) -> Iterator[Finding]:
    """A failure that is shrugged off."""
    for node in (*(job.node for job in gate.jobs), gate.step.node):
        allowed = node.at("continue-on-error")
        if allowed.text not in {"", "false"}:
            what = "`continue-on-error:` makes the job green whatever mergefloor finds"
            yield _tolerated(allowed.place, what, "delete `continue-on-error:`")
    if gate.step.gate == "command" and _SHRUGGED.search(gate.step.node.at("run").text):
        what = "`|| true` after the command makes the job green whatever mergefloor finds"
        yield _tolerated(gate.step.node.at("run").place, what, "delete what follows `||`")


def _tolerated(place: Place, what: str, fix: str) -> Finding:
    return Finding(rule="continue-on-error", level="error", place=place, what=what, fix=fix)


def exit_zero(gate: GateJob) -> Iterator[Finding]:
    """The second gate, the job's exit code, switched off."""
    if gate.step.input("exit-zero").lower() not in {"", "false"}:
        yield Finding(
            rule="exit-zero",
            level="warning",
            place=gate.step.node.at("with").at("exit-zero").place,
            what="`exit-zero:` makes the job green whatever mergefloor finds: only the commit status blocks, and only "
            "where it is required",
            fix="delete `exit-zero:`",
        )


def names(gate: GateJob) -> Iterator[Finding]:
    """A check and a status of one name are taken for each other."""
    job = gate.job
    if gate.caller is None and job.check == gate.step.context:
        yield Finding(
            rule="job-named-as-status",
            level="error",
            place=(job.node.at("name") if job.node.has("name") else job.node).place,
            what=f"the job and the commit status are both called {job.check!r}: GitHub then requires both, and the job's "
            "own result can hold up or hide the verdict",
            fix="give the job another name, `evaluate`",
        )


def times(gate: GateJob, minutes: float | None) -> Iterator[Finding]:
    """Time enough to report, and an end when something hangs."""
    limit = gate.job.node.at("timeout-minutes")
    if not gate.job.node.has("timeout-minutes"):
        fix = f"write `timeout-minutes: {round((minutes or 20) + 10)}` under the job"
        what = f"the job {gate.job.id!r} has no `timeout-minutes:`: one that hangs leaves the status pending for 6 hours"
        yield Finding(rule="missing-timeout", level="warning", place=gate.job.node.place, what=what, fix=fix)
    for node in (limit, gate.step.node.at("timeout-minutes")):
        yield from _short(node, minutes)


def _short(node: Node, minutes: float | None) -> Iterator[Finding]:
    value = node.value
    if minutes is None or isinstance(value, bool) or not isinstance(value, int | float):
        return
    if value < minutes + REPORT_MINUTES:
        yield Finding(
            rule="short-timeout",
            level="error",
            place=node.place,
            what=f"`timeout-minutes: {value:g}` ends the run before it can report: the budget alone may take "
            f"{minutes:g} minutes",
            fix=f"write `timeout-minutes: {minutes + 10:g}`, or lower `budget: {{minutes: ...}}` in mergefloor.yml",
        )


def cancels(gate: GateJob) -> Iterator[Finding]:
    """Runs of the queue and of the default branch must end by themselves."""
    others = [name for name in ("merge_group", "push") if name in gate.workflow.events]
    places = [gate.workflow.root, gate.home.root, *(job.node for job in gate.jobs)]
    for place in dict.fromkeys(
        node.at("concurrency").at("cancel-in-progress").place for node in places if _always(node)
    ):
        if others:
            yield Finding(
                rule="cancels-runs",
                level="error",
                place=place,
                what=f"`cancel-in-progress: true` also cancels runs on {' and '.join(others)}: a group leaves the merge "
                "queue, or the base's answers are never kept",
                fix="write `cancel-in-progress: ${{ github.event_name == 'pull_request' }}`",
            )


def _always(node: Node) -> bool:
    return inner(node.at("concurrency").at("cancel-in-progress").text) == "true"
