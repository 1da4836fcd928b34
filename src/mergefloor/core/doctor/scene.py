"""Everything a doctor looks at in a tree: its workflows, and each job in them that runs mergefloor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mergefloor.core.doctor.node import Node
from mergefloor.core.doctor.workflow import Job, Step, Workflow, local
from mergefloor.core.types import Problem

FOLDER = ".github/workflows/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A workflow file that could not be read. `ours`: mergefloor is named in it."""

    problem: Problem
    ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`branch`: the default branch; `minutes`: of the config's budget, None when there is no readable config."""

    workflows: tuple[Workflow, ...]
    branch: str = "main"
    minutes: float | None = None
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateJob:
    """A job that runs mergefloor, and the event file that starts it.

    `workflow`: the file with the events; `home`: the file with the job, the same one unless the job is called;
    `caller`: the job that calls it, None when it is not called.
    """

    workflow: Workflow
    home: Workflow
    job: Job
    step: Step
    caller: Job | None = None

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The job, and the one that calls it: what stops either stops the gate."""
        return (self.job,) if self.caller is None else (self.caller, self.job)

    @property
    def mode(self) -> str:
        """The input `mode` of the action; what an expression gives is not known, and taken for `auto`."""
        mode = self.step.input("mode")
        return "auto" if not mode or "${{" in mode else mode

    @property
    def on_pulls(self) -> bool:
        """Whether this is what gates the repository's own pull requests."""
        return "pull_request" in self.workflow.events and self.mode in {"auto", "gate"}

    def setting(self, key: str) -> Node | None:
        """A setting of the job, else of what surrounds it, nearest first (`permissions`, `concurrency`)."""
        places = [self.job.node, self.home.root]
        if self.caller is not None:
            places += [self.caller.node, self.workflow.root]
        return next((node.at(key) for node in places if node.has(key)), None)


def gate_jobs(workflows: tuple[Workflow, ...]) -> tuple[GateJob, ...]:
    """Every job that runs mergefloor, by itself or in a workflow of the same repository that it calls."""
    files = {workflow.path: workflow for workflow in workflows}
    return tuple(gate for workflow in workflows for gate in _gates(workflow, files))


def _gates(workflow: Workflow, files: Mapping[str, Workflow]) -> Iterator[GateJob]:
    if set(workflow.events) == {"workflow_call"}:
        return
    for job in workflow.jobs:
        for step in job.gates():
            yield GateJob(workflow=workflow, home=workflow, job=job, step=step)
        called = files.get(local(job.calls) or "")
        for inner in called.jobs if called else ():
            for step in inner.gates():
                yield GateJob(workflow=workflow, home=called or workflow, job=inner, step=step, caller=job)


def unseen_calls(workflows: tuple[Workflow, ...]) -> tuple[Job, ...]:
    """Jobs of workflows on pull requests that call a workflow of another repository."""
    return tuple(
        job
        for workflow in workflows
        if "pull_request" in workflow.events
        for job in workflow.jobs
        if job.calls and local(job.calls) is None
    )
