"""The written workflows, judged by GitHub's own schema and by a security linter (T80)."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from tests.unit.core.doctor.builders import FORKED, GOOD, SETUP, SHA

from mergefloor.core.gate_setup import FORKS, WORKFLOW
from mergefloor.render.workflow import fork_workflow, workflow

TOOLS = Path(sys.executable).parent
OTHERS = {
    "compatible": replace(SETUP, providers=frozenset({"openai-compatible"}), branch="c++"),
    "no key": replace(SETUP, providers=frozenset({"scripted"}), minutes=0.5),
    "one": replace(SETUP, providers=frozenset({"anthropic"}), branch="release/1.x"),
}


def tool(name: str, *args: str) -> subprocess.CompletedProcess[str]:
    if not (TOOLS / name).exists():
        pytest.skip(f"{name} is not installed")
    return subprocess.run(
        [str(TOOLS / name), *args], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Both files of every set-up, where a repository has them."""
    made: list[Path] = []
    for name, setup in {"usual": SETUP, **OTHERS}.items():
        for path, text in ((WORKFLOW, workflow(setup)), (FORKS, fork_workflow(setup))):
            target = tmp_path_factory.getbasetemp() / name.replace(" ", "-") / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            made.append(target)
    return made


def test_workflows__security_linter_at_its_strictest__nothing(files: list[Path]) -> None:
    done = tool("zizmor", "--offline", "--persona", "auditor", *map(str, files))
    assert done.returncode == 0, done.stdout
    assert "No findings to report" in done.stdout + done.stderr


def test_workflows__schema_of_github__valid(files: list[Path]) -> None:
    done = tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, files))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "text", [GOOD, FORKED, *map(workflow, OTHERS.values()), *map(fork_workflow, OTHERS.values())]
)
def test_workflows__every_blank_filled_every_action_pinned_with_its_version(text: str) -> None:
    assert not [
        word for word in ("<branch>", "<minutes>", "<gate>", "<restore>", "<save>", "<keys>") if word in text
    ]
    used = [line.split(" uses: ")[1] for line in text.splitlines() if " uses: " in line]
    assert used
    for line in used:
        pin, _, version = line.partition(" # ")
        assert len(pin.partition("@")[2]) == 40
        assert version.startswith("v")
    assert f"mergefloor/mergefloor@{SHA} # v1.0.0" in used


def test_workflow__what_the_required_status_needs() -> None:
    read = yaml.load(GOOD, Loader=yaml.BaseLoader)
    assert list(read["on"]) == ["pull_request", "merge_group", "push"]
    assert list(read["on"]["pull_request"]) == ["types"]
    assert read["permissions"] == {}
    job = read["jobs"]["evaluate"]
    assert not {"if", "needs", "strategy", "continue-on-error"} & set(job)
    assert job["environment"] == {"name": "mergefloor", "deployment": "false"}
    assert job["permissions"] == {"contents": "read", "pull-requests": "write", "statuses": "write"}
    assert job["timeout-minutes"] == "30"
    restore, gate, save, report = job["steps"]
    assert restore["with"]["path"] == save["with"]["path"] == ".mergefloor-cache"
    assert (save["if"], report["if"]) == ("always()", "always()")
    assert set(gate["with"]) == {"cache-key", "anthropic-api-key", "openai-api-key", "report-path"}


def test_fork_workflow__preflight_without_secrets__command_without_a_checkout() -> None:
    jobs = yaml.load(FORKED, Loader=yaml.BaseLoader)["jobs"]
    assert "secrets." not in str(jobs["preflight"])
    assert "checkout" not in FORKED.replace("no checkout", "")
    assert jobs["command"]["concurrency"]["queue"] == "max"
    assert jobs["command"]["cache-mode"] == "read"
    assert "cache/save" not in FORKED
