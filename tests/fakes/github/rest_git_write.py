"""The git database, written to: blobs, trees, commits, and refs with their protection."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from tests.fakes.github import shapes
from tests.fakes.github.ask import Ask, good
from tests.fakes.github.git import is_hex
from tests.fakes.github.git_objects import Row, commit_bytes, grown
from tests.fakes.github.rest_git import listed, ref_row
from tests.fakes.github.wire import Refusal, Reply
from tests.fakes.github.world import World

REF_DOCS = "https://docs.github.com/rest/git/refs"
# Words of a rule by its type, as a refused push shows them.
RULES = {
    "pull_request": "Changes must be made through a pull request.",
    "update": "Cannot update this protected ref.",
    "creation": "Cannot create ref due to creations being restricted.",
    "deletion": "Cannot delete this protected ref.",
    "required_status_checks": "Required status check is expected.",
    "required_signatures": "Commits must have verified signatures.",
}
ON_UPDATE = ("pull_request", "update", "required_status_checks", "required_signatures")


def create_blob(ask: Ask) -> Reply:
    """Store bytes."""
    content, encoding = ask.body["content"], ask.body.get("encoding") or "utf-8"
    try:
        data = base64.b64decode(content, validate=False) if encoding == "base64" else content.encode()
    except binascii.Error:
        raise Refusal(422, "content is not valid Base64") from None
    sha = ask.world.git.store("blob", data)
    return good({"sha": sha, "url": f"{ask.world.repo_url}/git/blobs/{sha}"}, 201)


def create_tree(ask: Ask) -> Reply:
    """A tree from another one and some rows: content or an id puts, a null id takes away."""
    git, body = ask.world.git, ask.body
    start = body.get("base_tree")
    base = git.resolve(start, "tree") if start else None
    if start and base is None:
        raise Refusal(404, "Not Found")
    if not body["tree"] and base is None:
        raise Refusal(422, "Invalid tree info")
    tree = grown(git, base, {row["path"]: _row(ask.world, row) for row in body["tree"]})
    if tree is None:
        raise Refusal(422, "Invalid tree info")
    return good(listed(ask.world, tree, False), 201)


def create_commit(ask: Ask) -> Reply:
    """A commit of whoever holds the token, now, unless it says otherwise."""
    world, body = ask.world, ask.body
    if world.git.resolve(body["tree"], "tree") is None:
        raise Refusal(422, "Tree SHA does not exist")
    parents = body.get("parents") or []
    if any(world.git.resolve(parent) != parent for parent in parents):
        raise Refusal(422, "Parent SHA does not exist or is not a commit object")
    tick = world.tick()
    usual = {"name": ask.token.viewer, "email": f"{ask.token.viewer}@users.noreply.github.com"}
    author = body.get("author") or usual
    committer = body.get("committer") or author
    data = commit_bytes(body["tree"], parents, (author, committer), body["message"], tick)
    return good(shapes.git_commit(world, world.git.store("commit", data)), 201)


def create_ref(ask: Ask) -> Reply:
    """A new branch or tag."""
    world, name, sha = ask.world, ask.body["ref"], ask.body["sha"]
    if not name.startswith("refs/") or name.count("/") < 2:
        raise Refusal(422, "Reference name must start with 'refs/' and contain at least two slashes.")
    if world.git.object(sha) is None or not is_hex(sha):
        raise Refusal(422, "Object does not exist", about=REF_DOCS)
    if _there(world, name):
        raise Refusal(422, "Reference already exists", about=REF_DOCS)
    _allow(world, name, ("creation",))
    world.git.set_ref(name, sha)
    return good(ref_row(world, name, sha), 201)


def update_ref(ask: Ask) -> Reply:
    """Move a branch; only forward unless it is forced."""
    world, name, sha = ask.world, f"refs/{ask.args[0]}", ask.body["sha"]
    now = _there(world, name)
    if now is None:
        raise Refusal(422, "Reference does not exist", about=REF_DOCS)
    if world.git.resolve(sha) != sha:
        raise Refusal(422, "Object does not exist", about=REF_DOCS)
    forced = bool(ask.body.get("force"))
    if not forced and world.git.merge_base(now, sha) != now:
        raise Refusal(422, "Update is not a fast forward", about=REF_DOCS)
    if now != sha:
        _allow(world, name, (*ON_UPDATE, *(("non_fast_forward",) if forced else ())))
        world.git.set_ref(name, sha)
    return good(ref_row(world, name, sha))


def delete_ref(ask: Ask) -> Reply:
    """Delete a branch or a tag."""
    world, name = ask.world, f"refs/{ask.args[0]}"
    if _there(world, name) is None:
        raise Refusal(422, "Reference does not exist", about=REF_DOCS)
    _allow(world, name, ("deletion",))
    world.git.delete_ref(name)
    return Reply(status=204)


def _there(world: World, name: str) -> str | None:
    return next((sha for full, sha, _ in world.git.refs(name) if full == name), None)


def _allow(world: World, name: str, kinds: tuple[str, ...]) -> None:
    """Refuse what a rule or the classic protection of the branch forbids."""
    branch = name.removeprefix("refs/heads/")
    broken = [RULES.get(rule["type"], "") for rule in world.rulesets.get(branch, []) if rule["type"] in kinds]
    if broken:
        raise Refusal(
            422, "Repository rule violations found\n\n" + "\n\n".join(broken) + "\n\n", about=REF_DOCS
        )
    if isinstance(world.protection.get(branch), dict) and "creation" not in kinds:
        what = f"Protected branch update failed for {name}.\n\n- {RULES['pull_request']}"
        raise Refusal(422, what, about=REF_DOCS)


def _row(world: World, row: dict[str, Any]) -> Row | None:
    if "content" in row and "sha" in row:
        raise Refusal(422, "tree.content and tree.sha cannot both be given")
    if "content" in row:
        return Row(row["mode"], world.git.store("blob", row["content"].encode()))
    if row.get("sha") is None:
        return None
    found = world.git.object(row["sha"])
    if found is None or found.kind != row.get("type", found.kind):
        raise Refusal(422, f"tree.sha {row['sha']} is not a valid {row.get('type', 'object')}")
    return Row(row["mode"], row["sha"])
