"""`mergefloor calibrate` from a shell: exit codes, files, and a second run that asks nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.e2e.conftest import Gate, GitRepo


def said(passed: bool) -> str:
    row = {"id": "c1", "reason": "because", "evidence": [], "pass": passed}
    return json.dumps({"checks": [row]})


def labels(number: int, wrong: int = 0) -> str:
    """Every second answer is kind; people contradict the judge on the first `wrong`."""
    rows = [
        {
            "id": f"l{i}",
            "input": f"question {i}",
            "output": f"{'kind' if i % 2 else 'cold'} labelled answer {i}",
            "label": (i % 2) ^ (i < wrong),
            "grader": "tone",
        }
        for i in range(number)
    ]
    return "\n".join(map(json.dumps, rows)) + "\n"


CONFIG = {
    "version": 1,
    "defaults": {"model": "scripted/answers.yaml"},
    "judge": {"model": "scripted/judge.yaml", "calibration": "evals/labels.jsonl"},
    "policy": {"floating_models": "warn", "semver": "off"},
    "suites": {
        "s": {
            "prompt": "p.md",
            "golden": "g.jsonl",
            "graders": [{"type": "judge", "name": "tone", "rubric": "It is warm."}],
        }
    },
}
JUDGE = {
    "default": said(False),
    "answers": [
        {"when": {"user": "kind labelled"}, "say": [said(True)]},
        {"when": {"user": "The capital of France is Paris"}, "say": [said(True)]},
    ],
}


@pytest.fixture
def shell(gate: Callable[..., Gate]) -> Gate:
    return gate()


@pytest.fixture
def calibrated(repo: GitRepo) -> GitRepo:
    repo.commit(
        {
            "mergefloor.yml": yaml.safe_dump(CONFIG),
            "g.jsonl": json.dumps({"id": "c", "input": "case"}),
            "p.md": "Answer.",
            "answers.yaml": yaml.safe_dump({"default": "kind"}),
            "judge.yaml": yaml.safe_dump(JUDGE),
            "evals/labels.jsonl": labels(80),
        }
    )
    return repo


def test_calibrate__of_a_sound_judge__writes_its_reports_and_ends_with_0(
    calibrated: GitRepo, shell: Gate, tmp_path: Path
) -> None:
    out, cache = tmp_path / "out", str(tmp_path / "cache")
    assert shell.run("calibrate", "--report", str(out), "--cache", cache) == 0, shell.out + shell.err
    assert {path.name for path in out.iterdir()} == {
        "calibration.html",
        "calibration.json",
        "calibration.md",
    }
    record = json.loads((out / "calibration.json").read_text())
    assert (record["checks"][0]["agreement"], record["checks"][0]["self_agreement"]) == (1.0, 1.0)
    assert "earned its vote" in shell.out and "a real drop of 10 points shows as 10" in shell.out
    shell.run("calibrate", "--report", str(out), "--cache", cache, "--offline")
    assert (shell.code, json.loads((out / "calibration.json").read_text())["cost"]["calls"]) == (0, 0)


def test_calibrate__of_labels_that_are_not_committed__looks_at_the_work_tree(
    calibrated: GitRepo, shell: Gate, tmp_path: Path
) -> None:
    (calibrated.path / "evals/labels.jsonl").write_text(labels(80, wrong=60), encoding="utf-8")
    cache = ("--cache", str(tmp_path / "cache"))
    assert shell.run("calibrate", *cache) == 1
    assert "choose another" in shell.out.replace("\n", " ") and "l1 (evals/labels.jsonl:2)" in shell.out
    assert shell.run("calibrate", "--ref", "HEAD", *cache) == 0


def test_calibrate__of_labels_that_cannot_be_read__is_a_config_error(
    calibrated: GitRepo, shell: Gate, tmp_path: Path
) -> None:
    (calibrated.path / "evals/labels.jsonl").write_text('{"id": "a"}\n', encoding="utf-8")
    assert shell.run("calibrate", "--cache", str(tmp_path / "cache")) == 3
    assert "evals/labels.jsonl:1" in shell.err
    assert shell.run("calibrate", "--grader", "taste", "--cache", str(tmp_path / "cache")) == 3
