from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.gh.hosted import EVERYTHING, Site, git, hosted
from tests.fakes.github import Fault, Permissions

from mergefloor.core.activity import Pull
from mergefloor.core.effects import React
from mergefloor.errors import HubError
from mergefloor.gh import fields


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with hosted(tmp_path) as made:
        yield made


def test_pull__of_this_repository__is_told_as_it_is_now(site: Site) -> None:
    before = site.hub().pull(site.number)
    assert before == Pull(
        number=site.number,
        head_sha=site.head,
        head_ref="topic",
        base_ref="main",
        base_sha=git(site.top, "rev-parse", "main"),
        author="octo",
        head_repo="mergefloor/mergefloor",
    )
    head = site.push("name: other\n")
    site.fake.close_pull(site.number)
    after = site.hub().pull(site.number)
    assert (after.head_sha, after.open) == (head, False)


def test_pull__of_a_fork__is_one_also_when_the_fork_is_gone(site: Site) -> None:
    number = site.fake.open_pull("topic", fork_of="eve/mergefloor")
    pull = site.hub().pull(number)
    assert (pull.fork, pull.head_repo) == (True, "eve/mergefloor")
    site.fake.delete_head_repo(number)
    pull = site.hub().pull(number)
    assert (pull.fork, pull.head_repo) == (True, None)


@pytest.mark.parametrize(
    ("author", "bot"), [("dependabot[bot]", True), ("renovate[bot]", False), ("dependabot", False)]
)
def test_pull__of_dependabot__is_known_by_its_author(site: Site, author: str, bot: bool) -> None:
    assert site.hub().pull(site.fake.open_pull("topic", author=author)).bot is bot


def test_pull__that_does_not_exist__is_an_error(site: Site) -> None:
    with pytest.raises(HubError) as caught:
        site.hub().pull(999)
    assert caught.value.status == 404


@pytest.mark.parametrize("branch", ["main", "release/1.0", "ünï#%"])
def test_tip__of_a_branch_of_any_name__is_its_commit(site: Site, branch: str) -> None:
    if branch != "main":
        git(site.top, "branch", branch, "topic")
    assert site.hub().tip(branch) == git(site.top, "rev-parse", branch)


def test_tip__of_no_branch__is_an_error(site: Site) -> None:
    with pytest.raises(HubError) as caught:
        site.hub().tip("gone")
    assert caught.value.status == 404


@pytest.mark.parametrize("role", ["read", "triage", "write", "maintain", "admin", "prompt-keeper"])
def test_role__of_a_collaborator__is_the_role_and_not_the_coarse_permission(site: Site, role: str) -> None:
    site.fake.collaborators["ann"] = role
    assert site.hub().role("ann") == role


def test_role__of_somebody_unknown__is_none(site: Site) -> None:
    assert site.hub().role("nobody-here") == "none"


@pytest.mark.parametrize("login", ["", "..", "a/b", "a?b"])
def test_role__of_what_is_no_login__gives_no_role(site: Site, login: str) -> None:
    try:
        assert site.hub().role(login) == "none"
    except HubError as error:
        assert error.status in (0, 404)


def test_T11__role_that_cannot_be_told__is_an_error_and_not_a_role(site: Site) -> None:
    site.fake.collaborators["ann"] = "admin"
    site.fake.faults = [Fault(kind="403", path="*/permission", times=None)]
    with pytest.raises(HubError):
        site.hub().role("ann")


def test_R27__comments_of_many_pages__are_told_oldest_first(site: Site) -> None:
    for number in range(3_050):
        site.fake.comment(site.number, "ann", f"talk {number}")
    told = site.hub().comments(site.number)
    assert [comment.body for comment in told] == [f"talk {number}" for number in range(3_050)]
    assert len(site.asked("POST")) == 31


def test_comments__of_everybody__say_who_wrote_them_and_whether_they_were_edited(site: Site) -> None:
    site.fake.comment(site.number, "ann", "one")
    edited = site.fake.comment(site.number, "ann", "two")
    site.fake.edit_comment(edited, "bob", "two!")
    site.fake.comment(site.number, "renovate[bot]", "three")
    site.fake.comment(site.number, "github-actions[bot]", "four")
    site.fake.comment(site.number, None, "five")
    told = site.hub().comments(site.number)
    assert [(c.author, c.body, c.ours, c.edited, c.human) for c in told] == [
        ("ann", "one", False, False, True),
        ("ann", "two!", False, True, True),
        ("renovate[bot]", "three", False, False, False),
        ("github-actions[bot]", "four", True, False, False),
        ("ghost", "five", False, False, False),
    ]


@pytest.mark.parametrize("kind", ["graphql-error", "502", "reset", "cut", "html", "lost-page"])
def test_R23__a_page_of_comments_that_fails__is_asked_for_again(site: Site, kind) -> None:
    for number in range(250):
        site.fake.comment(site.number, "ann", f"talk {number}")
    site.fake.faults = [Fault(kind=kind, path="/graphql")]
    assert len(site.hub().comments(site.number)) == 250


def test_R23__a_page_of_comments_that_stays_lost__is_an_error(site: Site) -> None:
    for number in range(250):
        site.fake.comment(site.number, "ann", f"talk {number}")
    site.fake.faults = [Fault(kind="lost-page", path="/graphql", times=None)]
    with pytest.raises(HubError):
        site.hub().comments(site.number)


def test_comments__of_no_pull_request__are_an_error(site: Site) -> None:
    with pytest.raises(HubError) as caught:
        site.hub().comments(999)
    assert caught.value.status == 404


def test_rules__of_a_branch__are_told_as_they_are(site: Site) -> None:
    assert site.hub().rules("main") == ()
    rule = {
        "type": "required_status_checks",
        "ruleset_source_type": "Repository",
        "ruleset_source": "mergefloor/mergefloor",
        "ruleset_id": 1,
        "parameters": {
            "required_status_checks": [{"context": "mergefloor"}],
            "strict_required_status_checks_policy": False,
        },
    }
    site.fake.rulesets["main"] = [rule]
    (found,) = site.hub().rules("main")
    assert fields.found(found, "parameters", "required_status_checks") == [{"context": "mergefloor"}]


def test_protection__that_is_hidden__is_an_error_and_not_its_absence(site: Site) -> None:
    with pytest.raises(HubError) as caught:
        site.hub().protection("main")
    assert caught.value.status == 403


def test_protection__as_an_admin_sees_it__is_told(site: Site) -> None:
    site.fake.add_token("ghp_admin", permissions=EVERYTHING, viewer="ann", kind="user")
    assert site.hub(token="ghp_admin").protection("main") is None
    site.fake.protection["main"] = {"url": "https://example.org", "enabled": True}
    assert fields.found(site.hub(token="ghp_admin").protection("main"), "enabled") is True


def test_protection__github_fails__is_an_error(site: Site) -> None:
    site.fake.faults = [Fault(kind="500", times=None)]
    with pytest.raises(HubError):
        site.hub().protection("main")


@pytest.mark.parametrize("content", ["eyes", "rocket", "confused"])
def test_react__twice__is_one_reaction(site: Site, content) -> None:
    said = site.fake.comment(site.number, "ann", "/mergefloor run")
    for _ in range(2):
        assert site.hub().apply(React(comment=said, content=content)) is None
    assert [row[1:] for row in site.fake.reactions[said]] == [("github-actions[bot]", content)]


def test_react__answer_lost__is_one_reaction(site: Site) -> None:
    said = site.fake.comment(site.number, "ann", "/mergefloor run")
    site.fake.faults = [Fault(kind="500", method="POST", after=True)]
    assert site.hub().apply(React(comment=said, content="eyes")) is None
    assert len(site.fake.reactions[said]) == 1


def test_react__comment_deleted__is_left_quietly(site: Site) -> None:
    said = site.hub().apply(React(comment=424242, content="eyes"))
    assert said == "the comment is gone, so there was nothing to react to"


def test_react__read_only_token__is_an_error(tmp_path: Path) -> None:
    with hosted(tmp_path, permissions=Permissions.read_only()) as site:
        said = site.fake.comment(site.number, "ann", "/mergefloor run")
        with pytest.raises(HubError) as caught:
            site.hub().apply(React(comment=said, content="eyes"))
        assert caught.value.status == 403


@pytest.mark.parametrize("answer", [None, [], "x", 7, {}, {"head": None}, {"head": {"sha": 7}}])
def test_fields__that_are_missing__are_an_error_that_names_them(answer) -> None:
    with pytest.raises(HubError, match=r"no text at 'head\.sha'"):
        fields.text(answer, "head", "sha")
    with pytest.raises(HubError, match="no number"):
        fields.whole(answer, "head", "sha", "x")
    assert fields.found(answer, "head", "sha", "x") is None
