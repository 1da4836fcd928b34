"""The harness itself: a step that is no step of ours tells what it was given."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.adapters.runner.payloads import GROUP, HEAD, payload, pull
from tests.fakes.runner import ROOT, RunnerHarness
from tests.fakes.runner_grammar import Command

API = "http://127.0.0.1:9"
DUMP = "import json, os; print(json.dumps(dict(os.environ)) + '|' + os.getcwd())"


def harness(folder: Path, code: str, **more: Any) -> RunnerHarness:
    program = (sys.executable, "-I", "-c", code)
    return RunnerHarness(
        folder, api_url=API, graphql_url=f"{API}/graphql", repository="octo/app", program=program, finish=program,
        **more,
    )  # fmt: skip


def env_of(stdout: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(stdout.partition("|")[0])
    return found


def test_environment__every_input_of_action_yml__is_there(tmp_path: Path) -> None:
    run = harness(tmp_path, DUMP).run(
        "pull_request",
        pull(),
        {"mode": "gate", "openai-base-url": "http://127.0.0.1:1/v1"},
        token="ghs_canary",
    )
    declared = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    env = env_of(run.stdout)
    given = {name for name in env if name.startswith("INPUT_")}
    assert given == {f"INPUT_{name.upper()}" for name in declared}
    assert (env["INPUT_MODE"], env["INPUT_CACHE-KEY"], env["INPUT_SUITES"]) == ("gate", "", "")
    assert (env["INPUT_GITHUB-TOKEN"], env["INPUT_CACHE-PATH"]) == ("ghs_canary", ".mergefloor-cache")
    assert "GITHUB_TOKEN" not in env


def test_environment__of_a_runner__is_all_there_is(tmp_path: Path) -> None:
    found = harness(tmp_path, DUMP)
    run = found.run(
        "pull_request", pull(merge_commit_sha="d" * 40), env_extra={"OPENAI_API_KEY": "of the job"}
    )
    env = env_of(run.stdout)
    assert run.stdout.partition("|")[2].strip() == str(found.workspace) == env["GITHUB_WORKSPACE"]
    assert json.loads(Path(env["GITHUB_EVENT_PATH"]).read_text())["pull_request"]["head"]["sha"] == HEAD
    assert (env["GITHUB_SHA"], env["GITHUB_REF"]) == ("d" * 40, "refs/pull/12/merge")
    assert {name.split("_")[0] for name in env} == {
        "GITHUB", "INPUT", "ACTIONS", "RUNNER", "CI", "PATH", "HOME", "LANG", "OPENAI",
    }  # fmt: skip


def test_environment__merge_group__has_the_groups_commit(tmp_path: Path) -> None:
    queued = payload(
        "merge_group",
        "checks_requested",
        {"merge_group.head_sha": GROUP, "merge_group.head_ref": "refs/heads/gh-readonly-queue/main/pr-1-x"},
    )
    env = env_of(harness(tmp_path, DUMP).run("merge_group", queued).stdout)
    assert (env["GITHUB_SHA"], env["GITHUB_REF"]) == (GROUP, queued["merge_group"]["head_ref"])


WRITES = """
import os, sys
with open(os.environ["GITHUB_OUTPUT"], "a", newline="") as f: f.write("verdict<<E\\npa\\r\\nss\\nE\\n")
with open(os.environ["GITHUB_STATE"], "a") as f: f.write("sha=abc\\n")
with open(os.environ["GITHUB_STEP_SUMMARY"], "a") as f: f.write("# Page\\n")
os.makedirs("out"); open("out/report.json", "w").write("{}")
print("::add-mask::canary-secret")
print("the canary-secret is")
print("  ::error file=a.py,line=3,title=T%3A x::50%25%0Aoff")
print("prefix ##[warning]old style", file=sys.stderr)
print("::stop-commands::tok"); print("::error::inside"); print("::tok::"); print("::notice::after")
sys.exit(3)
"""


def test_run__what_a_step_wrote__is_read_as_the_runner_does(tmp_path: Path) -> None:
    run = harness(tmp_path, WRITES).run("push", {"ref": "refs/heads/main", "after": HEAD})
    assert (run.code, run.outputs, run.state, run.summary) == (
        3,
        {"verdict": "pa\r\nss"},
        {"sha": "abc"},
        "# Page\n",
    )
    assert (run.files, run.errors, run.env, run.path) == ({"out/report.json": b"{}"}, (), "", "")
    assert run.annotations == (
        Command(
            name="error", data="50%\noff", properties={"file": "a.py", "line": "3", "title": "T: x"}
        ),
        Command(name="notice", data="after"),
        Command(name="warning", data="old style"),
    )  # fmt: skip
    assert "canary" not in run.log
    assert "the *** is" in run.log
    assert "::error::inside" in run.log


def test_post__after_the_main_step__has_its_state(tmp_path: Path) -> None:
    code = (
        "import os\n"
        "with open(os.environ['GITHUB_STATE'], 'a') as f: f.write('sha=abc\\n')\n"
        "print(os.environ.get('STATE_sha'))"
    )
    found = harness(tmp_path, code)
    assert found.run("push", {"ref": "refs/heads/main", "after": HEAD}).stdout == "None\n"
    assert found.run("push", {"ref": "refs/heads/main", "after": HEAD}, post=True).stdout == "abc\n"
    assert found.run("push", {"ref": "refs/heads/main", "after": HEAD}).stdout == "None\n"


def test_run__broken_file_command_and_fat_summary__are_the_runners_errors(tmp_path: Path) -> None:
    code = (
        "import os\n"
        "open(os.environ['GITHUB_OUTPUT'], 'a').write('a<<E\\nnever closed')\n"
        "open(os.environ['GITHUB_STEP_SUMMARY'], 'a').write('x' * 1048577)\n"
    )
    run = harness(tmp_path, code).run("push", {"ref": "refs/heads/main", "after": HEAD})
    assert run.summary == ""
    assert len(run.errors) == 2
    assert "GITHUB_OUTPUT" in run.errors[0]


LOOP = "import time, pathlib; pathlib.Path('started').touch(); time.sleep(60)"


def test_cancel__when_something_holds__sends_the_signal(tmp_path: Path) -> None:
    code = f"import signal, sys; signal.signal(signal.SIGINT, lambda *_: sys.exit(2)); {LOOP}"
    found = harness(tmp_path, code)
    start = time.monotonic()
    run = found.run(
        "push", {"ref": "refs/heads/main", "after": HEAD}, signal_after=(found.workspace / "started").exists
    )
    assert run.code == 2
    assert time.monotonic() - start < 30


def test_cancel__a_child_that_outlives_the_step__is_told_and_ended(tmp_path: Path) -> None:
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    assert harness(tmp_path, code).run("push", {"ref": "refs/heads/main", "after": HEAD}).orphans
    assert not harness(tmp_path, "pass").run("push", {"ref": "refs/heads/main", "after": HEAD}).orphans


def test_harness__another_host__is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="not on this machine"):
        RunnerHarness(tmp_path, api_url="https://api.github.com", graphql_url=API, repository="octo/app")
    with pytest.raises(AssertionError, match="elsewhere"):
        harness(tmp_path, "pass").run("schedule", {}, {"openai-base-url": "https://api.openai.com"})
