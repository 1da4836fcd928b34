"""The contents API: it follows symbolic links inside the repository, which is why nothing should rest on it."""

from __future__ import annotations

from typing import Any

from tests.fakes.github import shapes
from tests.fakes.github.ask import Ask, good
from tests.fakes.github.git import Entry
from tests.fakes.github.wire import Refusal, Reply, not_found
from tests.fakes.github.world import World

KINDS = {"blob": "file", "tree": "dir", "commit": "submodule"}


def contents(ask: Ask) -> Reply:
    """A file with its bytes, or the rows of a directory."""
    world, path = ask.world, ask.args[0].strip("/")
    name = ask.request.query.get("ref") or world.default_branch
    commit = world.git.resolve(name)
    if commit is None:
        raise Refusal(404, f"No commit found for the ref {name}")
    rows = {entry.path: entry for entry in world.git.tree(world.git.commit(commit).tree, True)}
    entry = rows.get(path)
    if entry is None or entry.kind == "commit":
        raise not_found()
    if entry.kind == "tree":
        inside = [row for row in rows.values() if row.path.rpartition("/")[0] == path]
        return good([_row(world, row, name) for row in inside])
    return good(_file(world, entry, rows, name))


def _file(world: World, entry: Entry, rows: dict[str, Entry], name: str) -> dict[str, Any]:
    found = world.git.object(entry.sha)
    assert found is not None
    if entry.mode == "120000" and (target := rows.get(found.data.decode("utf-8", "replace"))):
        found = world.git.object(target.sha) or found
    large = len(found.data) > world.limits.contents_bytes
    return _row(world, entry, name) | {
        "type": "file",
        "sha": found.sha,
        "size": len(found.data),
        "encoding": "none" if large else "base64",
        "content": "" if large else shapes.base64_lines(found.data),
    }


def _row(world: World, entry: Entry, name: str) -> dict[str, Any]:
    url = f"{world.repo_url}/contents/{entry.path}?ref={name}"
    git, html = f"{world.repo_url}/git/{entry.kind}s/{entry.sha}", f"{world.html}/blob/{name}/{entry.path}"
    return {
        "type": "symlink" if entry.mode == "120000" else KINDS[entry.kind],
        "size": entry.size or 0,
        "name": entry.path.rpartition("/")[2],
        "path": entry.path,
        "sha": entry.sha,
        "url": url,
        "git_url": git,
        "html_url": html,
        "download_url": f"{world.html}/raw/{name}/{entry.path}" if entry.kind == "blob" else None,
        "_links": {"self": url, "git": git, "html": html},
    }
