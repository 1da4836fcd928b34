"""PyGithub works against the fake, unchanged, and sees what git says."""

from __future__ import annotations

import base64

import pytest
from github import GithubException

from mergefloor.core.types import Json


def test_pull__asked_by_pygithub__is_what_git_says(site) -> None:
    pull = site.repo().get_pull(site.number)
    assert (pull.head.sha, pull.base.ref, pull.user.login) == (site.head, "main", "octo")
    assert (pull.commits, pull.changed_files, pull.additions) == (1, 2, 1)
    assert [commit.sha for commit in pull.get_commits()] == [site.head]


def test_pull__pushed_closed_and_orphaned__is_told_so(site) -> None:
    fork = site.fake.open_pull("topic", fork_of="ann/shop", author="ann")
    again = site.write("other\n")
    site.fake.push_pull(site.number, again)
    site.fake.close_pull(site.number, merged=True)
    site.fake.delete_head_repo(fork)
    pull, orphan = site.repo().get_pull(site.number), site.repo().get_pull(fork)
    assert (pull.head.sha, pull.state, pull.merged) == (again, "closed", True)
    assert orphan.head.repo is None
    assert site.git("rev-parse", f"refs/pull/{site.number}/head") == again


def test_fork__read_by_its_own_name__shows_git_data_only(site) -> None:
    site.fake.open_pull("topic", fork_of="ann/shop", author="ann")
    assert site.ask("GET", "/repos/ann/shop/git/trees/" + site.head)[0] == 200
    assert site.ask("GET", "/repos/ann/shop/pulls/1")[0] == 404
    assert site.ask("POST", f"/repos/ann/shop/statuses/{site.head}", {"state": "success"})[0] == 404


def test_tree__asked_recursively__equals_ls_tree(site) -> None:
    tree = site.repo().get_git_tree(site.head, recursive=True)
    rows = [f"{e.mode} {e.type} {e.sha}\t{e.path}" for e in tree.tree]
    assert rows == site.git("ls-tree", "-r", "-t", site.head).split("\n")
    flat = site.repo().get_git_tree(site.git("rev-parse", "main^{tree}"))
    assert [e.path for e in flat.tree] == ["a.txt", "image.bin", "link", "p"]
    assert tree.raw_data["truncated"] is False


def test_blob__with_any_bytes__comes_back_whole(site) -> None:
    sha = site.git("rev-parse", "main:image.bin")
    blob = site.repo().get_git_blob(sha)
    assert base64.b64decode(blob.content) == b"\0\1\2"
    with pytest.raises(GithubException, match="404"):
        site.repo().get_git_blob("0" * 40)


def test_compare__of_diverged_branches__finds_the_merge_base(site) -> None:
    base = site.git("rev-parse", "main")
    site.write("new on main\n", branch="main")
    found = site.repo().compare("main", site.head)
    assert (found.merge_base_commit.sha, found.status) == (base, "diverged")
    assert (found.ahead_by, found.behind_by) == (1, 1)
    rows = {row.filename: (row.status, row.previous_filename) for row in found.files}
    assert rows == {"a.txt": ("modified", None), "p/y.yml": ("renamed", "p/x.yml")}


def test_status__posted_twice__the_latest_counts(site) -> None:
    commit = site.repo().get_commit(site.head)
    commit.create_status("pending", context="mergefloor", description="d" * 140)
    commit.create_status("failure", "https://example.org/1", "no", "mergefloor")
    commit.create_status("success", context="other")
    assert [s.state for s in commit.get_statuses()] == ["success", "failure", "pending"]
    assert commit.get_combined_status().state == "failure"
    assert site.fake.latest_status(site.head).description == "no"


def test_comments__on_three_pages__all_come_in_order(site) -> None:
    for n in range(250):
        site.fake.comment(site.number, "ann", f"number {n}")
    site.fake.comment(site.number, "ann", "from the past", created=-10_000)
    said = list(site.repo().get_pull(site.number).get_issue_comments())
    assert [c.body for c in said] == ["from the past", *(f"number {n}" for n in range(250))]
    links = [r.path for r in site.fake.requests if r.query.get("page")]
    assert links == [f"/repos/acme/shop/issues/{site.number}/comments"] * 2


def test_comment__written_edited_reacted_deleted__is_so(site) -> None:
    pull = site.repo().get_pull(site.number)
    said = pull.create_issue_comment("first")
    said.edit("second")
    said.create_reaction("eyes")
    said.create_reaction("eyes")
    assert said.minimize("OUTDATED") is True
    (kept,) = site.fake.comments[site.number]
    assert (kept.body, kept.author, kept.minimized) == ("second", "github-actions[bot]", "outdated")
    assert [row[1:] for row in site.fake.reactions[kept.id]] == [("github-actions[bot]", "eyes")]
    said.delete()
    assert site.fake.comments[site.number] == []
    with pytest.raises(GithubException, match="404"):
        said.edit("third")


@pytest.mark.parametrize(
    ("role", "told"), [("admin", "admin"), ("maintain", "maintain"), ("triage", "triage"), ("chef", "chef")]
)
def test_role__of_a_collaborator__is_named(site, role: str, told: str) -> None:
    site.fake.collaborators["Ann"] = role
    assert site.repo().get_collaborator_role_name("ann") == told


def test_role__of_others__is_none_or_unknown(site) -> None:
    site.fake.users.add("visitor")
    assert site.repo().get_collaborator_role_name("visitor") == "none"
    with pytest.raises(GithubException, match="404"):
        site.repo().get_collaborator_role_name("nobody")


def test_refs__of_branches_and_tags__are_found(site) -> None:
    repo = site.repo()
    assert repo.get_branch("main").commit.sha == site.git("rev-parse", "main")
    assert repo.get_git_ref("tags/v1").object.type == "tag"
    assert [(tag.name, tag.commit.sha) for tag in repo.get_tags()] == [("v1", site.git("rev-parse", "main"))]
    names = [ref.ref for ref in repo.get_git_matching_refs("heads/")]
    assert names == ["refs/heads/main", "refs/heads/topic"]
    with pytest.raises(GithubException, match="404"):
        repo.get_branch("gone")


def test_contents__of_a_link__follows_it_as_github_does(site) -> None:
    followed = site.repo().get_contents("link")
    assert followed.decoded_content == site.repo().get_contents("a.txt").decoded_content
    assert [row.path for row in site.repo().get_contents("p")] == ["p/x.yml"]


def test_rules__of_a_branch__are_what_was_set(site) -> None:
    rule: dict[str, Json] = {
        "type": "required_status_checks",
        "parameters": {
            "required_status_checks": [{"context": "mergefloor", "integration_id": 15368}],
            "strict_required_status_checks_policy": False,
        },
        "ruleset_source_type": "Repository",
        "ruleset_source": "acme/shop",
        "ruleset_id": 7,
    }
    site.fake.rulesets["main"] = [rule]
    page = {"id": 7, "name": "gate", "source": "acme/shop", "enforcement": "active", "bypass_actors": []}
    site.fake.ruleset_pages[7] = page
    assert site.ask("GET", "rules/branches/main")[1] == [rule]
    assert site.ask("GET", "rules/branches/topic")[1] == []
    assert "bypass_actors" not in site.ask("GET", "rulesets/7")[1]
