"""What may the job do, and what is it given? Token, secrets, privileged events, pins (T01, T23, T80)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mergefloor.core.doctor.finding import Finding, Level
from mergefloor.core.doctor.node import Node
from mergefloor.core.doctor.scene import GateJob
from mergefloor.core.doctor.workflow import Job, Workflow, local
from mergefloor.core.gate_setup import ENVIRONMENT

NEEDED: dict[str, tuple[str, Level, str]] = {
    "contents": ("read", "error", "the files of both sides cannot be read"),
    "statuses": ("write", "error", "the commit status, which is what the branch requires, is never written"),
    "pull-requests": ("write", "warning", "the comment cannot be written"),
}
# `mode: model-update` sets no status: it pushes a branch of its own and opens a pull request from it.
UPDATE: dict[str, tuple[str, Level, str]] = {
    "contents": ("write", "error", "the branch of the pull request cannot be pushed"),
    "pull-requests": ("write", "error", "the pull request cannot be opened"),
}
# `mode: scheduled` sets no status either: it adds lines to the branch of data and keeps issues.
SCHEDULED: dict[str, tuple[str, Level, str]] = {
    "contents": ("write", "error", "the history cannot be written, and without one no drift is ever seen"),
    "issues": ("write", "warning", "no issue tells of a drift or of a pin that retires"),
}
# `mode: weekly` publishes its page on that branch.
WEEKLY: dict[str, tuple[str, Level, str]] = {
    "contents": ("write", "error", "the dashboard cannot be published"),
    "issues": ("write", "warning", "no issue has the report"),
}
# `mode: models` reads pins and keeps their issue.
MODELS: dict[str, tuple[str, Level, str]] = {
    "contents": NEEDED["contents"],
    "issues": ("write", "error", "the issue about the models cannot be written"),
}
OF_MODE = {"scheduled": SCHEDULED, "weekly": WEEKLY, "models": MODELS}
READING: dict[str, tuple[str, Level, str]] = {"contents": NEEDED["contents"]}
RANK = {"none": 0, "read": 1, "write": 2}
# What a gate may write; any other right is one that a hijacked step would have too.
HARMLESS = frozenset({"statuses", "pull-requests", "checks", "id-token", "issues"})
OWN_TOKEN = frozenset({"", "${{github.token}}", "${{secrets.GITHUB_TOKEN}}"})
BLOCK = "permissions:\n  contents: read\n  pull-requests: write\n  statuses: write"
_SECRET = re.compile(
    r"\bsecrets\s*(?:\.\s*(\w+)|\[\s*'(\w+)'\s*\]|\))|\bsecrets\s*\[|toJSON\(\s*secrets\s*\)"
)
_HEAD = re.compile(
    r"github\.(?:event\.pull_request\.(?:head|merge)|head_ref)|refs/pull/|workflow_run\.head|issue\.number"
)
_FETCHES = re.compile(
    r"\bgh\s+pr\s+checkout\b|\bgit\s+(?:fetch|pull|checkout|switch|clone)\b[^\n]*(?:pull/|pull_request|head_ref)"
)
_PINNED = re.compile(r"@(?:[0-9a-f]{40}|[0-9a-f]{64})\Z|@sha256:[0-9a-f]{64}\Z")
PRIVILEGED = ("pull_request_target", "issue_comment", "workflow_run")


def permissions(gate: GateJob) -> Iterator[Finding]:
    """Named, enough, and no more."""
    node = gate.setting("permissions")
    if node is None:
        what = f"the job {gate.job.id!r} names no `permissions:`: its token may do whatever the repository's default allows"
        yield Finding(
            rule="missing-permissions",
            level="error",
            place=gate.job.node.place,
            what=what,
            fix=f"write `permissions: {{}}` at the top of the file and in the job\n{BLOCK}",
        )
        return
    pushes = _opens(gate) or gate.mode in {"scheduled", "weekly"}
    yield from _wide(node, HARMLESS | ({"contents"} if pushes else set()))
    if gate.step.gate == "action" and gate.step.input("github-token").replace(" ", "") in OWN_TOKEN:
        yield from _lacking(gate, node)


def _opens(gate: GateJob) -> bool:
    """Whether the step may open a pull request of its own."""
    return gate.mode == "model-update" and gate.step.input("open-pr") not in {"", "false"}


def _needed(gate: GateJob) -> dict[str, tuple[str, Level, str]]:
    if gate.mode == "model-update":
        return UPDATE if _opens(gate) else READING
    return OF_MODE.get(gate.mode, NEEDED)


def _wide(node: Node, harmless: frozenset[str]) -> Iterator[Finding]:
    granted = [("write-all", node)] if node.text == "write-all" else []
    granted += [
        (name, entry) for name, entry in node.entries() if entry.text == "write" and name not in harmless
    ]
    for name, entry in granted:
        said = f"`{name}: write`" if name != "write-all" else "`write-all`"
        yield Finding(
            rule="wide-permissions",
            level="error" if name in {"write-all", "contents", "actions"} else "warning",
            place=entry.place,
            what=f"{said} gives the job more than a gate needs: whoever takes over one of its steps has it too",
            fix=f"write\n{BLOCK}",
        )


def _lacking(gate: GateJob, node: Node) -> Iterator[Finding]:
    rights = {name: entry.text for name, entry in node.entries()}
    if node.text in {"read-all", "write-all"}:
        rights = dict.fromkeys(_needed(gate), node.text.removesuffix("-all"))
    for name, (needed, level, else_) in _needed(gate).items():
        quiet = name == "pull-requests" and (
            gate.step.input("comment") == "false" or gate.mode == "preflight"
        )
        if not quiet and RANK.get(rights.get(name, "none"), 0) < RANK[needed]:
            yield Finding(
                rule="missing-permission",
                level=level,
                place=node.place,
                what=f"the job {gate.job.id!r} has no `{name}: {needed}`: {else_}",
                fix=f"write under its `permissions:`\n{name}: {needed}",
            )


def secrets(gate: GateJob) -> Iterator[Finding]:
    """Keys that only the gate's job can read, and only where the environment's rules let it run."""
    used = [*_secrets(gate.job.node), *_secrets(gate.home.root.at("env"))]
    if used and not gate.job.node.has("environment"):
        name, node = used[0]
        yield Finding(
            rule="secrets-outside-environment",
            level="warning",
            place=node.place,
            what=f"{name} is a secret of the whole repository: any workflow on any branch may read it",
            fix=f"move it with `gh secret set {name} --env {ENVIRONMENT}`, delete it from the repository, and write in "
            f"the job\nenvironment:\n  name: {ENVIRONMENT}\n  deployment: false",
        )


def _secrets(node: Node) -> list[tuple[str, Node]]:
    """Secrets named anywhere below, without the token that every job has."""
    found = [(match, scalar) for scalar in node.scalars() for match in _SECRET.finditer(scalar.text)]
    named = [(match[1] or match[2] or "MERGEFLOOR_CACHE_KEY", scalar) for match, scalar in found]
    return [(name, scalar) for name, scalar in named if name != "GITHUB_TOKEN"]


def privileged(workflow: Workflow) -> Iterator[Finding]:
    """Events that run with the repository's rights for somebody outside it: nothing of theirs may run (T01)."""
    events = [name for name in PRIVILEGED if name in workflow.events]
    for job in workflow.jobs if events else ():
        yield from _checkouts(job, events[0])
        if "pull_request_target" in events and not _elsewhere(job):
            yield from _handed(job)


def _elsewhere(job: Job) -> bool:
    """Whether the job's condition keeps it to other events."""
    named = re.findall(r"github\.event_name\s*==\s*'(\w+)'", job.node.at("if").text)
    return bool(named) and "pull_request_target" not in named


def _checkouts(job: Job, event: str) -> Iterator[Finding]:
    for step in job.steps:
        given = step.node.at("with")
        ref = next((given.at(key) for key in ("ref", "repository") if _HEAD.search(given.at(key).text)), None)
        run = step.node.at("run")
        place = (
            ref.place if ref and "checkout" in step.uses else run.place if _FETCHES.search(run.text) else None
        )
        if place is not None:
            yield Finding(
                rule="target-checkout",
                level="error",
                place=place,
                what=f"the job {job.id!r} runs on {event}, with the repository's rights, and checks out what a stranger "
                "wrote",
                fix="delete the checkout: mergefloor reads both sides through the API, as data",
            )


def _handed(job: Job) -> Iterator[Finding]:
    for name, node in _secrets(job.node)[:1]:
        yield Finding(
            rule="target-secrets",
            level="error",
            place=node.place,
            what=f"the job {job.id!r} runs on pull_request_target for every stranger's pull request and is given {name}",
            fix="delete the secret there; on pull_request_target only `mode: preflight` runs, which needs none",
        )


def pins(workflow: Workflow) -> Iterator[Finding]:
    """A tag can be moved to other code; a commit cannot."""
    used = [job.node.at("uses") for job in workflow.jobs]
    used += [step.node.at("uses") for job in workflow.jobs for step in job.steps]
    for node in used:
        if node.text and local(node.text) is None and not _PINNED.search(node.text):
            name = node.text.partition("@")[0]
            yield Finding(
                rule="floating-pin",
                level="error",
                place=node.place,
                what=f"{node.text!r} is a name that its owner can point at other code at any time",
                fix=_pin_fix(name),
            )


def _pin_fix(name: str) -> str:
    if name.startswith("docker://"):
        return f"write the digest: `{name.rpartition(':')[0] or name}@sha256:...`"
    repository = "/".join(name.split("/")[:2])
    return f"write the commit: `uses: {name}@COMMIT # TAG`; `gh api repos/{repository}/commits/TAG --jq .sha` prints it"
