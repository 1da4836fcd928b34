"""A team's repository on GitHub, its pull requests, and the runner that runs our action on them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.team import Team
from tests.fakes.github import FakeGitHub
from tests.fakes.runner import RunnerHarness

from mergefloor.repo.example import build_example

EXAMPLE = Path(__file__).parents[3] / "examples" / "customer-support"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Team]:
    """The example of customer support on GitHub: `main`, and a branch `change` whose prompt got worse."""
    folder = tmp_path / "repository"
    folder.mkdir()
    build_example(EXAMPLE, folder, {"PATH": os.environ["PATH"]})
    with FakeGitHub(folder / ".git") as github:
        yield _team(tmp_path, folder, github)
    assert github.violations == []


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    """A small repository on GitHub: `main`, and the branches `worse`, `harmless` and `docs`."""
    folder = tmp_path / "repository"
    folder.mkdir()
    with FakeGitHub(folder / ".git") as github:
        made = _team(tmp_path, folder, github)
        made.begin(small.FILES)
        for branch, files in small.BRANCHES.items():
            made.commit(branch, files)
        yield made
    assert github.violations == []


def _team(tmp_path: Path, folder: Path, github: FakeGitHub) -> Team:
    runner = RunnerHarness(
        tmp_path / "runner",
        api_url=github.url,
        graphql_url=github.graphql_url,
        repository=github.repository,
    )
    return Team(folder=folder, github=github, runner=runner)
