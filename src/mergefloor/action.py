"""`mergefloor action`: one run on GitHub, from the event to the exit code.

Order matters: the environment is copied and cleared first, the status is pending before anything is paid for, and
whatever happens afterwards settles it. Signals, bugs and refusals of GitHub all end here.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import Literal, TypeAlias

from mergefloor.core.activity import Job
from mergefloor.core.effects import Annotate, Outcome, Print, SetStatus
from mergefloor.core.ports import Repo
from mergefloor.delivery import Delivery
from mergefloor.errors import MergefloorError, RepositoryError
from mergefloor.gh import ApiRepo, Client, Clocks, GitHub
from mergefloor.modes.action.admission import admit, own_commit
from mergefloor.modes.action.ending import ending
from mergefloor.modes.action.perform import answer, opening, perform
from mergefloor.modes.action.place import config_path, place_of
from mergefloor.modes.action.posting import outputs_without_report, status
from mergefloor.modes.action.tasks import (
    CalibrateTask,
    ExplainTask,
    GateTask,
    LookTask,
    ModelsTask,
    ModelUpdateTask,
    Nothing,
    OverrideTask,
    RecordTask,
    ScheduledTask,
    WeeklyTask,
)
from mergefloor.render import Redactor
from mergefloor.repo import LocalRepo
from mergefloor.runner import Runner, guarded, read_job, seal, secrets_of
from mergefloor.wiring import Env, for_git, hosted_world

RESUME = "what was paid for is saved, a re-run resumes"
UNFINISHED = "did not finish: the run was killed, see its log; a re-run resumes"
# What actions/checkout writes into .git/config: the token itself up to v5, since then where the file with it lies (T09).
LEFT_BEHIND = ("extraheader", "git-credentials-")
HURRY_S = 3.0  # after a signal the runner waits 7.5 s before the next one (R32)
FINISH_S = 60.0
ADMISSION_S = 180.0  # two or three questions; a rate limit that ends soon is waited for
ExitCode: TypeAlias = Literal[0, 1, 2, 3]
Working: TypeAlias = (
    GateTask
    | LookTask
    | RecordTask
    | CalibrateTask
    | ModelUpdateTask
    | ModelsTask
    | ScheduledTask
    | WeeklyTask
    | ExplainTask
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Everything that one run on GitHub carries with it."""

    job: Job
    client: Client
    hub: GitHub
    delivery: Delivery
    runner: Runner
    env: Env
    redact: Redactor


def run_action(invocation: argparse.Namespace, env: Env, *, clocks: Clocks | None = None) -> Outcome:
    """The entry point of the container. Its effects are applied here, in two steps: the outcome holds only the code.

    `clocks`: the time that GitHub is given.
    """
    sys.stderr = guarded(sys.stderr)  # the runner obeys commands there too, whoever wrote them (T55)
    told = dict(env)
    try:
        session = _session(told, clocks or Clocks())
    except MergefloorError as error:
        if told.get("GITHUB_ACTIONS") != "true":
            raise
        redact = Redactor()
        end = ending(error, url="", redact=redact)
        _runner(told, redact, ()).apply(end.said)
        return Outcome(exit_code=end.exit_code)
    try:
        code = _finish(session) if invocation.finish else _settled(session)
    finally:
        session.client.close()
    return Outcome(exit_code=code)


def _session(told: Env, clocks: Clocks) -> Session:
    """Everything that the environment tells, read once; what a child must not see is gone after this (T04)."""
    job = read_job(told, read=lambda path: Path(path).read_bytes(), now=clocks.wall())
    secrets = secrets_of(job.inputs)
    redact = Redactor(secrets)
    sys.stderr = guarded(sys.stderr, redact)  # warnings, progress, and what a bug of ours has to say (T16)
    runner = _runner(told, redact, secrets)
    seal(os.environ)
    client = Client(
        token=job.inputs.token,
        repository=job.repository,
        api_url=job.api_url,
        graphql_url=job.graphql_url,
        clocks=clocks,
    )
    hub = GitHub(client)
    return Session(
        job=job,
        client=client,
        hub=hub,
        delivery=Delivery(hub, runner, client.within, Path(job.workspace)),
        runner=runner,
        env=told,
        redact=redact,
    )


def _runner(told: Env, redact: Redactor, secrets: Sequence[str]) -> Runner:
    return Runner(told, out=sys.stdout, token=lambda: token_hex(16), redact=redact, secrets=secrets)


def _settled(session: Session) -> ExitCode:
    """Run, and leave no pending status behind whatever happens."""
    settle, say = session.delivery.settle, session.runner.apply
    try:
        return _run(session)
    except KeyboardInterrupt:
        settle("error", f"cancelled: {RESUME}", seconds=HURRY_S)
        say([*outputs_without_report("error"), Print(text=f"mergefloor: stopped; {RESUME}")])
        return 2
    except MergefloorError as error:
        end = ending(error, url=session.job.stamp.url, redact=session.redact)
        settle(end.state, end.line)
        say(end.said)
        return end.exit_code
    except Exception:
        settle("error", "a bug of mergefloor stopped the run; its log says more")
        say(outputs_without_report("error"))
        raise


def _run(session: Session) -> ExitCode:
    delivery, place = session.delivery, place_of(session.job, session.redact)
    own = own_commit(session.job)
    delivery.expect(None if own is None else status(own, "error", "", place))
    with session.client.within(ADMISSION_S):
        task = admit(session.job, session.hub)
    delivery.expect(None)
    delivery.begin(opening(task, place))
    if isinstance(task, Nothing | OverrideTask):
        return delivery.conclude(answer(task, place, session.hub), exit_zero=False)
    stopped: list[bool] = []
    with (
        _repository(task, session) as repo,
        hosted_world(repo, session.job, session.env, session.redact, lambda: stopped.append(True)) as world,
    ):
        place = place_of(session.job, session.redact, config_path(repo, _commits(task)))
        whole = replace(world, data=ApiRepo(session.client))
        outcome = perform(task, place, whole, session.hub, lambda: bool(stopped))
    if stopped:
        delivery.conclude(outcome, exit_zero=False, seconds=HURRY_S)
        return 2
    return delivery.conclude(outcome, exit_zero=session.job.inputs.exit_zero)


def _commits(task: Working) -> tuple[str, ...]:
    """The commits that a task reads, the binding one first."""
    match task:
        case GateTask():
            return (task.base, task.head)
        case LookTask() | ExplainTask():
            return (task.base, task.pull.head_sha)
        case (
            RecordTask() | CalibrateTask() | ModelUpdateTask() | ModelsTask() | ScheduledTask() | WeeklyTask()
        ):
            return (task.sha,)


@contextmanager
def _repository(task: Working, session: Session) -> Iterator[Repo]:
    """The checkout, when it is there and holds every commit with its history; else GitHub's API."""
    commits = _commits(task)
    with _checkout(session) as local:
        if local is not None and _complete(local, commits):
            yield local
            return
    fork = task.pull.head_repo if isinstance(task, GateTask | LookTask | ExplainTask) and task.pull else None
    yield ApiRepo(session.client, head_repository=fork)


@contextmanager
def _checkout(session: Session) -> Iterator[LocalRepo | None]:
    folder = Path(session.job.workspace) if session.job.workspace else None
    if folder is None or not (folder / ".git").exists():
        yield None
        return
    if any(sign in _git_config(folder) for sign in LEFT_BEHIND):
        text = "the checkout left a token behind (see .git/config), which code of the repository can read: set `persist-credentials: false`"
        session.runner.apply([Annotate(level="warning", message=text, title="mergefloor")])
    with LocalRepo(folder, environ=for_git(session.env)) as repo:
        yield repo


def _git_config(folder: Path) -> str:
    try:
        return (folder / ".git" / "config").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _complete(repo: LocalRepo, commits: tuple[str, ...]) -> bool:
    """Whether the checkout answers everything that will be asked. A shallow one has no merge base."""
    try:
        trees = [repo.snapshot(commit) for commit in commits]
        repo.merge_base(trees[0], trees[-1])
    except RepositoryError:
        return False
    return True


def _finish(session: Session) -> ExitCode:
    """The step after ours, in a container of its own: a run that was killed left its status pending."""
    sha, context = session.env.get("STATE_sha"), session.env.get("STATE_context")
    if not sha or not context or session.env.get("STATE_done"):
        return 0
    latest = session.hub.status(sha, context)
    if latest is None or latest.state != "pending" or latest.url != session.env.get("STATE_url", ""):
        return 0
    last = SetStatus(sha=sha, context=context, state="error", description=UNFINISHED, url=latest.url)
    with session.client.within(FINISH_S):
        session.hub.apply(last)
    return 0
