"""The real command, started as the image starts it: what lies in the workspace is no import path (T05), and what the
environment lacks or has wrong ends with a code and a sentence, never a traceback (R04, R05)."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.adapters.runner.payloads import pull
from tests.fakes.runner import MAIN, RunnerHarness

API = "http://127.0.0.1:9"  # nobody listens: what gets as far as a request ends with 2
PLANTED = (
    "yaml.py",
    "sitecustomize.py",
    "usercustomize.py",
    "github.py",
    "mergefloor.py",
    "json.py",
    "evil.pth",
)


TOKEN = "ghs_" + "a" * 36


def a_runner(folder: Path, program: tuple[str, ...] = MAIN) -> RunnerHarness:
    return RunnerHarness(
        folder, api_url=API, graphql_url=f"{API}/graphql", repository="octo/app", program=program
    )


@pytest.fixture
def runner(tmp_path: Path) -> RunnerHarness:
    return a_runner(tmp_path)


@pytest.mark.parametrize("isolated", [True, False], ids=["as-shipped", "control"])
def test_T05_planted_modules__in_the_workspace__touch_nothing(tmp_path: Path, isolated: bool) -> None:
    runner = a_runner(tmp_path, MAIN if isolated else tuple(part for part in MAIN if part != "-I"))
    for name in PLANTED:
        mark = f"import pathlib; pathlib.Path('touched-{name}').touch()\n"
        (runner.workspace / name).write_text(mark)
    env = {"PYTHONPATH": str(runner.workspace), "PYTHONDONTWRITEBYTECODE": "1"}
    run = runner.run("release", {"action": "published"}, token=TOKEN, env_extra=env)
    if isolated:
        assert (run.code, run.files, run.errors) == (0, {}, ())
    else:
        assert {"touched-mergefloor.py", "touched-sitecustomize.py"} <= set(run.files)


def test_action__wrong_inputs__end_with_3_and_every_problem(runner: RunnerHarness) -> None:
    run = runner.run("pull_request", pull(), {"mode": "x", "exit-zero": "yes", "report-path": "/etc"})
    assert run.code == 3
    assert all(f"`{name}`" in run.log for name in ("mode", "exit-zero", "report-path"))
    assert "Traceback" not in run.log


@pytest.mark.parametrize(
    ("env", "code", "said"),
    [
        ({"GITHUB_EVENT_PATH": "/nowhere/event.json"}, 2, "/nowhere/event.json"),
        ({"GITHUB_API_URL": "http://api.example.org"}, 2, "GITHUB_API_URL"),
        ({"GITHUB_REPOSITORY": ""}, 3, "GITHUB_REPOSITORY"),
    ],
)
def test_action__environment_of_no_runner__ends_with_its_code(
    runner: RunnerHarness, env: dict[str, str], code: int, said: str
) -> None:
    run = runner.run("pull_request", pull(), token=TOKEN, env_extra=env)
    assert run.code == code
    assert said in run.log
    assert "Traceback" not in run.log


def test_action__payload_of_no_event__ends_with_2(runner: RunnerHarness) -> None:
    run = runner.run("issue_comment", {"action": "created"}, token=TOKEN)
    assert run.code == 2
    assert "`issue.number`" in run.log
