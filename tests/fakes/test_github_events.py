"""Payloads of events: what GitHub's own models of its webhooks accept, read from the state as it is."""

from __future__ import annotations

import json

import pytest
from githubkit.exception import WebhookTypeNotFound
from githubkit.webhooks import parse
from pydantic import ValidationError

ACTIONS = ("opened", "synchronize", "reopened", "ready_for_review", "edited", "closed")


@pytest.mark.parametrize("action", ACTIONS)
def test_pull_request__of_this_repository__is_same_repo(site, action) -> None:
    told = site.fake.event("pull_request", number=1, action=action)
    pull = told["pull_request"]
    assert pull["head"]["repo"]["id"] == pull["base"]["repo"]["id"] == told["repository"]["id"]
    assert (pull["head"]["sha"], told["action"]) == (site.head, action)


def test_pull_request__of_a_fork__has_another_head_repository(site) -> None:
    number = site.fake.open_pull("topic", fork_of="ann/shop", author="ann")
    for name in ("pull_request", "pull_request_target"):
        pull = site.fake.event(name, number=number, action="opened")["pull_request"]
        assert pull["head"]["repo"]["id"] != pull["base"]["repo"]["id"]
        assert pull["head"]["label"] == "ann:topic"


def test_pull_request__of_a_deleted_fork__has_no_head_repository(site) -> None:
    number = site.fake.open_pull("topic", fork_of="ann/shop", author="ann")
    site.fake.delete_head_repo(number)
    assert (
        site.fake.event("pull_request", number=number, action="edited")["pull_request"]["head"]["repo"]
        is None
    )
    with pytest.raises(ValidationError):  # nobody can push to it any more
        site.fake.event("pull_request", number=number, action="synchronize")


def test_pull_request__of_dependabot__is_a_bots(site) -> None:
    number = site.fake.open_pull("topic", author="dependabot[bot]")
    told = site.fake.event("pull_request", number=number)
    assert (told["pull_request"]["user"]["login"], told["sender"]["type"]) == ("dependabot[bot]", "Bot")


def test_merge_group__names_its_commits_and_the_pull(site) -> None:
    group = site.fake.event("merge_group", head="topic", number=1)["merge_group"]
    assert group["head_sha"] == site.head
    assert group["base_sha"] == site.git("rev-parse", "main")
    assert group["head_ref"].startswith("refs/heads/gh-readonly-queue/main/pr-1-")


def test_push__to_a_branch_and_of_its_end__are_told(site) -> None:
    told = site.fake.event("push", ref="refs/heads/topic")
    assert (told["after"], told["deleted"], told["head_commit"]["modified"]) == (site.head, False, ["a.txt"])
    gone = site.fake.event("push", ref="refs/heads/topic", before=site.head, after="0" * 40)
    assert (gone["deleted"], gone["head_commit"]) == (True, None)


def test_issue_comment__on_pulls_and_issues__by_people_and_apps(site) -> None:
    issue = site.fake.open_issue()
    on_pull = site.fake.comment(1, "ann", "/mergefloor run")
    on_issue = site.fake.comment(issue, "ann", "hello")
    by_app = site.fake.comment(1, "helper[bot]", "beep", by_app=True)
    told = [site.fake.event("issue_comment", comment=c) for c in (on_pull, on_issue, by_app)]
    assert ["pull_request" in row["issue"] for row in told] == [True, False, True]
    assert [row["comment"]["user"]["type"] for row in told] == ["User", "User", "Bot"]
    assert [bool(row["comment"]["performed_via_github_app"]) for row in told] == [False, False, True]
    site.fake.edit_comment(on_pull, "eve", "other")
    edited = site.fake.event("issue_comment", comment=on_pull, action="edited")
    assert (edited["sender"]["login"], edited["comment"]["body"]) == ("eve", "other")


def test_dispatch_and_schedule__name_their_workflow(site) -> None:
    assert site.fake.event("workflow_dispatch", inputs={"a": "b"})["inputs"] == {"a": "b"}
    assert site.fake.event("schedule")["schedule"] == "0 3 * * *"


def test_events__of_every_kind__pass_githubkits_own_parser(site) -> None:
    """The builders ask for one model by its name; the parser must come to the same one."""
    comment = site.fake.comment(1, "ann", "x")
    facts = {
        "pull_request": {"number": 1},
        "merge_group": {"head": "topic"},
        "push": {},
        "workflow_dispatch": {},
        "issue_comment": {"comment": comment},
    }
    for name, given in facts.items():
        assert parse(name, json.dumps(site.fake.event(name, **given)))
    with pytest.raises(WebhookTypeNotFound):
        parse("schedule", json.dumps(site.fake.event("schedule")))
