"""Pull requests as they are now."""

from __future__ import annotations

from typing import Any

from tests.fakes.github import shapes
from tests.fakes.github.ask import Ask, good
from tests.fakes.github.diff import Changed
from tests.fakes.github.rest_repo import files as file_rows
from tests.fakes.github.wire import Reply, page_of
from tests.fakes.github.world import Issue, Pull, World, iso

LINKS = {
    "html": "html_url", "issue": "issue_url", "comments": "comments_url", "commits": "commits_url",
    "statuses": "statuses_url", "review_comments": "review_comments_url", "review_comment": "review_comment_url",
}  # fmt: skip


def pull(ask: Ask) -> Reply:
    """One pull request."""
    return good(shape(ask.world, ask.pull()))


def files(ask: Ask) -> Reply:
    """What a pull request changes, page by page; there is no row beyond the cap."""
    world, found = ask.world, ask.pull()
    rows = file_rows(world, changes(world, found), found.head_sha)
    return page_of(ask.request, rows, _here(world, found, "files"), cap=world.limits.pull_files)


def commits(ask: Ask) -> Reply:
    """The commits of a pull request, oldest first, at most 250."""
    world, found = ask.world, ask.pull()
    rows = [shapes.commit(world, sha) for sha in world.git.between(tip(world, found), found.head_sha)]
    return page_of(ask.request, rows, _here(world, found, "commits"), cap=250)


def changes(world: World, found: Pull) -> tuple[Changed, ...]:
    """The rows of a pull request: from the merge base to the head."""
    middle = world.git.merge_base(tip(world, found), found.head_sha)
    return world.git.changes(middle, found.head_sha) if middle else ()


def tip(world: World, found: Pull) -> str:
    """The tip of the base branch; the recorded base once the branch is gone."""
    return world.git.resolve(f"refs/heads/{found.base_ref}") or found.base_sha


def shape(world: World, found: Pull) -> dict[str, Any]:
    """A pull request's JSON."""
    rows = changes(world, found)
    return short(world, found) | {
        "merged": found.merged,
        "mergeable": None if found.state == "closed" else True,
        "rebaseable": None if found.state == "closed" else True,
        "mergeable_state": "unknown" if found.state == "closed" else "clean",
        "merged_by": None,
        "comments": len(world.comments.get(found.number, [])),
        "review_comments": len(world.review_comments.get(found.number, [])),
        "maintainer_can_modify": False,
        "commits": len(world.git.between(tip(world, found), found.head_sha)),
        "additions": sum(row.added for row in rows),
        "deletions": sum(row.removed for row in rows),
        "changed_files": len(rows),
    }


def short(world: World, found: Pull) -> dict[str, Any]:
    """A pull request as a list has it."""
    url = f"{world.repo_url}/pulls/{found.number}"
    html, issue = f"{world.html}/pull/{found.number}", f"{world.repo_url}/issues/{found.number}"
    urls = {
        "url": url,
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "issue_url": issue,
        "commits_url": f"{url}/commits",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": f"{world.repo_url}/pulls/comments{{/number}}",
        "comments_url": f"{issue}/comments",
        "statuses_url": f"{world.repo_url}/statuses/{found.head_sha}",
    }
    links = {"self": {"href": url}} | {name: {"href": urls[key]} for name, key in LINKS.items()}
    return urls | {
        "id": shapes.number_of(f"{world.repository}#{found.number}"),
        "node_id": f"PR_{found.number}",
        "number": found.number,
        "state": found.state,
        "locked": found.locked,
        "title": found.title,
        "user": shapes.user(world, found.author),
        "body": found.body,
        "labels": [shapes.label(world, name) for name in found.labels],
        "milestone": None,
        "active_lock_reason": None,
        "created_at": iso(found.created),
        "updated_at": iso(found.updated),
        "closed_at": found.closed and iso(found.closed),
        "merged_at": iso(found.closed) if found.merged and found.closed else None,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "head": _end(world, found.head_repo, found.head_ref, found.head_sha, found.author),
        "base": _end(world, world.repository, found.base_ref, found.base_sha),
        "_links": links,
        "author_association": shapes.association(world, found.author),
        "auto_merge": None,
        "draft": found.draft,
    }


def issue(ask: Ask) -> Reply:
    """An issue, or a pull request seen as one."""
    world, number = ask.world, ask.number()
    found = world.issues.get(number) or ask.pull()
    return good(issue_shape(world, found))


def issue_shape(world: World, found: Issue | Pull) -> dict[str, Any]:
    """The JSON of an issue; a pull request's has the `pull_request` part."""
    url = f"{world.repo_url}/issues/{found.number}"
    is_pull = isinstance(found, Pull)
    html = f"{world.html}/{'pull' if is_pull else 'issues'}/{found.number}"
    said = {
        "url": url,
        "repository_url": world.repo_url,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": html,
        "id": shapes.number_of(f"{world.repository}#{found.number}") + 7,
        "node_id": f"{'PR' if is_pull else 'I'}_{found.number}",
        "number": found.number,
        "title": found.title,
        "user": shapes.user(world, found.author),
        "labels": [shapes.label(world, name) for name in found.labels],
        "state": found.state,
        "state_reason": found.reason if isinstance(found, Issue) else None,
        "locked": found.locked,
        "active_lock_reason": None,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": len(world.comments.get(found.number, [])),
        "created_at": iso(found.created),
        "updated_at": iso(found.edited or found.created),
        "closed_at": found.closed and iso(found.closed),
        "author_association": shapes.association(world, found.author),
        "body": found.body,
        "closed_by": shapes.user(world, found.closer) if found.closer else None,
        "performed_via_github_app": None,
        "reactions": shapes.rollup(url, []),
    }
    if isinstance(found, Pull):
        links = {"html_url": html, "diff_url": f"{html}.diff", "patch_url": f"{html}.patch"}
        said["pull_request"] = links | {"url": f"{world.repo_url}/pulls/{found.number}", "merged_at": None}
        said["draft"] = found.draft
    return said


def _end(world: World, repo: str | None, ref: str, sha: str, author: str = "") -> dict[str, Any]:
    owner = (
        repo.partition("/")[0] if repo else author
    )  # a fork that was deleted is still named after its owner
    return {
        "label": f"{owner}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": shapes.user(world, owner),
        "repo": shapes.repository(world, repo) if repo else None,
    }


def _here(world: World, found: Pull, what: str) -> str:
    number = shapes.number_of(world.repository)
    return f"{world.api}/repositories/{number}/pulls/{found.number}/{what}"
