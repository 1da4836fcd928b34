"""Teams whose runs take place in this process, and wait for nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.e2e.hosted.faults.inside import Inside
from tests.e2e.hosted.team import Team


@pytest.fixture
def inside(team: Team) -> Team:
    """The small team, whose runs are calls."""
    return replace(team, runner=Inside.like(team))
