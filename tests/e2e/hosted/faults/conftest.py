"""Teams whose runs take place in this process, and wait for nothing; an endpoint whose answers a test decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.faults.endpoint import MODEL, Endpoint, serving
from tests.e2e.hosted.faults.inside import Inside
from tests.e2e.hosted.team import Team


@pytest.fixture
def inside(team: Team) -> Team:
    """The small team, whose runs are calls."""
    return replace(team, runner=Inside.like(team))


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """It answers well until it is told otherwise."""
    with serving() as server:
        yield server


@pytest.fixture
def asking(team: Team) -> Team:
    """The small team with a model behind an endpoint; its branch `asks` changes the prompt."""
    config = small.CONFIG.replace("scripted/answers.yaml", MODEL)
    team.commit("main", {"mergefloor.yml": config})
    team.commit("asks", {"prompts/greeter.yaml": small.prompt("Greet very warmly.", "1.1.0", "warmer")})
    return team
