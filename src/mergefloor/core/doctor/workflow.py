"""A workflow as far as a gate cares: events, jobs, steps, and which of the steps runs mergefloor."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from mergefloor.core.doctor.node import Node, Paper
from mergefloor.core.gate_setup import CACHE, CONTEXT

MOST_GATES = 20  # steps of one job
INPUTS = frozenset(
    [
        "anthropic-api-key",
        "anthropic-base-url",
        "base",
        "cache-key",
        "cache-path",
        "comment",
        "config",
        "exit-zero",
        "github-token",
        "head",
        "mode",
        "openai-api-key",
        "openai-base-url",
        "report-path",
        "status-context",
        "suites",
    ]
)
_COMMAND = re.compile(r"(?:^|[\s;&|/(])mergefloor\s+(?:gate|action)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step. `gate`: `action` or `command` (a shell line) when it runs mergefloor, else empty."""

    node: Node
    gate: str

    @property
    def uses(self) -> str:
        """The action it runs, with its ref; empty for a shell step."""
        return self.node.at("uses").text

    def input(self, name: str) -> str:
        """The value of an input of the action; empty when it is not given."""
        return self.node.at("with").at(name).text

    @property
    def context(self) -> str:
        """The commit status that a gate writes here."""
        return self.input("status-context") or CONTEXT

    @property
    def cache_path(self) -> str:
        """Where a gate keeps its answers here."""
        return self.input("cache-path") or CACHE


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One job. `calls`: the reusable workflow that it is, or empty."""

    id: str
    node: Node
    steps: tuple[Step, ...]

    @property
    def calls(self) -> str:
        """The workflow it calls; empty for a job with steps."""
        return self.node.at("uses").text

    @property
    def check(self) -> str:
        """The name of its check on GitHub."""
        return self.node.at("name").text or self.id

    def gates(self) -> Iterator[Step]:
        """The steps that run mergefloor; of more than anybody writes, the first."""
        return islice((step for step in self.steps if step.gate), MOST_GATES)


@dataclass(frozen=True, slots=True, eq=False)
class Workflow:
    """One file under .github/workflows."""

    root: Node
    events: Mapping[str, Node]
    jobs: tuple[Job, ...]

    @property
    def path(self) -> str:
        """Its path in the repository."""
        return self.root.paper.path


def read_workflow(paper: Paper, own: Collection[str]) -> Workflow:
    """A parsed file as a workflow. `own`: folders of local actions that are mergefloor, empty for the top."""
    root = Node(paper, (), paper.value)
    jobs = tuple(_job(name, node, own) for name, node in root.at("jobs").entries())
    return Workflow(root, _events(root.at("on")), jobs)


def _events(on: Node) -> dict[str, Node]:
    """`on:` may be a word, a list of words or a mapping."""
    if isinstance(on.value, dict):
        return dict(on.entries())
    return {word: Node(on.paper, on.keys, None) for word in on.words}


def _job(name: str, node: Node, own: Collection[str]) -> Job:
    return Job(name, node, tuple(Step(step, gate_kind(step, own)) for step in node.at("steps").rows()))


def local(uses: str) -> str | None:
    """The path in the same repository that `./path` (the checkout) or `$/path` (the commit that runs) means.

    Empty for the top; None for what is elsewhere. `$/`: GitHub's changelog of 2026-07-30.
    """
    if not uses.startswith(("./", "$/")):
        return None
    return uses[2:].removeprefix("./").strip("/")


def gate_kind(step: Node, own: Collection[str]) -> str:
    """How a step runs mergefloor: by an action of that name (or one with exactly our inputs), by a command, or not."""
    uses = step.at("uses").text
    if not uses:
        return "command" if _COMMAND.search(step.at("run").text) else ""
    if (folder := local(uses)) is not None:
        return "action" if folder in own else ""
    names = {name for name, _ in step.at("with").entries()}
    ours = "cache-key" in names and names <= INPUTS
    parts = re.split(r"[/:@]", uses.removeprefix("docker://").lower())
    return "action" if ours or "mergefloor" in parts[1:] else ""
