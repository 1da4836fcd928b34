"""The git database: trees, blobs, commits, refs, tags."""

from __future__ import annotations

from typing import Any

from tests.fakes.github import shapes
from tests.fakes.github.ask import Ask, good
from tests.fakes.github.git import Entry, is_hex, signature
from tests.fakes.github.wire import Refusal, Reply, not_found, page_of
from tests.fakes.github.world import World


def tree(ask: Ask) -> Reply:
    """A tree by its id, a commit's id or a ref; cut with `truncated: true` beyond the limits.

    Any value of `recursive`, even 0, means recursive, as GitHub has it.
    """
    world, name = ask.world, ask.args[0]
    start = world.git.resolve(name) or world.git.resolve(name, "tree")
    sha = world.git.resolve(name, "tree") if start is None else world.git.resolve(start, "tree")
    if start is None or sha is None:
        raise not_found()
    return good(tree_shape(world, sha, start, recursive="recursive" in ask.request.query))


def blob(ask: Ask) -> Reply:
    """A blob in base64; 403 beyond the size limit."""
    world, sha = ask.world, ask.args[0]
    found = world.git.object(sha) if len(sha) == 40 and is_hex(sha) else None
    if found is None or found.kind != "blob":
        raise not_found()
    if len(found.data) > world.limits.blob_bytes:
        raise Refusal(
            403, "The requested blob is too large to fetch via the API, but you can always clone it."
        )
    return good(
        {
            "sha": sha,
            "node_id": f"B_{sha}",
            "url": f"{world.repo_url}/git/blobs/{sha}",
            "size": len(found.data),
            "content": shapes.base64_lines(found.data),
            "encoding": "base64",
        }
    )


def git_commit(ask: Ask) -> Reply:
    """A commit of the git database; only full ids."""
    sha = ask.args[0]
    found = ask.world.git.object(sha) if len(sha) == 40 and is_hex(sha) else None
    if found is None or found.kind != "commit":
        raise not_found()
    return good(shapes.git_commit(ask.world, sha))


def ref(ask: Ask) -> Reply:
    """One ref, `heads/main` for `refs/heads/main`."""
    name = f"refs/{ask.args[0].removeprefix('refs/')}"
    found = [row for row in ask.world.git.refs(name) if row[0] == name]
    if not found:
        raise not_found()
    return good(ref_shape(ask.world, *found[0]))


def matching_refs(ask: Ask) -> Reply:
    """All refs that begin so; an empty list when none does."""
    prefix = f"refs/{ask.args[0].removeprefix('refs/')}"
    return good([ref_shape(ask.world, *row) for row in ask.world.git.refs(prefix)])


def tags(ask: Ask) -> Reply:
    """The tags, newest name first, peeled to their commits."""
    world, rows = ask.world, []
    for name, _, _ in reversed(world.git.refs("refs/tags/")):
        short, sha = name.removeprefix("refs/tags/"), world.git.resolve(name)
        if sha is None:  # a tag of a blob or a tree
            continue
        rows.append(
            {
                "name": short,
                "commit": {"sha": sha, "url": f"{world.repo_url}/commits/{sha}"},
                "zipball_url": f"{world.repo_url}/zipball/{name}",
                "tarball_url": f"{world.repo_url}/tarball/{name}",
                "node_id": f"REF_{name}",
            }
        )
    return page_of(ask.request, rows, f"{world.api}/repositories/{shapes.number_of(world.repository)}/tags")


def git_tag(ask: Ask) -> Reply:
    """An annotated tag's own object."""
    world, sha = ask.world, ask.args[0]
    found = world.git.object(sha) if len(sha) == 40 and is_hex(sha) else None
    if found is None or found.kind != "tag":
        raise not_found()
    head, _, message = found.data.decode("utf-8", "replace").partition("\n\n")
    fields = dict(line.split(" ", 1) for line in head.split("\n"))
    return good(
        {
            "sha": sha,
            "node_id": f"TA_{sha}",
            "url": f"{world.repo_url}/git/tags/{sha}",
            "tag": fields["tag"],
            "message": message,
            "tagger": shapes.signed(signature(fields["tagger"])),
            "object": _target(world, fields["object"], fields["type"]),
            "verification": shapes.unsigned(),
        }
    )


def tree_shape(world: World, sha: str, name: str = "", *, recursive: bool = False) -> dict[str, Any]:
    """A tree's JSON. `name`: the id it was asked for by, a commit's perhaps."""
    entries = world.git.tree(sha, recursive)
    kept = _within(world, entries)
    url = f"{world.repo_url}/git/trees/{name or sha}"
    rows = [_entry(world, entry) for entry in kept]
    return {"sha": name or sha, "url": url, "tree": rows, "truncated": len(kept) < len(entries)}


def ref_shape(world: World, name: str, sha: str, kind: str) -> dict[str, Any]:
    """A ref's JSON."""
    return {
        "ref": name,
        "node_id": f"REF_{name}",
        "url": f"{world.repo_url}/git/{name}",
        "object": _target(world, sha, kind),
    }


def _within(world: World, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    kept = entries[: world.limits.tree_entries]
    size = 0
    for at, entry in enumerate(kept):
        size += len(entry.path) + len(world.repo_url) + 150  # about what one row takes in the answer
        if size > world.limits.tree_bytes:
            return kept[:at]
    return kept


def _entry(world: World, entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {"path": entry.path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha}
    if entry.size is not None:
        row["size"] = entry.size
    if entry.kind != "commit":  # a submodule's commit lives elsewhere
        row["url"] = f"{world.repo_url}/git/{entry.kind}s/{entry.sha}"
    return row


def _target(world: World, sha: str, kind: str) -> dict[str, str]:
    return {"type": kind, "sha": sha, "url": f"{world.repo_url}/git/{kind}s/{sha}"}
