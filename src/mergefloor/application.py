"""Commands to modes: each builds what its mode needs from the adapters, applies nothing, and closes everything."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from mergefloor.caches import run_cache
from mergefloor.core.doctor.remote import is_repository, repository_at
from mergefloor.core.effects import Outcome, WriteFile
from mergefloor.core.hub import Hub
from mergefloor.errors import RepositoryError, UsageError
from mergefloor.modes import calibrate, demo, doctor, explain, gate, init, queries, record, schema, validate
from mergefloor.modes.world import World
from mergefloor.release import our_action, pins
from mergefloor.repo import LocalRepo
from mergefloor.repo.example import build_example, check_example
from mergefloor.wiring import Env, for_git, unasked, warn, world

GITHUB = "https://github.com"
PATIENCE_S = 30.0  # with GitHub, while somebody waits at a terminal
BASES = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


def run_gate(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor gate`."""
    with world(Path(invocation.repo), invocation.cache, env) as everything:
        request = gate.GateRequest(
            base=invocation.base or default_base(everything),
            head=invocation.head,
            suites=tuple(invocation.suite),
            config=invocation.config,
            report_dir=invocation.report,
            json_path=invocation.json,
            comment_path=invocation.comment,
            offline=invocation.offline,
            color=sys.stdout.isatty() and "NO_COLOR" not in env,
            width=shutil.get_terminal_size((80, 24)).columns,
        )
        _mention_uncommitted(everything, invocation.head)
        return gate.run(request, everything)


def _mention_uncommitted(everything: World, head: str) -> None:
    """Somebody who edits and forgets to commit must not read the verdict as one on the edit."""
    repo = everything.repo
    if head == "HEAD" and repo.changes(repo.snapshot("HEAD"), repo.snapshot("WORKTREE")):
        warn("uncommitted work was not looked at; `--head WORKTREE` gates it")


def default_base(everything: World) -> str:
    """The branch a change is merged into: the remote's default branch, else main or master."""
    everything.repo.snapshot("HEAD")  # where nothing can be read at all, the error says why
    for ref in BASES:
        try:
            everything.repo.snapshot(ref)
        except RepositoryError:
            continue
        return ref
    raise UsageError("no base branch was found", f"name it: `--base REF` (tried {', '.join(BASES)})")


def run_explain(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor explain CASE`."""
    with world(Path(invocation.repo), invocation.cache, env) as everything:
        request = explain.ExplainRequest(
            case=invocation.case,
            base=invocation.base or default_base(everything),
            head=invocation.head,
            config=invocation.config,
            width=shutil.get_terminal_size((80, 24)).columns,
        )
        return explain.run(request, everything)


def run_record(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor record`."""
    with world(Path(invocation.repo), invocation.cache, env) as everything:
        request = record.RecordRequest(
            ref=invocation.ref,
            suites=tuple(invocation.suite),
            config=invocation.config,
            report_dir=invocation.report,
            width=shutil.get_terminal_size((80, 24)).columns,
        )
        return record.run(request, everything)


def run_calibrate(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor calibrate`."""
    with world(Path(invocation.repo), invocation.cache, env) as everything:
        request = calibrate.CalibrateRequest(
            ref=invocation.ref,
            grader=invocation.grader,
            config=invocation.config,
            report_dir=invocation.report,
            json_path=invocation.json,
            offline=invocation.offline,
            width=shutil.get_terminal_size((80, 24)).columns,
        )
        return calibrate.run(request, everything)


def run_queries(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor queries`."""
    with world(Path(invocation.repo), invocation.cache, env) as everything:
        request = queries.QueriesRequest(
            ref=invocation.ref,
            suites=tuple(invocation.suite),
            config=invocation.config,
            offline=invocation.offline,
            width=shutil.get_terminal_size((80, 24)).columns,
        )
        return queries.run(request, everything)


def run_validate(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor validate`."""
    with LocalRepo(Path(invocation.repo), environ=for_git(env)) as repo, unasked(env) as models:
        return validate.run(repo.snapshot(invocation.ref), invocation.config, models, now=time.time())


def run_init(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor init`: paths of its effects are relative to the repository."""
    with LocalRepo(Path(invocation.repo), environ=for_git(env)) as repo:
        request = init.InitRequest(
            force=invocation.force,
            forks=invocation.forks,
            schedule=invocation.schedule,
            branch=repo.default_branch(),
            gate=our_action(invocation.action),
            pins=pins(),
        )
        outcome = init.run(repo.snapshot("WORKTREE"), request)
        placed = [
            replace(e, path=str(repo.top / e.path)) if isinstance(e, WriteFile) else e
            for e in outcome.effects
        ]
        return replace(outcome, effects=tuple(placed))


def run_doctor(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor doctor`: what is here, and with a token also what GitHub requires."""
    with LocalRepo(Path(invocation.repo), environ=for_git(env)) as repo:
        named = invocation.github or repository_at(repo.origin() or "", env.get("GITHUB_SERVER_URL", GITHUB))
        if named is not None and not is_repository(named):
            raise UsageError(f"`--github {named}` names no repository", "type it as OWNER/NAME")
        request = doctor.DoctorRequest(
            branch=repo.default_branch(), as_json=invocation.json, repository=named
        )
        with _hub(named, env) as hub:
            return doctor.run(request, repo.snapshot("WORKTREE"), hub)


@contextmanager
def _hub(repository: str | None, env: Env) -> Iterator[Hub | None]:
    """GitHub, where it is known which repository is meant and with which token; for half a minute at the most."""
    token = env.get("GITHUB_TOKEN") or env.get("GH_TOKEN")
    if repository is None or not token:
        yield None
        return
    from mergefloor.gh import Client, GitHub  # half a second that no other command pays

    client = Client(
        token=token,
        repository=repository,
        api_url=env.get("GITHUB_API_URL", "https://api.github.com"),
        graphql_url=env.get("GITHUB_GRAPHQL_URL", "https://api.github.com/graphql"),
    )
    with client.within(PATIENCE_S):
        yield GitHub(client)


def run_schema(_invocation: argparse.Namespace, _env: Env) -> Outcome:
    """`mergefloor schema`."""
    return schema.run()


def run_demo(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor demo`: in a folder of its own, with a cache of its own."""
    source = examples() / Path(invocation.example).name
    check_example(source)
    with tempfile.TemporaryDirectory(prefix="mergefloor-demo-") as folder:
        repo = Path(folder) / "repo"
        repo.mkdir()
        build_example(source, repo, for_git(env))
        with world(repo, str(Path(folder) / "cache"), env) as everything:
            return demo.run(invocation.example, everything)


def examples() -> Path:
    """The example repositories: inside an installed package, else in the checkout."""
    packaged = Path(__file__).parent / "_examples"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "examples"


def run_action(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor action`, imported on use: nobody on a laptop pays for GitHub's client."""
    from mergefloor import action

    return action.run_action(invocation, env)


def run_label(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor label`, imported on use: the terminal is for nobody else."""
    from mergefloor import labelling

    return labelling.run_label(invocation, env, BASES)


def run_history(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor scheduled` and `mergefloor weekly`, imported on use."""
    from mergefloor import schedules

    return schedules.RUNS[invocation.mode](invocation, env)


def run_updates(invocation: argparse.Namespace, env: Env) -> Outcome:
    """`mergefloor model-update` and `mergefloor models`, imported on use."""
    from mergefloor import updates

    return updates.RUNS[invocation.mode](invocation, env)


MODES: dict[str, Callable[[argparse.Namespace, Env], Outcome]] = {
    "gate": run_gate,
    "explain": run_explain,
    "record": run_record,
    "scheduled": run_history,
    "weekly": run_history,
    "calibrate": run_calibrate,
    "label": run_label,
    "model-update": run_updates,
    "models": run_updates,
    "queries": run_queries,
    "validate": run_validate,
    "init": run_init,
    "doctor": run_doctor,
    "schema": run_schema,
    "demo": run_demo,
    "cache": run_cache,
    "action": run_action,
}
