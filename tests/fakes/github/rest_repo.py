"""The repository itself: its branches, rules, people, commits and comparisons."""

from __future__ import annotations

from typing import Any

from tests.fakes.github import shapes
from tests.fakes.github.ask import Ask, good
from tests.fakes.github.diff import Changed
from tests.fakes.github.wire import Refusal, Reply, not_found, page_of
from tests.fakes.github.world import BIRTH, World, iso

PERMISSION = {"admin": "admin", "maintain": "write", "write": "write", "triage": "read", "read": "read"}


def repository(ask: Ask) -> Reply:
    """The repository."""
    return good(shapes.full_repository(ask.world))


def branch(ask: Ask) -> Reply:
    """A branch and the commit at its tip."""
    world, name = ask.world, ask.args[0]
    sha = world.git.resolve(f"refs/heads/{name}")
    if sha is None:
        raise Refusal(404, "Branch not found")
    guarded = isinstance(world.protection.get(name), dict) or bool(world.rulesets.get(name))
    url = f"{world.repo_url}/branches/{name}"
    return good(
        {
            "name": name,
            "commit": shapes.commit(world, sha),
            "_links": {"self": url, "html": f"{world.html}/tree/{name}"},
            "protected": guarded,
            "protection": {"enabled": guarded},
            "protection_url": f"{url}/protection",
        }
    )


def protection(ask: Ask) -> Reply:
    """Classic branch protection: what the test put there, a status the test wants, or GitHub's 404."""
    found = ask.world.protection.get(ask.args[0], 404)
    if found == 403:
        raise Refusal(403, "Resource not accessible by integration")
    if isinstance(found, int):
        raise Refusal(found, "Branch not protected" if found == 404 else "Upgrade to GitHub Pro")
    return good(found)


def rules(ask: Ask) -> Reply:
    """The active rules of a branch, over all rulesets; an empty list when there are none."""
    name = ask.args[0]
    here = f"{ask.world.repo_url}/rules/branches/{name}"
    return page_of(ask.request, list(ask.world.rulesets.get(name, [])), here)


def ruleset(ask: Ask) -> Reply:
    """One ruleset by its number. Who may pass it by is told to those who may write it."""
    found = ask.world.ruleset_pages.get(ask.number())
    if found is None:
        raise not_found()
    if ask.token.permissions.administration != "write":
        found = {key: value for key, value in found.items() if key != "bypass_actors"}
    return good(found)


def workflow(ask: Ask) -> Reply:
    """A workflow that the test told of, and whether it is switched off."""
    world, name = ask.world, ask.args[0]
    path = f".github/workflows/{name}"
    if name not in world.workflows:
        raise not_found()
    number, at = 5_000, iso(BIRTH)
    url = f"{world.repo_url}/actions/workflows/{number}"
    return good(
        {
            "id": number,
            "node_id": f"W_{number}",
            "name": name,
            "path": path,
            "state": world.workflows[name],
            "created_at": at,
            "updated_at": at,
            "url": url,
            "html_url": f"{world.html}/blob/{world.default_branch}/{path}",
            "badge_url": f"{world.html}/workflows/{name}/badge.svg",
        }
    )


def role(ask: Ask) -> Reply:
    """The role of a person; custom roles keep their name and count as read. Logins know no case."""
    world, login = ask.world, ask.args[0]
    roles = {name.lower(): (name, held) for name, held in world.collaborators.items()}
    name, held = roles.get(login.lower(), (login, ""))
    known = {user.lower() for user in world.users}
    if not held and name.lower() not in known:
        raise Refusal(404, f"{login} is not a user")
    held = held or ("none" if world.private else "read")
    permission = PERMISSION.get(held, "none" if held == "none" else "read")
    person = shapes.user(world, name) | {"role_name": held, "permissions": _flags(permission, held)}
    return good({"permission": permission, "role_name": held, "user": person})


def commit(ask: Ask) -> Reply:
    """A commit by id, branch or tag, with what it changed."""
    world = ask.world
    sha = world.git.resolve(ask.args[0])
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {ask.args[0]}")
    found = world.git.commit(sha)
    rows = world.git.changes(found.parents[0], sha)[: world.limits.pull_files] if found.parents else ()
    added, removed = sum(r.added for r in rows), sum(r.removed for r in rows)
    stats = {"additions": added, "deletions": removed, "total": added + removed}
    return good(shapes.commit(world, sha) | {"stats": stats, "files": files(world, rows, sha)})


def compare(ask: Ask) -> Reply:
    """Two commits compared by their merge base. At most 300 files, unmarked when there are more."""
    world, (base_name, head_name) = ask.world, ask.args
    base, head = _side(world, base_name), _side(world, head_name)
    middle = world.git.merge_base(base, head)
    if middle is None:
        raise Refusal(404, f"No common ancestor between {base_name} and {head_name}.")
    ahead, behind = world.git.between(base, head), world.git.between(head, base)
    size = min(int(ask.request.query.get("per_page") or 250), world.limits.compare_commits)
    page = int(ask.request.query.get("page") or 1)
    rows = world.git.changes(middle, head)[: world.limits.compare_files] if page == 1 else ()
    html = f"{world.html}/compare/{base_name}...{head_name}"
    return good(
        {
            "url": f"{world.repo_url}/compare/{base_name}...{head_name}",
            "html_url": html,
            "permalink_url": f"{world.html}/compare/{base}...{head}",
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "base_commit": shapes.commit(world, base),
            "merge_base_commit": shapes.commit(world, middle),
            "status": _status(bool(ahead), bool(behind)),
            "ahead_by": len(ahead),
            "behind_by": len(behind),
            "total_commits": len(ahead),
            "commits": [shapes.commit(world, sha) for sha in ahead[(page - 1) * size : page * size]],
            "files": files(world, rows, head),
        }
    )


def files(world: World, rows: tuple[Changed, ...], head: str) -> list[dict[str, Any]]:
    """Rows of a file list; beyond the limit of lines they silently lack their patch."""
    found, lines = [], 0
    for row in rows:
        lines += row.lines
        one: dict[str, Any] = {
            "sha": row.sha,
            "filename": row.path,
            "status": row.status,
            "additions": row.added,
            "deletions": row.removed,
            "changes": row.added + row.removed,
            "blob_url": f"{world.html}/blob/{head}/{row.path}",
            "raw_url": f"{world.html}/raw/{head}/{row.path}",
            "contents_url": f"{world.repo_url}/contents/{row.path}?ref={head}",
        }
        if row.patch is not None and lines <= world.limits.patch_lines:
            one["patch"] = row.patch
        if row.previous is not None:
            one["previous_filename"] = row.previous
        found.append(one)
    return found


def whoami(ask: Ask) -> Reply:
    """The token's person; an installation is nobody."""
    if ask.token.kind == "installation":
        raise Refusal(403, "Resource not accessible by integration")
    moment = "2024-01-01T00:00:00Z"
    zeros = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    texts = dict.fromkeys(("name", "company", "blog", "location", "email", "hireable", "bio"))
    private = dict.fromkeys(
        ("private_gists", "total_private_repos", "owned_private_repos", "disk_usage", "collaborators"), 0
    )
    more = {"two_factor_authentication": True, "created_at": moment, "updated_at": moment}
    return good(shapes.user(ask.world, ask.token.viewer) | zeros | texts | private | more)


def _side(world: World, name: str) -> str:
    for pull in world.pulls.values():
        owner = (pull.head_repo or "").partition("/")[0]
        if name == f"{owner}:{pull.head_ref}":
            return pull.head_sha
    sha = world.git.resolve(name.removeprefix(f"{world.owner}:"))
    if sha is None:
        raise not_found()
    return sha


def _status(ahead: bool, behind: bool) -> str:
    if ahead:
        return "diverged" if behind else "ahead"
    return "behind" if behind else "identical"


def _flags(permission: str, held: str) -> dict[str, bool]:
    return {
        "pull": permission != "none",
        "triage": held in ("triage", "write", "maintain", "admin"),
        "push": permission in ("write", "admin"),
        "maintain": held in ("maintain", "admin"),
        "admin": held == "admin",
    }
