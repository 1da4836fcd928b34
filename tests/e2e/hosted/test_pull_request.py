"""The gate on a pull request, as the runner starts it."""

from __future__ import annotations

from tests.e2e.hosted.team import Team


def test_pull_request__that_got_worse__is_blocked_with_status_comment_and_summary(shop: Team) -> None:
    team = shop
    number = team.github.open_pull("change")
    run = team.gate(number)
    assert run.code == 1, run.log
    state, line = team.status(team.sha("change"))
    assert (state, line) == ("failure", "customer-support got worse: 9 of 45 cases broke (confirmed)")
    (comment,) = team.sticky(number)
    assert "Do not merge" in comment
    assert len(comment.encode()) <= 60_000
    assert run.outputs["verdict"] == "block"
    assert "Do not merge" in run.summary
    assert run.state["done"] == "1"
    assert [(c.name, c.data) for c in run.annotations] == [("error", line)]


def test_pull_request__of_nothing_relevant__succeeds_with_the_evidence(team: Team) -> None:
    number = team.github.open_pull("docs")
    run = team.gate(number)
    assert run.code == 0, run.log
    assert team.status(team.sha("docs")) == ("success", "nothing relevant changed: 1 file, 0 match")


def test_pull_request__run_again__costs_no_call_and_keeps_one_comment(team: Team) -> None:
    number = team.github.open_pull("worse")
    first, again = team.gate(number), team.gate(number)
    assert (first.code, again.code) == (1, 1)
    assert '"calls": 0' in again.outputs["summary"] or "0 calls" in again.summary
    assert len(team.sticky(number)) == 1
