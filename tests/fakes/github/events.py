"""Payloads of events, from the state as it is; each is checked with the models of GitHub's webhooks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.fakes.github import shapes
from tests.fakes.github.rest_comments import shape as comment_shape
from tests.fakes.github.rest_pulls import issue_shape, tip
from tests.fakes.github.rest_pulls import shape as pull_shape
from tests.fakes.github.world import BIRTH, World, iso

NOWHERE = "0" * 40
WORKFLOW = ".github/workflows/mergefloor.yml"


def build(world: World, name: str, **facts: Any) -> dict[str, Any]:
    """The payload of an event by its name; ValueError when GitHub would not send it so."""
    payload = BUILDERS[name](world, **facts)
    check(name, payload)
    return payload


def check(name: str, payload: dict[str, Any]) -> None:
    """Raise pydantic's ValidationError when this is no such event. `schedule` is no webhook and has no model.

    The model is the one that `githubkit.webhooks.parse` would pick by name and action; to ask for it by its own name
    saves the three seconds that pydantic takes for the union of all actions.
    """
    from githubkit_schemas.latest import models

    if name == "schedule":
        return
    event = "pull_request" if name == "pull_request_target" else name
    words = f"{event}_{payload.get('action', '')}".split("_")
    model = getattr(models, "Webhook" + "".join(word.capitalize() for word in words))
    model.model_validate_json(json.dumps(payload))


def pull_request(
    world: World, number: int, action: str = "opened", *, before: str | None = None, sender: str = ""
) -> dict[str, Any]:
    """Opened, synchronize, reopened, ready_for_review, edited, closed. `before`: the head before the push."""
    pull = world.pulls[number]
    payload = {"action": action, "number": number, "pull_request": pull_shape(world, pull)} | _common(
        world, sender or pull.author
    )
    if action == "synchronize":
        return payload | {"before": before or tip(world, pull), "after": pull.head_sha}
    if action == "edited":
        return payload | {"changes": {"title": {"from": "Before"}}}
    return payload


def merge_group(
    world: World,
    head: str,
    number: int = 1,
    base: str = "",
    *,
    action: str = "checks_requested",
    sender: str = "octo",
) -> dict[str, Any]:
    """The merge queue asks about the commit `head`. `base`: a branch, the default one when not said."""
    base = base or world.default_branch
    head_sha, base_sha = world.git.resolve(head), world.git.resolve(f"refs/heads/{base}")
    assert head_sha and base_sha, f"no commit {head!r} or {base!r}"
    found = world.git.commit(head_sha)
    commit = {
        "id": head_sha,
        "tree_id": found.tree,
        "message": found.message,
        "timestamp": iso(found.committer.at),
        "author": _person(found.author.name, found.author.email),
        "committer": _person(found.committer.name, found.committer.email),
    }
    group = {
        "head_sha": head_sha,
        "head_ref": f"refs/heads/gh-readonly-queue/{base}/pr-{number}-{base_sha}",
        "base_sha": base_sha,
        "base_ref": f"refs/heads/{base}",
        "head_commit": commit,
    }
    reason = {"reason": "merged"} if action == "destroyed" else {}
    return {"action": action, "merge_group": group} | reason | _common(world, sender)


def push(
    world: World, ref: str = "", before: str = NOWHERE, after: str | None = None, *, sender: str = "octo"
) -> dict[str, Any]:
    """A push. `after` of forty zeros: the branch was deleted."""
    ref = ref or f"refs/heads/{world.default_branch}"
    sha = after or world.git.resolve(ref)
    assert sha, f"no commit behind {ref!r}"
    deleted = sha == NOWHERE
    head = None if deleted else _pushed(world, sha)
    owner = {"name": world.owner, "email": None} | shapes.user(world, world.owner)
    common = _common(world, sender)
    common["repository"] |= {"owner": owner, "created_at": BIRTH, "pushed_at": BIRTH, "master_branch": "main"}
    return {
        "ref": ref,
        "before": before,
        "after": sha,
        "created": before == NOWHERE,
        "deleted": deleted,
        "forced": False,
        "base_ref": None,
        "compare": f"{world.html}/compare/{before[:12]}...{sha[:12]}",
        "commits": [head] if head else [],
        "head_commit": head,
        "pusher": {"name": sender, "email": f"{sender}@example.org"},
    } | common


def workflow_dispatch(
    world: World, ref: str = "", inputs: dict[str, Any] | None = None, *, sender: str = "octo"
) -> dict[str, Any]:
    """Somebody pressed the button. `ref`: the default branch when not said."""
    ref = ref or f"refs/heads/{world.default_branch}"
    return {"inputs": inputs, "ref": ref, "workflow": WORKFLOW} | _common(world, sender)


def schedule(world: World, cron: str = "0 3 * * *") -> dict[str, Any]:
    """The clock struck; runs on the default branch."""
    return {"schedule": cron, "workflow": WORKFLOW} | _common(world, "github-actions[bot]")


def issue_comment(
    world: World, comment: int, action: str = "created", *, before: str = "", sender: str = ""
) -> dict[str, Any]:
    """Somebody wrote (created), changed (edited, `before`: the old text) or removed (deleted) a comment."""
    said = world.found_comment(comment)
    assert said is not None, f"no comment {comment}"
    thread = world.issues.get(said.number) or world.pulls[said.number]
    payload = {"action": action, "issue": issue_shape(world, thread), "comment": comment_shape(world, said)}
    if action == "edited":
        payload["changes"] = {"body": {"from": before or said.body}}
    return payload | _common(world, sender or said.editor or said.author or shapes.GHOST)


BUILDERS: dict[str, Callable[..., dict[str, Any]]] = {
    "pull_request": pull_request,
    "pull_request_target": pull_request,
    "merge_group": merge_group,
    "push": push,
    "workflow_dispatch": workflow_dispatch,
    "schedule": schedule,
    "issue_comment": issue_comment,
}


def _common(world: World, sender: str) -> dict[str, Any]:
    return {"repository": shapes.repository(world), "sender": shapes.user(world, sender)}


def _person(name: str, email: str) -> dict[str, Any]:
    return {"name": name, "email": email}


def _pushed(world: World, sha: str) -> dict[str, Any]:
    found = world.git.commit(sha)
    rows = world.git.changes(found.parents[0], sha) if found.parents else ()
    paths = {kind: [r.path for r in rows if r.status == kind] for kind in ("added", "removed", "modified")}
    return paths | {
        "id": sha,
        "tree_id": found.tree,
        "distinct": True,
        "message": found.message,
        "timestamp": iso(found.committer.at),
        "url": f"{world.html}/commit/{sha}",
        "author": _person(found.author.name, found.author.email),
        "committer": _person(found.committer.name, found.committer.email),
    }
