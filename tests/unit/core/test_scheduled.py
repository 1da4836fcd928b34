"""How a scheduled run ends: red only where somebody has to mend the workflow."""

from __future__ import annotations

import pytest

from mergefloor.core.report import Cost
from mergefloor.core.scheduled import Ending, Scheduled


@pytest.mark.parametrize(
    ("ending", "code"),
    [("measured", 0), ("partial", 0), ("stalled", 2), ("refused", 2), ("judge", 2), ("cancelled", 2)],
)
def test_exit_code__is_that_of_the_ending_and_never_the_gates(ending: Ending, code: int) -> None:
    run = Scheduled(
        ref="main", sha="0", ending=ending, suites=(), alarms=(), origins={}, cost=Cost(), duration_s=0.0
    )
    assert run.exit_code == code
    assert run.standing == ()
