"""Does mergefloor run whenever it has to? Events, their filters and types (T32; PLATFORM 1)."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence

from mergefloor.core.doctor.finding import Finding
from mergefloor.core.doctor.node import Node
from mergefloor.core.doctor.scene import GateJob

DEFAULT_TYPES = ("opened", "synchronize", "reopened")
TYPES_LINE = "types: [opened, synchronize, reopened, ready_for_review, edited]"
WITHOUT: dict[str, str] = {
    "opened": "a new pull request is not looked at",
    "synchronize": "a push to an open pull request is not looked at",
    "reopened": "a reopened pull request is not looked at",
    "edited": "a pull request that passed against another base can be pointed at this one and keeps its green status",
}
PATHS = ("paths", "paths-ignore")
BRANCHES = ("branches", "branches-ignore")


def filters(gate: GateJob) -> Iterator[Finding]:
    """A filtered workflow does not run, and a required status that nobody writes stays `Expected` for ever."""
    for event in ("pull_request", "merge_group"):
        node = gate.workflow.events.get(event)
        for key in (*PATHS, *BRANCHES) if node else ():
            if node is not None and node.has(key):
                yield _filter(event, node.at(key), key)


def _filter(event: str, node: Node, key: str) -> Finding:
    kind = "path-filter" if key in PATHS else "branch-filter"
    return Finding(
        rule=kind,
        level="error",
        place=node.place,
        what=f"`{key}:` on {event} keeps the workflow from running: the status is never written, the merge waits for "
        "ever, and sooner or later the check is made optional",
        fix=f"delete `{key}:`; mergefloor itself sees what a change touches and passes what touches nothing",
    )


def types(gate: GateJob) -> Iterator[Finding]:
    """Every change of a pull request, its base included, asks again."""
    node = gate.workflow.events["pull_request"]
    listed = node.at("types")
    named = listed.words if node.has("types") else DEFAULT_TYPES
    missing = [name for name in WITHOUT if name not in named]
    if missing:
        what = "; ".join(WITHOUT[name] for name in missing)
        yield Finding(
            rule="missing-types",
            level="error",
            place=(listed if node.has("types") else node).place,
            what=f"pull_request runs without the type {', '.join(f'`{name}`' for name in missing)}: {what}",
            fix=f"write under `pull_request:`\n{TYPES_LINE}",
        )


def queue(gates: Sequence[GateJob]) -> Iterator[Finding]:
    """The merge queue asks about commits of its own."""
    if any("merge_group" in gate.workflow.events for gate in gates):
        return
    yield Finding(
        rule="missing-merge-group",
        level="error",
        place=gates[0].workflow.root.at("on").place,
        what="the workflow does not run on `merge_group`: in a merge queue the status is never written and every merge "
        "times out",
        fix="write under `on:`\nmerge_group:\n  types: [checks_requested]",
    )


def base_cache(gates: Sequence[GateJob], branch: str) -> Iterator[Finding]:
    """A cache that pull requests may read is written by runs on the default branch alone."""
    pushes = [gate.workflow.events["push"] for gate in gates if "push" in gate.workflow.events]
    if any(_covers(push, branch) for push in pushes):
        return
    place = pushes[0].place if pushes else gates[0].workflow.root.at("on").place
    yield Finding(
        rule="missing-push",
        level="warning",
        place=place,
        what=f"mergefloor does not run on pushes to {branch!r}: every pull request pays for the base's answers again",
        fix=f"write under `on:`\npush:\n  branches: [{branch}]",
    )


def _covers(push: Node, branch: str) -> bool:
    """Whether a push to the branch starts the workflow. Patterns by glob; the last that matches counts."""
    if push.has("branches-ignore"):
        return not any(fnmatch.fnmatchcase(branch, pattern) for pattern in push.at("branches-ignore").words)
    if not push.has("branches"):
        return not (push.has("tags") or push.has("tags-ignore"))
    covered = False
    for pattern in push.at("branches").words:
        if fnmatch.fnmatchcase(branch, pattern.removeprefix("!").replace("\\", "")):
            covered = not pattern.startswith("!")
    return covered
