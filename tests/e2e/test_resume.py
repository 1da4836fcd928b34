"""A run that is killed at any moment: nothing that was saved is paid for twice, and the verdict is the same (R14, R32)."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.faults import repository
from tests.faults.driver import FULL, LLM, TRACEBACK, Ended, Run, llm, saved

MOMENTS = 50 if FULL else 4
IN_FLIGHT = 20  # the default of budget.concurrency
POLITE_S = 5.0  # R32, on a machine with nothing else to do


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A repository, a server, and what a run that nobody disturbs does."""

    repo: Path
    server: LLM
    undisturbed: Ended
    calls: int

    @property
    def polite(self) -> float:
        """Seconds that a stop may take: on a busy machine half of what the whole run took."""
        return max(POLITE_S, self.undisturbed.seconds / 2)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("resume")
    repository.build(folder / "repo", cases=200 if FULL else 80, fragile=12, judged=12)
    with llm("--latency", "fixed:30") as server:
        whole = Run(folder / "repo", folder / "whole", server.url).end()
        assert whole.code == 1, whole.err
        yield Stage(repo=folder / "repo", server=server, undisturbed=whole, calls=server.settled()["total"])


def until(stage: Stage, run: Run, calls: int) -> None:
    """Wait for the server's n-th call. The server's count is the clock, so a slow machine makes no difference."""
    while run.alive() and stage.server.stats()["total"] < calls:
        time.sleep(0.002)


def resumed(stage: Stage, home: Path) -> Ended:
    return Run(stage.repo, home, stage.server.url).end()


def same_decision(stage: Stage, second: Ended) -> None:
    assert second.report is not None, second.err
    assert stage.undisturbed.report is not None
    assert second.code == stage.undisturbed.code
    assert decided(second.report) == decided(stage.undisturbed.report)


def decided(report: dict[str, Any]) -> dict[str, Any]:
    """The report without what calls cost: a resumed run makes fewer."""
    suites = [{key: value for key, value in suite.items() if key != "uses"} for suite in report["suites"]]
    return {**report, "suites": suites, "cost": None, "duration_s": None}


@pytest.mark.parametrize("seed", range(MOMENTS))
def test_gate__killed_at_a_random_moment__pays_nothing_twice_and_decides_the_same(
    stage: Stage, tmp_path: Path, seed: int
) -> None:
    stage.server.control()
    first = Run(stage.repo, tmp_path / "home", stage.server.url)
    # The first and the last moments are the ones that a random draw seldom meets.
    moment = [1, stage.calls][seed] if seed < 2 else random.Random(seed).randrange(2, stage.calls)
    until(stage, first, moment)
    first.send(signal.SIGKILL)
    first.end()
    asked, kept = stage.server.settled()["total"], saved(tmp_path / "home")
    second = resumed(stage, tmp_path / "home")
    assert second.report is not None, second.err
    assert second.report["cost"]["calls"] == stage.calls - kept, (
        "an answer that was saved was asked for again"
    )
    assert stage.server.settled()["total"] - stage.calls == asked - kept <= IN_FLIGHT
    same_decision(stage, second)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=lambda sign: sign.name)
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9] if FULL else [0.4])
def test_gate__asked_to_stop__ends_within_seconds_and_resumes(
    stage: Stage, tmp_path: Path, sign: signal.Signals, share: float
) -> None:
    stage.server.control()
    first = Run(stage.repo, tmp_path / "home", stage.server.url)
    until(stage, first, int(share * stage.calls))
    first.send(sign)
    stopped = first.end()
    assert (stopped.code, TRACEBACK in stopped.err) == (2, False), stopped.err
    assert stopped.seconds < stage.polite
    assert stopped.report is not None
    assert stopped.report["verdict"] == "error"
    assert "cancelled" in stopped.out
    asked, kept = stage.server.settled()["total"], saved(tmp_path / "home")
    second = resumed(stage, tmp_path / "home")
    assert second.report is not None
    assert second.report["cost"]["calls"] == stage.calls - kept
    assert asked - kept <= IN_FLIGHT
    same_decision(stage, second)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=lambda sign: sign.name)
@pytest.mark.parametrize("after_s", [x / 40 for x in range(40)] if FULL else [0.1, 0.4])
def test_gate__asked_to_stop_at_its_start__says_so(
    stage: Stage, tmp_path: Path, sign: signal.Signals, after_s: float
) -> None:
    first = Run(stage.repo, tmp_path / "home", stage.server.url)
    time.sleep(after_s)
    first.send(sign)
    stopped = first.end()
    # An interpreter that is not up yet dies of the signal itself; from our first line on it is exit 2.
    assert stopped.code in {2, -sign}
    assert 'mergefloor/__main__.py", line' not in stopped.err or "in run" not in stopped.err
    assert TRACEBACK not in stopped.err or stopped.code == -sign
    assert stopped.code == 2 or not stopped.out
    assert stopped.seconds < stage.polite
