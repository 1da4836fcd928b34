"""`mergefloor record` from a shell: killed at any moment it goes on where it was, and pays nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.e2e.conftest import Gate, GitRepo
from tests.faults.driver import TRACEBACK, environment, saved

CASES = 20
NEEDED = 5 * CASES


@pytest.fixture
def recorded(repo: GitRepo) -> GitRepo:
    """Twenty cases, answered from a script, two at a time."""
    golden = [
        {"id": f"c{i}", "input": f"case {i}", "graders": [{"type": "contains", "value": "yes"}]}
        for i in range(CASES)
    ]
    config = {
        "version": 1,
        "defaults": {"model": "scripted/answers.yaml"},
        "budget": {"usd": 1.0, "minutes": 5, "concurrency": 2},
        "policy": {"floating_models": "warn", "semver": "off"},
        "suites": {"s": {"prompt": "p.md", "golden": "g.jsonl"}},
    }
    answer = {"when": {"user": "case"}, "say": ["yes"], "latency_ms": 20}
    repo.commit(
        {
            "mergefloor.yml": yaml.safe_dump(config),
            "g.jsonl": "\n".join(map(json.dumps, golden)),
            "p.md": "Answer.",
            "answers.yaml": yaml.safe_dump({"answers": [answer]}),
        }
    )
    return repo


def start(repo: GitRepo, home: Path) -> subprocess.Popen[str]:
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "mergefloor", "record", "--repo", str(repo.path)]
    command += ["--cache", str(home / "cache"), "--report", str(home / "out")]
    env = environment(home, "http://127.0.0.1:9")
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


@pytest.mark.parametrize(
    ("sign", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 2)], ids=["SIGKILL", "SIGTERM"]
)
def test_record__stopped_half_way__pays_nothing_twice(
    recorded: GitRepo, tmp_path: Path, sign: signal.Signals, code: int
) -> None:
    home = tmp_path / "home"
    first = start(recorded, home)
    segment = home / "cache" / "segments" / "seg-local.jsonl"
    while first.poll() is None and not (segment.exists() and segment.read_bytes().count(b"\n") > NEEDED // 2):
        time.sleep(0.01)
    os.kill(first.pid, sign)
    out, err = first.communicate(timeout=60)
    assert (first.returncode, TRACEBACK in err) == (code, False), err
    kept = saved(home)
    assert 0 < kept < NEEDED
    if sign == signal.SIGTERM:
        assert "was stopped" in out
    second = start(recorded, home)
    assert second.communicate(timeout=60)[0].startswith("The history of 1 suite is full")
    told = json.loads((home / "out" / "record.json").read_text())
    assert (second.returncode, told["cost"]["calls"], told["suites"][0]["runs"]) == (0, NEEDED - kept, NEEDED)


def test_record__then_gate__from_a_shell(
    recorded: GitRepo, gate: Callable[..., Gate], tmp_path: Path
) -> None:
    it = gate()
    cache = str(it.home / "cache")
    assert it.run("record", "--cache", cache) == 0, it.err
    assert "100 of 100" in it.out
    assert it.run("record", "--cache", cache, "--suite", "s", "--ref", "main") == 0
    assert "nothing had to be drawn" in it.out
    head = recorded.commit({"p.md": "Answer in one word."})
    report = it.gate("HEAD~1", head)
    assert (report["cost"]["calls"], it.code) == (CASES, 0)
    assert it.run("record", "--cache", cache, "--suite", "nobody") == 3
    assert it.run("record", "--cache", cache, "--ref", "nowhere") == 2
