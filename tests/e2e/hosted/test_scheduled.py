"""`mode: scheduled` on GitHub: started by the clock, lines on the branch of data, one issue for an alert."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.e2e.hosted import small
from tests.e2e.hosted.faults.endpoint import Endpoint, serving
from tests.e2e.hosted.team import KEY, Team
from tests.fakes.github.access import Permissions

DATA = "mergefloor-history"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving() as found:
        yield found


def scheduled(team: Team, *, event: str = "schedule", code: int = 0, **inputs: str) -> Any:
    """The clock strikes; the token may write data and issues."""
    rights = Permissions(contents="write", issues="write")
    team.github.add_token(team.github.token, permissions=rights)
    team.runner.run_id += 1
    given = {"cache-key": KEY, **{name.replace("_", "-"): value for name, value in inputs.items()}}
    run = team.runner.run(
        event,
        team.github.event(event),
        given,
        token=team.github.token,
        env_extra={"GITHUB_SHA": team.sha("main")},
    )
    assert run.code == code, run.log
    return run


def lines(team: Team) -> list[dict[str, Any]]:
    """Every line of the history, in the order of the file."""
    names = team.git("ls-tree", "-r", "--name-only", DATA).split()
    months = [name for name in names if name.startswith("history/")]
    return [json.loads(line) for name in months for line in team.git("show", f"{DATA}:{name}").splitlines()]


def drifts(team: Team) -> list[Any]:
    """The issues about drift, as GitHub has them."""
    return [issue for issue in team.github.issues.values() if "mergefloor-drift:" in (issue.body or "")]


def test_schedule__of_a_new_repository__begins_the_history(team: Team) -> None:
    run = scheduled(team)
    (line,) = lines(team)
    assert (line["suite"], line["event"], line["samples"], line["unresolved"]) == (
        "greeter",
        "scheduled",
        1,
        0,
    )
    assert line["metrics"]["pass_rate"]["cases"] == "1" * small.CASES
    assert line["prompt"]["version"] == "1.0.0" and line["model"] == "scripted/answers.yaml"
    assert "cannot tell yet: 19 runs more needed" in run.summary
    assert "no history yet" in run.summary
    assert drifts(team) == []
    assert team.github.statuses[team.sha("main")] == []
