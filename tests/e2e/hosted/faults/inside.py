"""The action in this very process, over real HTTP, with the time of a test: hundreds of runs in a minute."""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from tests.e2e.hosted.team import Team
from tests.fakes.runner import Ended, RunnerHarness

from mergefloor.action import run_action
from mergefloor.errors import MergefloorError
from mergefloor.gh import Clocks


@dataclass(slots=True)
class Watch:
    """Time that passes only where somebody waits: `waited` in seconds, in order."""

    waited: list[float] = field(default_factory=list)

    @property
    def clocks(self) -> Clocks:
        """For a run."""
        return Clocks(steady=lambda: 1_000.0 + sum(self.waited), sleep=self.waited.append)


def fast(speed: float) -> Clocks:
    """Real time, but `speed` seconds of it pass in one: what hangs for minutes hangs for a moment."""
    return Clocks(
        steady=lambda: time.monotonic() * speed,
        sleep=lambda seconds: time.sleep(seconds / speed),
        speed=speed,
    )


class Inside(RunnerHarness):
    """A runner whose steps are calls. A bug of ours is raised here instead of being told in a sentence."""

    def __init__(
        self, *args: Any, clocks: Callable[[], Clocks] = lambda: Watch().clocks, **named: Any
    ) -> None:
        super().__init__(*args, **named)
        self.clocks, self.alone = clocks, True

    def other(self, name: str, run_id: int, started: float) -> Inside:
        """Another runner of the same repository, with a folder of its own and a run that starts at another time."""
        made = Inside(
            self.workspace.parent / name,
            api_url=self._urls["GITHUB_API_URL"],
            graphql_url=self._urls["GITHUB_GRAPHQL_URL"],
            repository=self._repository,
            clocks=lambda: replace(Watch().clocks, wall=lambda: started),
        )
        made.run_id = run_id
        return made

    @classmethod
    def like(cls, team: Team, **named: Any) -> Inside:
        """The runner of a team, with its folder, but inside."""
        return cls(
            team.runner.workspace.parent,
            api_url=team.github.url,
            graphql_url=team.github.graphql_url,
            repository=team.github.repository,
            **named,
        )

    def _start(
        self,
        program: tuple[str, ...],
        env: Mapping[str, str],
        signal_after: float | Callable[[], bool] | None,
        timeout: float,
    ) -> Ended:
        assert signal_after is None, "a signal needs a process"
        clocks = self.clocks()
        since = clocks.steady()
        with standing_alone() if self.alone else nullcontext((io.StringIO(), io.StringIO())) as (out, err):
            code = _exit_code("--finish" in program, env, clocks)
        told = [stream.getvalue().encode() for stream in (out, err)]
        return Ended(
            code=code, stdout=told[0], stderr=told[1], orphans=False, seconds=clocks.steady() - since
        )


def _exit_code(finish: bool, env: Mapping[str, str], clocks: Clocks) -> int:
    try:
        return run_action(argparse.Namespace(finish=finish), env, clocks=clocks).exit_code
    except MergefloorError as error:
        print(f"mergefloor: {error}", file=sys.stderr)
        return error.exit_code


@contextmanager
def standing_alone() -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """What a process has for itself: its streams and its environment."""
    out, err = io.StringIO(), io.StringIO()
    streams, environ = (sys.stdout, sys.stderr), dict(os.environ)
    sys.stdout, sys.stderr = out, err
    try:
        yield out, err
    finally:
        sys.stdout, sys.stderr = streams
        os.environ.update(environ)
