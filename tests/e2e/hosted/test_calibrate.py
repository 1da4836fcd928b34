"""`mode: calibrate` on GitHub: started by hand, told on the page of the run, and by no other event."""

from __future__ import annotations

from tests.e2e.hosted.team import Team


def test_dispatch__with_mode_calibrate__calibrates_the_commit_and_sets_no_status(team: Team) -> None:
    run = team.dispatch("main", mode="calibrate")
    assert run.code == 0, run.log
    assert "nothing to calibrate" in run.summary
    assert not team.github.statuses.get(team.sha("main"))


def test_push__with_mode_calibrate__is_a_usage_error(team: Team) -> None:
    run = team.run("push", team.github.event("push"), mode="calibrate")
    assert run.code == 3, run.log
    assert "does not fit this event" in run.log
