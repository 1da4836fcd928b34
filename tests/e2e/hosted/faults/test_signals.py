"""R32, R40: a run that is stopped or killed at any instant leaves no success and nothing pending.

An instant is a request to GitHub or a call of the model that is just being answered, so that a slow machine makes no
difference.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import pytest
from tests.e2e.hosted.faults.endpoint import Endpoint
from tests.e2e.hosted.faults.table import states, told, written
from tests.e2e.hosted.team import Team
from tests.fakes.github import Fault, Request
from tests.fakes.runner import Run, RunnerHarness

FULL = os.environ.get("MERGEFLOOR_FAULTS") == "full"
POLITE_S = 5.0
HELD_S = 0.3
# A run until its verdict: 9 requests, 24 calls or more, 3 requests; the last of them writes the final status.
ANNOUNCED = 3
CALLS = 24
INT, TERM, KILL = signal.SIGINT, signal.SIGTERM, signal.SIGKILL


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """The n-th request to GitHub or call of the model; `final`: the write of the verdict instead."""

    of: Literal["github", "model", "final"]
    n: int = 1

    def __str__(self) -> str:
        return f"{self.of} {self.n}"


def github(*numbers: int) -> list[Instant]:
    return [Instant(of="github", n=n) for n in numbers]


def model(*numbers: int) -> list[Instant]:
    return [Instant(of="model", n=n) for n in numbers]


FINAL = Instant(of="final")
STOPS = [*github(*range(1, 10)), *model(*range(1, CALLS + 1)), FINAL] if FULL else [
    *github(3, 8), *model(2, CALLS), FINAL
]  # fmt: skip
KILLS = [*github(*range(1, 10)), *model(*range(1, CALLS + 1, 3)), FINAL] if FULL else [
    *github(4), *model(10)
]  # fmt: skip


def arranged(team: Team, endpoint: Endpoint, at: Instant) -> Callable[[], bool]:
    """Hold the instant for a moment, and tell when it has come. The change breaks every case."""
    due, noticed = threading.Event(), threading.Event()

    def held() -> None:
        due.set()
        noticed.wait(10)
        time.sleep(HELD_S)

    def come() -> bool:
        """Asked until it is true, and then the signal is sent."""
        if due.is_set():
            noticed.set()
        return due.is_set()

    def before(request: Request) -> None:
        counted = at.of == "github" and len(team.github.requests) == at.n
        verdict = at.of == "final" and request.path.count("/statuses/") and b'"failure"' in request.raw
        if counted or verdict:
            held()

    def say(number: int, prompt: str) -> str | None:
        if at.of == "model" and number >= at.n:
            due.set()
            return None  # the model falls silent: there is something to interrupt
        return "Noted." if "very" in prompt else "Hello, friend!"

    team.github.before, endpoint.say = before, say
    return come


def stopped(
    team: Team, endpoint: Endpoint, at: Instant, *signals: tuple[signal.Signals, float]
) -> tuple[int, Run, RunnerHarness]:
    """A run that gets the signals at that instant."""
    number = team.github.open_pull("asks")
    runner = RunnerHarness(
        team.runner.workspace.parent / "signalled",
        api_url=team.github.url,
        graphql_url=team.github.graphql_url,
        repository=team.github.repository,
        cancel=signals,
    )
    run = runner.run(
        "pull_request",
        team.github.event("pull_request", number=number),
        {"openai-base-url": endpoint.url, "openai-api-key": "sk-not-a-key", "report-path": "found"},
        token=team.github.token,
        signal_after=arranged(team, endpoint, at),
    )
    team.github.before = None
    return number, run, runner


def finished(team: Team, runner: RunnerHarness, number: int) -> Run:
    """The step after it."""
    event = team.github.event("pull_request", number=number)
    return runner.run("pull_request", event, {}, token=team.github.token, post=True)


@pytest.mark.parametrize(
    ("at", "sign"),
    [(at, sign) for index, at in enumerate(STOPS) for sign in ((INT, TERM) if FULL else ((INT, TERM)[index % 2],))],
    ids=lambda value: value.name if isinstance(value, signal.Signals) else str(value),
)  # fmt: skip
def test_R32__stopped__is_an_error_within_five_seconds(
    asking: Team, endpoint: Endpoint, at: Instant, sign: signal.Signals
) -> None:
    number, run, runner = stopped(asking, endpoint, at, (sign, 7.5), (TERM, 2.5), (KILL, 10.0))
    sha = asking.sha("asks")
    assert run.code == 2, told(run)
    assert run.seconds <= POLITE_S
    assert not run.orphans
    assert "success" not in states(asking, sha)
    last = written(asking, sha)[-1]
    said = (last.state, (last.description or "")[:9])
    assert said == ("error", "cancelled"), f"{states(asking, sha)}\n{told(run)}"
    assert run.outputs["verdict"] == "error"
    assert run.state["done"] == "1"
    assert "Traceback" not in run.stdout + run.stderr
    before = len(asking.github.requests)
    assert finished(asking, runner, number).code == 0
    assert len(asking.github.requests) == before, "there is nothing to finish"


@pytest.mark.parametrize("at", KILLS, ids=str)
def test_R40__killed__the_step_after_it_leaves_nothing_pending(
    asking: Team, endpoint: Endpoint, at: Instant
) -> None:
    number, run, runner = stopped(asking, endpoint, at, (KILL, 10.0))
    sha = asking.sha("asks")
    assert run.code == -KILL
    assert "success" not in states(asking, sha)
    post = finished(asking, runner, number)
    assert post.code == 0, told(post)
    found = written(asking, sha)
    assert "success" not in states(asking, sha)
    if at.of == "final":  # GitHub got the verdict, and nobody was left to hear the answer
        assert found[-1].state in ("failure", "error")
    elif at.of == "github" and at.n < ANNOUNCED:
        assert found == []
    else:
        assert (found[-1].state, (found[-1].description or "")[:14]) == ("error", "did not finish")


def test_R40__the_step_after_a_run_that_ended__does_nothing(inside: Team) -> None:
    number = inside.github.open_pull("worse")
    assert inside.gate(number).code == 1
    before = len(inside.github.requests)
    post = finished(inside, inside.runner, number)
    assert (post.code, len(inside.github.requests)) == (0, before), told(post)
    assert states(inside, inside.sha("worse")) == ["pending", "failure"]


@pytest.mark.parametrize("newer", ["pending", "success", "failure"])
def test_R40__the_step_after_an_older_run__leaves_the_word_of_a_newer_one(inside: Team, newer: str) -> None:
    number, sha = inside.github.open_pull("worse"), inside.sha("worse")
    assert inside.gate(number).code == 1
    inside.runner.state.pop("done")  # as if the older run had been killed
    later = inside.github.statuses[sha][-1]
    inside.github.statuses[sha].append(replace(later, state=newer, target_url="https://example.org/runs/9"))
    post = finished(inside, inside.runner, number)
    assert post.code == 0, told(post)
    assert states(inside, sha) == ["pending", "failure", newer]


def test_R40__the_step_after_a_killed_run__while_github_fails__passes_nothing(inside: Team) -> None:
    number, sha = inside.github.open_pull("worse"), inside.sha("worse")
    inside.github.faults = [Fault(kind="403", method="POST", path="*/statuses/*", containing='"failure"')]
    assert inside.gate(number).code == 2
    assert states(inside, sha) == ["pending"]
    inside.github.faults = [Fault(kind="404", path="*/statuses*", times=None)]
    assert finished(inside, inside.runner, number).code == 2
    inside.github.faults = ()
    assert finished(inside, inside.runner, number).code == 0
    assert states(inside, sha) == ["pending", "error"]
