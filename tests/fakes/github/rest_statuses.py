"""Commit statuses: written once each, never changed; the latest of a context counts."""

from __future__ import annotations

from typing import Any

from tests.fakes.github import shapes
from tests.fakes.github.ask import Ask, good
from tests.fakes.github.git import is_hex
from tests.fakes.github.wire import Refusal, Reply, invalid, page_of
from tests.fakes.github.world import Status, World, iso


def create(ask: Ask) -> Reply:
    """Post a status on a full commit id of this repository."""
    world, sha, body = ask.world, ask.args[0], ask.body
    found = world.git.object(sha) if len(sha) == 40 and is_hex(sha) else None
    if found is None or found.kind != "commit":
        raise Refusal(422, f"No commit found for SHA: {sha}")
    description, target = body.get("description"), body.get("target_url")
    if description is not None and len(description) > world.limits.description_chars:
        raise invalid("Status", "description", "description is too long (maximum is 140 characters)")
    if target and not target.startswith(("http://", "https://")):
        raise invalid("Status", "target_url", "target_url must use http(s) scheme")
    context = body.get("context") or "default"
    if sum(s.context == context for s in world.statuses[sha]) >= world.limits.statuses_per_context:
        raise invalid("Status", "base", "This SHA and context has reached the maximum number of statuses.")
    status = Status(
        id=world.new_id(),
        sha=sha,
        state=body["state"],
        context=context,
        description=description,
        target_url=target,
        creator=ask.token.viewer,
        created=world.tick(),
    )
    world.statuses[sha].append(status)
    return good(_shape(world, status) | {"creator": shapes.user(world, status.creator)}, 201)


def listing(ask: Ask) -> Reply:
    """All statuses of a commit, newest first."""
    world, sha = ask.world, _commit(ask)
    rows = [
        _shape(world, s) | {"creator": shapes.user(world, s.creator)}
        for s in reversed(world.statuses.get(sha, []))
    ]
    return page_of(ask.request, rows, f"{world.repo_url}/commits/{ask.args[0]}/statuses")


def combined(ask: Ask) -> Reply:
    """The latest status of every context, and what they are together."""
    world, sha = ask.world, _commit(ask)
    latest = list(world.latest(sha).values())
    states = {status.state for status in latest}
    state = "failure" if states & {"error", "failure"} else "success" if states == {"success"} else "pending"
    url = f"{world.repo_url}/commits/{sha}"
    page = page_of(ask.request, [_shape(world, status) for status in latest], f"{url}/status")
    page.body = {
        "state": state,
        "statuses": page.body,
        "sha": sha,
        "total_count": len(latest),
        "repository": shapes.repository(world),
        "commit_url": url,
        "url": f"{url}/status",
    }
    return page


def _commit(ask: Ask) -> str:
    sha = ask.world.git.resolve(ask.args[0])
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {ask.args[0]}")
    return sha


def _shape(world: World, status: Status) -> dict[str, Any]:
    return {
        "url": f"{world.repo_url}/statuses/{status.sha}",
        "avatar_url": shapes.user(world, status.creator)["avatar_url"],
        "id": status.id,
        "node_id": f"SC_{status.id}",
        "state": status.state,
        "description": status.description,
        "target_url": status.target_url,
        "context": status.context,
        "created_at": iso(status.created),
        "updated_at": iso(status.created),
    }
