"""The runner without its process: the same environment and the same files, our command called in this one.

A start costs a second or two; what a process boundary has to show is shown with the real harness.
"""

from __future__ import annotations

import contextlib
import io
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.hosted import small
from tests.e2e.hosted.team import Team
from tests.e2e.hosted.threats.watching import paused, resumed
from tests.fakes.github import FakeGitHub
from tests.fakes.runner import Ended, Run, RunnerHarness


class Inside(RunnerHarness):
    """Calls `main` as the entry point does: arguments and environment in, exit code out."""

    def run(self, *args: Any, **named: Any) -> Run:
        """One step; only what our command does is watched."""
        with paused():
            return super().run(*args, **named)

    def _start(
        self,
        program: tuple[str, ...],
        env: Mapping[str, str],
        signal_after: float | Callable[[], bool] | None,
        timeout: float,
    ) -> Ended:
        from mergefloor.main import main

        assert signal_after is None, "signals need a process"
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        since = time.monotonic()
        with (
            _in_place_of(env, self.workspace),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            resumed(),
        ):
            code = main(program[program.index("action") :], os.environ)
        seconds = time.monotonic() - since
        assert seconds < timeout, "the run takes too long"
        streams = [each.buffer.getvalue() for each in (out, err)]  # type: ignore[attr-defined]
        return Ended(code=code, stdout=streams[0], stderr=streams[1], orphans=False, seconds=seconds)


@contextmanager
def _in_place_of(env: Mapping[str, str], folder: Path) -> Iterator[None]:
    """The run's environment and folder, for as long as it runs: it takes away what no child may see."""
    before, here = dict(os.environ), Path.cwd()
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def a_team(
    place: Path,
    files: Mapping[str, str] = small.FILES,
    branches: Mapping[str, Mapping[str, str | None]] = small.BRANCHES,
    harness: type[RunnerHarness] = Inside,
) -> Iterator[Team]:
    """A small repository on GitHub and a runner; nothing that it sent was against the rules of the API."""
    folder = place / "repository"
    folder.mkdir(parents=True)
    with FakeGitHub(folder / ".git") as github:
        runner = harness(
            place / "runner",
            api_url=github.url,
            graphql_url=github.graphql_url,
            repository=github.repository,
        )
        made = Team(folder=folder, github=github, runner=runner)
        made.begin(files)
        for branch, changed in branches.items():
            made.commit(branch, changed)
        yield made
    assert github.violations == []


def check_out(team: Team, ref: str) -> Path:
    """What actions/checkout leaves in the workspace when it fetches everything."""
    workspace = team.runner.workspace
    team.git("clone", "-q", str(team.folder), str(workspace))
    team.git("-C", str(workspace), "checkout", "-q", team.sha(ref))
    return workspace
