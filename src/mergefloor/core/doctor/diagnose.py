"""Every rule over everything that was read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from mergefloor.core.doctor import caches, events, jobs, owners, rights, schedules
from mergefloor.core.doctor.branch import BranchRules, Wanted, branch_findings, branch_gaps
from mergefloor.core.doctor.finding import Diagnosis, Finding, Unchecked
from mergefloor.core.doctor.scene import GateJob, Scene, gate_jobs, unseen_calls
from mergefloor.core.gate_setup import CONTEXT, WORKFLOW
from mergefloor.core.owners import CodeOwners
from mergefloor.core.types import Place

MOST = 100  # findings of one workflow; a file with more was not written by a person
Rule = Callable[[GateJob], Iterator[Finding]]
UNPAID = ("preflight", "weekly")  # modes that ask no model: the budget's minutes are not theirs
# What gates pull requests must not be kept from running, or its result from counting.
PULL_RULES: tuple[Rule, ...] = (
    events.filters,
    events.types,
    jobs.conditions,
    jobs.step_conditions,
    jobs.names,
    jobs.cancels,
    caches.caches,
)
# What every job that runs mergefloor keeps to, also the ones for forks and commands.
JOB_RULES: tuple[Rule, ...] = (jobs.tolerance, jobs.exit_zero, rights.permissions, rights.secrets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What needs owners: the CODEOWNERS file, None when there is none, and per line for it the files meant."""

    owners: CodeOwners | None = None
    files: Mapping[str, Sequence[str]] = field(default_factory=dict)


def diagnose(
    scene: Scene,
    watched: Watched,
    seen: BranchRules | None = None,
    states: Mapping[str, str] | None = None,
) -> Diagnosis:
    """Find what makes this gate toothless. `seen`: what GitHub told of the default branch, None when nobody asked;
    `states`: of workflows that run by the clock, by path."""
    gates = gate_jobs(scene.workflows)
    pulls = [gate for gate in gates if gate.on_pulls]
    found = [*_of_files(scene, gates), *_of_all(scene, gates, pulls), *_unread(scene)]
    found += owners.unowned(watched.owners, watched.files)
    found += schedules.asleep(gates, states or {})
    gaps = [*_unseen(scene, pulls)]
    if seen is not None:
        wanted = _wanted(pulls, watched)
        found += branch_findings(seen, wanted)
        gaps += branch_gaps(seen, wanted)
    return Diagnosis(
        findings=tuple(sorted(dict.fromkeys(found), key=_order)),
        unchecked=tuple(gaps),
        workflows=tuple(dict.fromkeys(gate.workflow.path for gate in gates)),
    )


def _of_files(scene: Scene, gates: Sequence[GateJob]) -> Iterator[Finding]:
    """At most MOST findings a file with events."""
    for path in dict.fromkeys(gate.workflow.path for gate in gates):
        mine = [gate for gate in gates if gate.workflow.path == path]
        yield from islice(_of_file(scene, mine), MOST)


def _of_file(scene: Scene, gates: Sequence[GateJob]) -> Iterator[Finding]:
    for workflow in dict.fromkeys(home for gate in gates for home in (gate.workflow, gate.home)):
        yield from rights.pins(workflow)
        yield from rights.privileged(workflow)
    for gate in gates:
        yield from jobs.times(gate, None if gate.mode in UNPAID else scene.minutes)
        for rule in (*JOB_RULES, *(PULL_RULES if gate.on_pulls else ())):
            yield from rule(gate)


def _of_all(scene: Scene, gates: Sequence[GateJob], pulls: Sequence[GateJob]) -> Iterator[Finding]:
    """What one file of several has to do."""
    if pulls:
        yield from events.queue(gates)
        yield from events.base_cache(gates, scene.branch)
    elif not unseen_calls(scene.workflows):
        place = gates[0].workflow.root.at("on").place if gates else Place(path=WORKFLOW)
        yield Finding(
            rule="no-gate",
            level="error",
            place=place,
            what="no workflow runs mergefloor on `pull_request`: nothing is gated",
            fix="type `mergefloor init`, which writes one",
        )


def _unread(scene: Scene) -> Iterator[Finding]:
    for file in scene.unread:
        doubt = "mergefloor is named in it" if file.ours else "whether it runs mergefloor is unknown"
        yield Finding(
            rule="unreadable-workflow",
            level="error" if file.ours else "warning",
            place=file.problem.place,
            what=f"the workflow cannot be read, {doubt}: {file.problem.what}",
            fix=file.problem.fix,
        )


def _unseen(scene: Scene, pulls: Sequence[GateJob]) -> Iterator[Unchecked]:
    for job in unseen_calls(scene.workflows):
        if not pulls or "mergefloor" in job.calls:
            yield Unchecked(
                what=f"{job.node.at('uses').place}: the job {job.id!r} calls {job.calls!r}, which is in another repository",
                fix="run `mergefloor doctor` in that repository, or write the job's steps here: `mergefloor init`",
                vital=not pulls,
            )


def _wanted(pulls: Iterable[GateJob], watched: Watched) -> Wanted:
    contexts = dict.fromkeys(gate.step.context for gate in pulls) or {CONTEXT: None}
    return Wanted(
        contexts=tuple(contexts),
        jobs=tuple(dict.fromkeys(" / ".join(job.check for job in gate.jobs) for gate in pulls)),
        owners=watched.owners is not None,
    )


def _order(finding: Finding) -> tuple[bool, str, int]:
    place = finding.place
    return (place is None, place.path if place else "", place.line if place else 0)
