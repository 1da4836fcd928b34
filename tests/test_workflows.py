"""Every workflow and action that the project runs or shows: linted by the tools users have, and held to our own rules."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mergefloor.release import FIELDS, pins

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
OWN = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SHOWN = sorted((ROOT / "examples").glob("**/.github/workflows/*.yml"))
ACTIONS = [ROOT / "action.yml"]
GATES = [
    ROOT / ".github" / "workflows" / "dogfood.yml",
    *(path for path in SHOWN if "forks" not in path.name),
]
RELEASE = ROOT / ".github" / "workflows" / "release.yml"
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*")
# What an inline ignore may be for, and only with its reason beside it (PLATFORM 3).
IGNORABLE = {"dangerous-triggers"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def read(path: Path) -> dict[str, Any]:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    if True in found:  # YAML 1.1 takes `on` for a boolean
        found["on"] = found.pop(True)
    assert isinstance(found, dict)
    return found


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in read(path)["jobs"].values():
        yield from job.get("steps", [])


def zizmor(*paths: Path) -> list[str]:
    command = [
        str(BIN / "zizmor"),
        "--offline",
        "--no-config",
        "--persona",
        "auditor",
        "--format",
        "json",
        "--quiet",
    ]
    done = subprocess.run(
        [*command, *map(str, paths)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout, done.stderr
    return [finding["ident"] for finding in json.loads(done.stdout)]


def schema_errors(kind: str, path: Path) -> str:
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", f"vendor.{kind}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def quoted(folder: Path) -> list[Path]:
    """The workflows that README shows, as files. `COMMIT` stands for the commit that `mergefloor init` fills in."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = [block for block in re.findall(r"^```yaml\n(.*?)^```", text, re.M | re.S) if "runs-on:" in block]
    paths = [folder / ".github" / "workflows" / f"shown-{at}.yml" for at in range(len(found))]
    for path, block in zip(paths, found, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.replace("@COMMIT", "@" + "5a" * 20), encoding="utf-8")
    return paths


# --- linters


@pytest.mark.parametrize("path", [*OWN, *SHOWN, *ACTIONS, ROOT / ".github" / "dependabot.yml"], ids=named)
def test_zizmor__as_auditor__finds_nothing(path: Path) -> None:  # T80
    assert zizmor(path) == []


def test_zizmor__on_a_workflow_with_known_faults__finds_them(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yml"
    bad.write_text(
        "name: bad\non: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - uses: actions/checkout@v4\n      - run: echo ${{ github.event.pull_request.title }}\n",
        encoding="utf-8",
    )
    assert {"dangerous-triggers", "unpinned-uses", "template-injection"} <= set(zizmor(bad))


def test_readme__every_workflow_in_it__is_one_and_passes_both_linters(tmp_path: Path) -> None:
    inputs = set(read(ROOT / "action.yml")["inputs"])
    shown = quoted(tmp_path)
    assert len(shown) >= 3
    for path in shown:
        assert schema_errors("github-workflows", path) == ""
        ours = [each for each in steps(path) if each.get("uses", "").startswith("mergefloor/")]
        assert ours and all(set(each["with"]) <= inputs for each in ours)
    assert zizmor(*shown) == []


@pytest.mark.parametrize("path", [*OWN, *SHOWN], ids=named)
def test_schema__of_workflows__is_kept(path: Path) -> None:
    assert schema_errors("github-workflows", path) == ""


@pytest.mark.parametrize("path", ACTIONS, ids=named)
def test_schema__of_actions__is_kept(path: Path) -> None:
    assert schema_errors("github-actions", path) == ""


def test_schema__on_a_workflow_with_a_misspelled_key__complains(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yml"
    bad.write_text(
        "name: bad\non: push\njobs:\n  a:\n    runs-on: x\n    steps: [{uses: a/b@v1, wiht: {}}]\n"
    )
    assert "wiht" in schema_errors("github-workflows", bad)


# --- our own rules


@pytest.mark.parametrize("path", [*OWN, *SHOWN], ids=named)
def test_uses__of_every_step__is_a_commit_with_its_version_beside_it(path: Path) -> None:  # T80
    lines = re.findall(r"^\s*-?\s*uses: (.*)$", path.read_text(encoding="utf-8"), re.M)
    assert [line for line in lines if not PINNED.fullmatch(line) and not line.startswith("$/")] == []


def test_uses__of_one_action__is_one_commit_everywhere() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in OWN)
    found = set(re.findall(r"uses: ([\w.-]+/[\w.-]+)[\w./-]*@([0-9a-f]{40}) # (\S+)", text))
    assert len({name for name, _, _ in found}) == len(found)
    commits = {name: commit for name, commit, _ in found}
    assert {name: commits[name] for name in pins()} == {name: pin.commit for name, pin in pins().items()}


@pytest.mark.parametrize("path", [*OWN, *SHOWN], ids=named)
def test_permissions__of_a_workflow__are_none_and_of_a_job__are_listed(path: Path) -> None:  # T86
    found = read(path)
    assert found["permissions"] == {}
    for job in found["jobs"].values():
        assert job["permissions"] and job["timeout-minutes"] <= 60


@pytest.mark.parametrize("path", [*OWN, *SHOWN], ids=named)
def test_scripts__of_every_step__hold_no_expression(path: Path) -> None:  # T14
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("path", [*OWN, *SHOWN], ids=named)
def test_checkout__wherever_there_is_one__keeps_no_token(path: Path) -> None:  # T09
    checkouts = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("path", [*OWN, *SHOWN, *ACTIONS], ids=named)
def test_ignores__of_the_linter__are_few_and_reasoned(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        if "zizmor:" in line:
            said = re.search(r"# zizmor: ignore\[([\w-]+)\] \S+ \S+", line)
            assert said is not None and said[1] in IGNORABLE


@pytest.mark.parametrize("path", GATES, ids=named)
def test_gate__whatever_the_change__always_runs(path: Path) -> None:  # T32
    found = read(path)
    assert set(found["on"]) == {"pull_request", "merge_group", "push"}
    assert set(found["on"]["pull_request"]) == {"types"}
    assert {"opened", "synchronize", "reopened"} <= set(found["on"]["pull_request"]["types"])
    assert found["on"]["merge_group"] == {"types": ["checks_requested"]}
    for name, job in found["jobs"].items():
        assert name != "mergefloor" != job.get("name")
        assert not {"if", "needs", "strategy", "continue-on-error"} & set(job)
        assert job["environment"] == {"name": "mergefloor", "deployment": False}
        assert set(job["permissions"]) == {"contents", "pull-requests", "statuses"}


@pytest.mark.parametrize("path", GATES, ids=named)
def test_gate__red_or_green__saves_what_was_paid_for(path: Path) -> None:  # R19
    listed = [step for step in steps(path) if step["uses"].startswith(("actions/cache", "$/", "mergefloor/"))]
    restore, gate, save = listed
    assert restore["uses"].startswith("actions/cache/restore@")
    assert save["uses"].startswith("actions/cache/save@") and save["if"] == "always()"
    assert "if" not in gate and "continue-on-error" not in gate
    assert (
        restore["with"]["path"] == save["with"]["path"] == gate["with"].get("cache-path", ".mergefloor-cache")
    )


def test_gate__of_the_project__is_the_action_at_the_very_commit() -> None:
    (gate,) = [step for step in steps(GATES[0]) if step["uses"].startswith("$/")]
    accepted = set(read(ROOT / "action.yml")["inputs"])
    assert gate["uses"] == "$/"
    assert set(gate["with"]) <= accepted


# --- the release


def script(name: str) -> str:
    (found,) = [step["run"] for step in steps(RELEASE) if name in step.get("name", "")]
    return str(found)


def run(name: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """One step, as the runner starts it."""
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script(name)]
    whole = {"PATH": os.environ["PATH"], "IMAGE": read(RELEASE)["env"]["IMAGE"], **env}
    return subprocess.run(
        shell, cwd=folder, env=whole, capture_output=True, text=True, check=False, timeout=60
    )


def test_release__with_a_digest__names_it_in_the_action(tmp_path: Path) -> None:  # T82
    shutil.copy(ROOT / "action.yml", tmp_path)
    digest = "sha256:" + "5a" * 32
    done = run("names the image", tmp_path, DIGEST=digest)
    assert done.returncode == 0, done.stderr
    written = read(tmp_path / "action.yml")
    assert written["runs"].pop("image") == f"docker://ghcr.io/mergefloor/mergefloor@{digest}"
    before = read(ROOT / "action.yml")
    assert before["runs"].pop("image") and written == before
    assert (
        schema_errors("github-actions", tmp_path / "action.yml") == ""
        and zizmor(tmp_path / "action.yml") == []
    )


@pytest.mark.parametrize(
    "digest", ["", "sha256:", "latest", "sha256:" + "5a" * 31, "sha256:" + "5a" * 32 + "|x"]
)
def test_release__without_a_digest__ends(tmp_path: Path, digest: str) -> None:
    shutil.copy(ROOT / "action.yml", tmp_path)
    assert run("names the image", tmp_path, DIGEST=digest).returncode != 0
    assert (tmp_path / "action.yml").read_bytes() == (ROOT / "action.yml").read_bytes()


@pytest.mark.skipif(shutil.which("jq") is None, reason="the step uses jq, which hosted runners have")
def test_release__what_init_pins__is_what_the_package_reads(tmp_path: Path) -> None:
    (tmp_path / "src" / "mergefloor" / "data").mkdir(parents=True)
    given = {"GITHUB_REPOSITORY": "mergefloor/mergefloor", "GITHUB_REF_NAME": "v1.2.3", "COMMIT": "c" * 40}
    assert run("pins", tmp_path, DIGEST="sha256:" + "5a" * 32, **given).returncode == 0
    written = json.loads((tmp_path / "src/mergefloor/data/release.json").read_text(encoding="utf-8"))
    assert set(written) == set(FIELDS)
    assert (written["repository"], written["commit"], written["version"]) == (
        "mergefloor/mergefloor",
        "c" * 40,
        "1.2.3",
    )
    assert written["image"].endswith("@sha256:" + "5a" * 32)


def test_release__in_a_checkout__has_no_file_of_one() -> None:
    assert not (ROOT / "src" / "mergefloor" / "data" / "release.json").exists()


def test_release__moves_tags_last_and_only_there() -> None:
    jobs = read(RELEASE)["jobs"]
    last, writers = (
        list(jobs)[-1],
        [name for name, job in jobs.items() if job["permissions"].get("contents") == "write"],
    )
    before, reached = {last}, set[str]()
    while before:
        reached |= before
        before = {need for name in before for need in [jobs[name].get("needs", [])] for need in _listed(need)}
    assert reached == set(jobs)
    assert writers == ["commit", "tag"]
    assert [name for name, job in jobs.items() if "git/refs" in json.dumps(job)] == [last]
    assert all(
        job.get("environment") == {"name": "release", "deployment": False}
        for name, job in jobs.items()
        if name != "check"
    )


def _listed(need: str | list[str]) -> list[str]:
    return [need] if isinstance(need, str) else need
