"""`mergefloor scheduled` from a shell: a trial in a clone, which writes to no branch and no issue."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.e2e.conftest import GitRepo

from mergefloor.main import main

ENV = {"PATH": "/usr/bin:/bin"}
CASES = "".join(f'- {{id: c{i}, input: "case {i}", must_contain: ["yes"]}}\n' for i in range(6))
FILES = {
    "mergefloor.yml": "version: 1\ndefaults: {model: scripted/answers.yaml}\nschedule: {samples: 2}\n"
    "suites:\n  s: {prompt: p.md, golden: g.yaml}\n  safe: {prompt: p.md, golden: g.yaml, class: safety}\n",
    "p.md": "---\nversion: 1.0.0\n---\nAnswer.",
    "g.yaml": CASES,
    "answers.yaml": 'answers:\n  - when: {user: "case 3"}\n    say: "no"\n  - when: {user: case}\n    say: "yes"\n',
}


def run(repo: GitRepo, *more: str) -> int:
    cache = str(repo.path.parent / "cache")
    return main(
        ["scheduled", "--repo", str(repo.path), "--cache", cache, *more],
        {**ENV, "HOME": str(repo.path.parent)},
    )


def test_scheduled__in_a_clone__measures_tells_and_writes_nothing(
    repo: GitRepo, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    repo.commit(FILES)
    report = tmp_path / "out"
    for _ in range(2):
        assert run(repo, "--report", str(report)) == 0
        shown = " ".join(capsys.readouterr().out.split())
        assert "s: 83.3 % passed, 6 of 6 cases known" in shown
        assert "cannot tell yet: 19 runs more needed" in shown, "no trial is kept"
        assert "A trial: nothing was written" in shown
        assert "Safety cases of safe fail on this branch: 'c3'" in shown or "`c3`" in shown
    found = json.loads((report / "scheduled.json").read_text())
    assert (found["ending"], found["scripted"], found["alerts"]) == ("measured", True, [])
    assert {suite["name"]: suite["unsafe"] for suite in found["suites"]} == {"s": [], "safe": ["c3"]}
    assert (report / "scheduled.md").read_text().startswith("## \u2705 scheduled run of HEAD")


def test_scheduled__of_one_suite_and_of_none__keeps_to_it(
    repo: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit(FILES)
    assert run(repo, "--suite", "safe") == 0
    assert "\ns: " not in capsys.readouterr().out
    assert run(repo, "--suite", "nobody") == 3
    assert "the suites are s, safe" in capsys.readouterr().err
