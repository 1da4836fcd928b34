"""The week as a mode: what is done with a history that cannot be read."""

from __future__ import annotations

from typing import Any, cast

import pytest
from tests.fuzz.memory import MemoryCache
from tests.unit.core.weekly.past import NOW

from mergefloor.core.activity import Inputs, RunStamp
from mergefloor.core.effects import CommentIssue, Effect, PublishFiles, UpsertIssue, WriteFile
from mergefloor.errors import HubError
from mergefloor.modes.action.place import Place
from mergefloor.modes.action.weekly import marker_of_weekly, weekly
from mergefloor.modes.weekly import WeeklyRequest, run
from mergefloor.modes.world import World


class Silent:
    """GitHub does not answer."""

    def snapshot(self, ref: str) -> Any:
        raise HubError("GitHub answered 503", 503)


@pytest.fixture
def world() -> World:
    unused = cast(Any, None)
    return World(
        repo=cast(Any, Silent()), models=unused, cache=MemoryCache(), engine=unused, clock=unused,
        now=lambda: NOW, nonce_key=b"", redact=str,
    )  # fmt: skip


def place(config: str = "mergefloor.yml") -> Place:
    stamp = RunStamp(run=1, attempt=1, started=NOW)
    return Place(inputs=Inputs(report_path="out"), stamp=stamp, config=config, redact=str)


def writes(effects: tuple[Effect, ...]) -> list[Effect]:
    return [
        each for each in effects if isinstance(each, PublishFiles | UpsertIssue | CommentIssue | WriteFile)
    ]


def test_weekly__a_history_that_cannot_be_read__changes_nothing_and_ends_with_2(world: World) -> None:
    found = weekly(place(), world)
    assert found.exit_code == 2
    assert writes(found.effects) == []
    assert any("cannot be read now" in str(each) for each in found.effects)


def test_weekly__the_same_in_a_clone__writes_no_page(world: World) -> None:
    found = run(WeeklyRequest(report_dir="out"), world)
    assert found.exit_code == 2
    assert writes(found.effects) == []


def test_marker__of_a_config_elsewhere__is_one_of_its_own() -> None:
    assert marker_of_weekly(place()) == "<!-- mergefloor:weekly -->"
    assert marker_of_weekly(place(".github/mergefloor.yml")) == "<!-- mergefloor:weekly -->"
    assert marker_of_weekly(place("apps/a.yml")) == "<!-- mergefloor:weekly:apps/a.yml -->"
