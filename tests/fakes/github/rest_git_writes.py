"""Writes to the git database: blobs, trees and commits that nothing points at yet, and the refs that do."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from tests.fakes.github import shapes
from tests.fakes.github.ask import Ask, good
from tests.fakes.github.git import is_hex
from tests.fakes.github.rest_git import ref_shape, tree_shape
from tests.fakes.github.wire import Refusal, Reply
from tests.fakes.github.world import World

WORKFLOWS = ".github/workflows/"
SIGNER = "GitHub <noreply@github.com>"


def create_blob(ask: Ask) -> Reply:
    """Store bytes, as text or in base64."""
    text = ask.body["content"]
    data = text.encode()
    if ask.body.get("encoding", "utf-8") == "base64":
        try:
            data = base64.b64decode(text)
        except binascii.Error:
            raise Refusal(422, "content is not valid Base64") from None
    sha = ask.world.git.store("blob", data)
    return good({"sha": sha, "url": f"{ask.world.repo_url}/git/blobs/{sha}"}, 201)


def create_tree(ask: Ask) -> Reply:
    """A tree with these entries on top of another one. An entry whose `sha` is null is taken out."""
    world, base = ask.world, ask.body.get("base_tree")
    if base is not None and _kind(world, base) != "tree":
        raise Refusal(422, "tree.base_tree is not a valid tree")
    rows = [_row(ask, item) for item in ask.body["tree"]]
    changed = {path for _, _, path in rows if path.startswith(WORKFLOWS)}
    if changed and not ask.token.permissions.allow((("workflows", "write"),), public=False):
        raise Refusal(403, "Resource not accessible by integration")
    return good(tree_shape(world, world.git.store_tree(base, rows)), 201)


def create_commit(ask: Ask) -> Reply:
    """A commit; without an author it is the token's own, signed by GitHub."""
    world, body, at = ask.world, ask.body, ask.world.tick()
    if _kind(world, body["tree"]) != "tree":
        raise Refusal(422, "Tree SHA does not exist")
    parents = body.get("parents", [])
    if any(_kind(world, parent) != "commit" for parent in parents):
        raise Refusal(422, "Parent SHA does not exist or is not a commit object")
    viewer = ask.token.viewer
    own = f"{viewer} <{shapes.number_of(viewer)}+{viewer}@users.noreply.github.com>"
    author = body.get("author")
    author = f"{author['name']} <{author['email']}>" if author else own
    head = [f"tree {body['tree']}", *(f"parent {parent}" for parent in parents)]
    head += [f"author {author} {at} +0000", f"committer {SIGNER if author == own else author} {at} +0000"]
    sha = world.git.store("commit", ("\n".join(head) + f"\n\n{body['message']}").encode())
    return good(shapes.git_commit(world, sha), 201)


def create_ref(ask: Ask) -> Reply:
    """A new ref by its full name."""
    world, name, sha = ask.world, ask.body["ref"], ask.body["sha"]
    if not name.startswith("refs/") or name.count("/") < 2:
        raise Refusal(422, "Reference name must start with 'refs/' and have at least two slashes.")
    _guard(world, name)
    if any(row[0] == name for row in world.git.refs(name)):
        raise Refusal(422, "Reference already exists")
    return good(_moved(world, name, sha), 201)


def update_ref(ask: Ask) -> Reply:
    """Move a ref. Without `force` only forwards: this is the one compare-and-swap that GitHub has."""
    world, name, sha = ask.world, f"refs/{ask.args[0]}", ask.body["sha"]
    now = _ref(world, name)
    _guard(world, name)
    forwards = _kind(world, sha) != "commit" or world.git.merge_base(now, sha) == now
    if not (forwards or ask.body.get("force", False)):
        raise Refusal(422, "Update is not a fast forward")
    return good(_moved(world, name, sha))


def delete_ref(ask: Ask) -> Reply:
    """Delete a ref. GitHub closes the open pull requests of a branch that goes."""
    world, name = ask.world, f"refs/{ask.args[0]}"
    _ref(world, name)
    _guard(world, name)
    world.git.run("update-ref", "-d", name)
    for pull in world.pulls_from(name):
        pull.state, pull.closed = "closed", world.tick()
    return Reply(status=204)


def _moved(world: World, name: str, sha: str) -> dict[str, Any]:
    if _kind(world, sha) != "commit":
        raise Refusal(422, "Object does not exist")
    world.git.set_ref(name, sha)
    for pull in world.pulls_from(name):
        pull.head_sha, pull.updated = sha, world.tick()
        world.git.set_ref(f"refs/pull/{pull.number}/head", sha)
    return ref_shape(world, name, sha, "commit")


def _ref(world: World, name: str) -> str:
    found = [row[1] for row in world.git.refs(name) if row[0] == name]
    if not found:
        raise Refusal(422, "Reference does not exist")
    return found[0]


def _guard(world: World, name: str) -> None:
    """Branches that rules keep from being written: `world.guarded`, by name, with GitHub's status and words."""
    refused = world.guarded.get(name.removeprefix("refs/heads/"))
    if refused:
        raise Refusal(*refused)


def _row(ask: Ask, item: dict[str, Any]) -> tuple[str, str | None, str]:
    """Mode, object (None: take it out) and path of one entry."""
    if "content" in item and "sha" in item:
        raise Refusal(422, "Must supply either tree.sha or tree.content.")
    if "content" in item:
        return item["mode"], ask.world.git.store("blob", item["content"].encode()), item["path"]
    if item["sha"] is not None and _kind(ask.world, item["sha"]) != item["type"]:
        raise Refusal(422, "tree.sha does not exist")
    return item["mode"], item["sha"], item["path"]


def _kind(world: World, sha: str) -> str:
    found = world.git.object(sha) if len(sha) == 40 and is_hex(sha) else None
    return found.kind if found else ""
