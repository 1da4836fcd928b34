"""The JSON of GitHub's nouns, built from the state; used by answers and events alike."""

from __future__ import annotations

import base64
import zlib
from typing import Any

from tests.fakes.github.git import Signature
from tests.fakes.github.world import BIRTH, World, iso

USER_URLS = (
    "followers_url", "following_url", "gists_url", "starred_url", "subscriptions_url", "organizations_url", "repos_url",
    "events_url", "received_events_url",
)  # fmt: skip
REPO_URLS = (
    "archive_url", "assignees_url", "blobs_url", "branches_url", "collaborators_url", "comments_url",
    "commits_url", "compare_url", "contents_url", "contributors_url", "deployments_url", "downloads_url",
    "events_url", "forks_url", "git_commits_url", "git_refs_url", "git_tags_url", "issue_comment_url",
    "issue_events_url", "issues_url", "keys_url", "labels_url", "languages_url", "merges_url",
    "milestones_url", "notifications_url", "pulls_url", "releases_url", "stargazers_url", "statuses_url",
    "subscribers_url", "subscription_url", "tags_url", "teams_url", "trees_url", "hooks_url",
)  # fmt: skip
GHOST = "ghost"


def number_of(name: str) -> int:
    """A stable id for a name."""
    return zlib.crc32(name.lower().encode()) % 90_000_000 + 1000


def is_bot(login: str) -> bool:
    """Whether GitHub calls this account a Bot."""
    return login.endswith("[bot]")


def user(world: World, login: str | None) -> dict[str, Any]:
    """An account; the ghost for a deleted one."""
    login = login or GHOST
    url = f"{world.api}/users/{login}"
    return {
        "login": login,
        "id": number_of(login),
        "node_id": f"{'BOT' if is_bot(login) else 'U'}_{number_of(login)}",
        "avatar_url": f"{world.root}/avatars/u/{number_of(login)}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{world.root}/{'apps/' if is_bot(login) else ''}{login.removesuffix('[bot]')}",
        **{key: f"{url}/{key.removesuffix('_url')}" for key in USER_URLS},
        "type": "Bot" if is_bot(login) else "User",
        "site_admin": False,
    }


def repository(world: World, name: str | None = None) -> dict[str, Any]:
    """A repository: this one, or a fork of it by name."""
    name = name or world.repository
    url, html, owner = f"{world.api}/repos/{name}", f"{world.root}/{name}", name.partition("/")[0]
    return {
        "id": number_of(name),
        "node_id": f"R_{number_of(name)}",
        "name": name.partition("/")[2],
        "full_name": name,
        "owner": user(world, owner),
        "private": world.private,
        "html_url": html,
        "description": None,
        "fork": name != world.repository,
        "url": url,
        **{key: f"{url}/{key.removesuffix('_url')}" for key in REPO_URLS},
        "git_url": f"git://127.0.0.1/{name}.git",
        "ssh_url": f"git@127.0.0.1:{name}.git",
        "clone_url": f"{html}.git",
        "svn_url": html,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "forks": 0, "forks_count": 0, "stargazers_count": 0, "watchers": 0, "watchers_count": 0, "size": 1,
        "default_branch": world.default_branch,
        "open_issues": len(world.pulls),
        "open_issues_count": len(world.pulls),
        "has_issues": world.has_issues, "has_projects": False, "has_wiki": False, "has_pages": False,
        "has_discussions": False, "has_downloads": True, "archived": False, "disabled": False,
        "visibility": "private" if world.private else "public",
        "license": None,
        "topics": [],
        "is_template": False,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "pushed_at": iso(BIRTH), "created_at": iso(1_700_000_000), "updated_at": iso(1_700_000_000),
    }  # fmt: skip


def full_repository(world: World) -> dict[str, Any]:
    """What `GET /repos/{owner}/{repo}` tells."""
    return repository(world) | {"subscribers_count": 0, "network_count": 0}


def commit(world: World, sha: str) -> dict[str, Any]:
    """A commit as the repository API tells it."""
    found = world.git.commit(sha)
    url, html = f"{world.repo_url}/commits/{sha}", f"{world.html}/commit/{sha}"
    parents = [
        {"sha": p, "url": f"{world.repo_url}/commits/{p}", "html_url": f"{world.html}/commit/{p}"}
        for p in found.parents
    ]
    return {
        "url": url,
        "sha": sha,
        "node_id": f"C_{sha}",
        "html_url": html,
        "comments_url": f"{url}/comments",
        "commit": {
            "url": f"{world.repo_url}/git/commits/{sha}",
            "author": signed(found.author),
            "committer": signed(found.committer),
            "message": found.message,
            "comment_count": 0,
            "tree": {"sha": found.tree, "url": f"{world.repo_url}/git/trees/{found.tree}"},
            "verification": unsigned(),
        },
        "author": None,
        "committer": None,
        "parents": parents,
    }


def git_commit(world: World, sha: str) -> dict[str, Any]:
    """A commit as the git database API tells it."""
    whole = commit(world, sha)
    inner = whole["commit"]
    return {
        "sha": sha,
        "node_id": whole["node_id"],
        "url": inner["url"],
        "html_url": whole["html_url"],
        "author": inner["author"],
        "committer": inner["committer"],
        "tree": inner["tree"],
        "message": inner["message"],
        "parents": [
            row | {"url": row["url"].replace("/commits/", "/git/commits/")} for row in whole["parents"]
        ],
        "verification": inner["verification"],
    }


def signed(who: Signature) -> dict[str, str]:
    """Author, committer or tagger."""
    return {"name": who.name, "email": who.email, "date": iso(who.at)}


def unsigned() -> dict[str, Any]:
    """The verification of an object without a signature."""
    return {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def label(world: World, name: str) -> dict[str, Any]:
    """A label."""
    return {
        "id": number_of(f"label {name}"),
        "node_id": f"LA_{number_of(name)}",
        "url": f"{world.repo_url}/labels/{name}",
        "name": name,
        "description": None,
        "color": "ededed",
        "default": False,
        "archived_at": None,
        "archived_by": None,
    }


def app(world: World, login: str) -> dict[str, Any]:
    """The GitHub App behind a bot's account."""
    slug = login.removesuffix("[bot]")
    return {
        "id": number_of(slug),
        "slug": slug,
        "node_id": f"A_{number_of(slug)}",
        "client_id": f"Iv1.{number_of(slug)}",
        "owner": user(world, "github"),
        "name": slug,
        "description": None,
        "external_url": world.root,
        "html_url": f"{world.root}/apps/{slug}",
        "created_at": iso(1_700_000_000),
        "updated_at": iso(1_700_000_000),
        "permissions": {"issues": "write", "metadata": "read"},
        "events": [],
    }


def association(world: World, login: str | None) -> str:
    """What the API says of an author; wrong for private members on GitHub too, so nothing may rest on it."""
    if login == world.owner:
        return "OWNER"
    return "COLLABORATOR" if login in world.collaborators else "NONE"


def base64_lines(data: bytes) -> str:
    """Bytes in base64 with a line break after every 60 characters, as GitHub sends them."""
    text = base64.b64encode(data).decode()
    return "".join(f"{text[at : at + 60]}\n" for at in range(0, len(text), 60))


def rollup(url: str, contents: list[str]) -> dict[str, Any]:
    """The reactions to one thing, counted."""
    kinds = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
    counts = {kind: contents.count(kind) for kind in kinds}
    return {"url": f"{url}/reactions", "total_count": len(contents), **counts}
