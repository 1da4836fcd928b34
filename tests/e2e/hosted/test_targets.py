"""Suites that run code of the repository, on GitHub: for branches of the repository alone (T01)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.e2e.hosted.team import Team

CONFIG = """\
version: 1
policy: {code_targets: allow}
suites:
  search:
    target: {python: "src.search:answer", files: ["src/**"]}
    golden: evals/search/*.yaml
"""
SEARCH = """\
def answer(input, **more):
    return {{"text": {text!r}, "documents": [{{"id": "a", "text": "alpha"}}]}}
"""
CASES = "".join(f'- {{id: s-{i}, input: "question {i}", must_contain: [found]}}\n' for i in range(12))
MARK = "import pathlib; pathlib.Path('/tmp/mergefloor-ran-code-of-a-fork').touch()\n"

root = pytest.mark.skipif(os.geteuid() != 0, reason="users of their own for programs take root")
TRACE = "/tmp/mergefloor-ran-code-of-a-fork"  # a folder that every user may write to


def equip(team: Team) -> None:
    """`main` gets a code target; `slower` answers worse, `evil` leaves a trace when it runs."""
    files = {
        "mergefloor.yml": CONFIG,
        "src/search.py": SEARCH.format(text="found it"),
        "evals/search/a.yaml": CASES,
    }
    team.commit("main", files)
    team.commit("slower", {"src/search.py": SEARCH.format(text="nothing")})
    team.commit("evil", {"src/search.py": MARK + SEARCH.format(text="found it")})


@root
def test_code_target__of_a_branch__is_run_apart_and_blocks_what_got_worse(team: Team) -> None:
    equip(team)
    number = team.github.open_pull("slower")
    run = team.gate(number)
    assert run.code == 1, run.log
    assert team.status(team.sha("slower")) == (
        "failure",
        "search got worse: 12 of 12 cases broke (confirmed)",
    )


def test_T01__code_of_a_fork__is_never_run_whoever_asks(team: Team) -> None:
    equip(team)
    number = team.github.open_pull("evil", fork_of="mallory/shop", author="mallory")
    team.github.collaborators["max"] = "admin"
    sha = team.sha("evil")
    assert team.gate(number).code == 2
    event = team.github.event("pull_request", number=number)
    assert team.run("pull_request_target", event, cache_key="").code == 0
    run = team.say(number, f"/mergefloor run {sha}", author="max")
    assert run.code == 2, run.log
    assert team.status(sha)[0] == "error"
    assert "runs code of the change" in team.status(sha)[1]
    assert not Path(TRACE).exists()


@root
def test_T01__the_same_code_from_inside__does_run(team: Team) -> None:
    """The control: it is the fork that keeps the code from running, nothing else."""
    equip(team)
    number = team.github.open_pull("evil")
    try:
        run = team.gate(number)
        assert Path(TRACE).exists(), run.log
    finally:
        Path(TRACE).unlink(missing_ok=True)
