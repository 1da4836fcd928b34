"""Every event that a workflow may send: what is done, and which status is left."""

from __future__ import annotations

from tests.e2e.hosted import small
from tests.e2e.hosted.team import Team


def test_merge_group__is_gated_on_the_groups_own_commit(team: Team) -> None:
    event = team.github.event("merge_group", head="worse")
    run = team.run("merge_group", event)
    assert run.code == 1, run.log
    assert team.status(team.sha("worse"))[0] == "failure"


def test_push__to_the_default_branch__records_the_history(team: Team) -> None:
    run = team.run("push", team.github.event("push"))
    assert run.code == 0, run.log
    assert "The history of 1 suite is full" in run.summary


def test_dispatch__on_a_branch__gates_it_against_the_default_branch(team: Team) -> None:
    run = team.dispatch("worse")
    assert run.code == 1, run.log
    assert team.status(team.sha("worse"))[0] == "failure"


def test_fork__that_touches_a_prompt__waits_for_a_maintainer_and_gets_no_status(team: Team) -> None:
    number = team.github.open_pull("worse", fork_of="mallory/shop", author="mallory")
    run = team.gate(number)
    assert run.code == 2, run.log
    assert f"/mergefloor run {team.sha('worse')}" in run.summary
    assert not team.github.statuses.get(team.sha("worse"))


def test_command_run__by_a_maintainer__gates_the_fork_as_data(team: Team) -> None:
    number = team.github.open_pull("worse", fork_of="mallory/shop", author="mallory")
    team.github.collaborators["max"] = "maintain"
    sha = team.sha("worse")
    run = team.say(number, f"/mergefloor run {sha}", author="max")
    assert run.code == 1, run.log
    assert team.status(sha)[0] == "failure"
    (comment,) = team.sticky(number)
    assert "Noted." not in comment


def test_command_override__by_a_maintainer__releases_this_very_commit(team: Team) -> None:
    number = team.github.open_pull("worse", author="ada")
    team.github.collaborators["max"] = "maintain"
    sha = team.sha("worse")
    assert team.gate(number).code == 1
    run = team.say(number, f"/mergefloor override {sha} the tone is wanted", author="max")
    assert run.code == 0, run.log
    assert team.status(sha) == ("success", "Overridden by max: the tone is wanted")
    (comment,) = team.sticky(number)
    assert "the tone is wanted" in comment
    again = team.gate(number)
    assert again.code == 1, "the verdict stays, the status is overridden"
    assert team.status(sha)[0] == "success"
    newer = team.commit(
        "worse", {"prompts/greeter.yaml": small.prompt("Greet very coldly.", "2.0.0", "colder")}
    )
    team.github.push_pull(number, newer)
    assert team.gate(number).code == 1
    assert team.status(newer)[0] == "failure"


def test_command_explain__answers_in_one_comment(team: Team) -> None:
    number = team.github.open_pull("worse")
    team.github.collaborators["wendy"] = "write"
    assert team.gate(number).code == 1
    for _ in range(2):
        run = team.say(number, "/mergefloor explain g-3", author="wendy")
        assert run.code == 0, run.log
    replies = [c.body for c in team.github.comments[number] if "mergefloor-explain" in c.body]
    assert len(replies) == 1
    assert "Hello, friend!" in replies[0]


def test_preflight__of_a_fork__is_pending_where_it_matters_and_green_where_not(team: Team) -> None:
    touching = team.github.open_pull("worse", fork_of="mallory/shop", author="mallory")
    event = team.github.event("pull_request", number=touching)
    assert team.run("pull_request_target", event, cache_key="").code == 0
    assert team.status(team.sha("worse"))[0] == "pending"
    harmless = team.github.open_pull("docs", fork_of="mallory/shop", author="mallory")
    event = team.github.event("pull_request", number=harmless)
    assert team.run("pull_request_target", event, cache_key="").code == 0
    assert team.status(team.sha("docs"))[0] == "success"


def test_preflight__of_a_commit_that_was_judged__leaves_the_status_unless_the_base_changed(
    team: Team,
) -> None:
    number = team.github.open_pull("harmless", fork_of="mallory/shop", author="mallory")
    team.github.collaborators["max"] = "maintain"
    sha = team.sha("harmless")
    assert team.say(number, f"/mergefloor run {sha}", author="max").code == 0
    assert team.status(sha)[0] == "success"
    event = team.github.event("pull_request", number=number, action="edited")
    assert team.run("pull_request_target", event, cache_key="").code == 0
    assert team.status(sha)[0] == "success"
    event["changes"] = {"base": {"ref": {"from": "lenient"}, "sha": {"from": team.sha("main")}}}
    assert team.run("pull_request_target", event, cache_key="").code == 0
    assert team.status(sha)[0] == "pending"
