"""Git objects and refs as GraphQL nodes."""

from __future__ import annotations

from typing import Any

from tests.fakes.github.git import Object, signature
from tests.fakes.github.graphql_pages import connection
from tests.fakes.github.world import World, iso


def git_object(world: World, name: str) -> dict[str, Any] | None:
    """Any object by its id or by an expression (`main:prompts/a.txt`); None when there is none."""
    found = world.git.object(name)
    return None if found is None else _node(world, found)


def ref_node(world: World, name: str) -> dict[str, Any] | None:
    """A ref by its full name."""
    found = world.git.object(name)
    if found is None or not name.startswith("refs/"):
        return None
    prefix = "/".join(name.split("/")[:2]) + "/"
    return {
        "id": f"REF_{name}",
        "name": name.removeprefix(prefix),
        "prefix": prefix,
        "target": lambda _: _node(world, found),
    }


def refs(world: World, args: dict[str, Any]) -> dict[str, Any]:
    """All refs below a prefix, by name or by the date of their commit."""
    prefix, order = args["refPrefix"], args.get("orderBy") or {"field": "ALPHABETICAL", "direction": "ASC"}
    names = [name for name, _, _ in world.git.refs(prefix)]
    if query := args.get("query"):
        names = [name for name in names if query in name]
    dated = order["field"] == "TAG_COMMIT_DATE"
    names.sort(
        key=lambda name: (_date(world, name) if dated else 0, name), reverse=order["direction"] == "DESC"
    )
    return connection("refs", [node for name in names if (node := ref_node(world, name))], args)


def _date(world: World, name: str) -> int:
    sha = world.git.resolve(name)
    return world.git.commit(sha).committer.at if sha else 0


def _node(world: World, found: Object) -> dict[str, Any]:
    kinds = {"blob": _blob, "tree": _tree, "commit": _commit, "tag": _tag}
    common = {"oid": found.sha, "abbreviatedOid": found.sha[:7], "id": f"GO_{found.sha}"}
    return common | kinds[found.kind](world, found)


def _blob(world: World, found: Object) -> dict[str, Any]:
    binary = b"\0" in found.data[:8000]
    limit = world.limits.graphql_text
    return {
        "__typename": "Blob",
        "byteSize": len(found.data),
        "isBinary": binary,
        "isTruncated": len(found.data) > limit,
        "text": None if binary else found.data[:limit].decode("utf-8", "replace"),
    }


def _tree(world: World, found: Object) -> dict[str, Any]:
    def entries(_: Any) -> list[dict[str, Any]]:
        return [
            {
                "mode": int(entry.mode, 8),
                "name": entry.path,
                "path": entry.path,
                "oid": entry.sha,
                "type": entry.kind,
                "size": entry.size or 0,
                "object": lambda _, sha=entry.sha: git_object(world, sha),
            }
            for entry in world.git.tree(found.sha, False)
        ]

    return {"__typename": "Tree", "entries": entries}


def _commit(world: World, found: Object) -> dict[str, Any]:
    commit = world.git.commit(found.sha)
    return {
        "__typename": "Commit",
        "message": commit.message,
        "committedDate": iso(commit.committer.at),
        "tree": lambda _: git_object(world, commit.tree),
    }


def _tag(world: World, found: Object) -> dict[str, Any]:
    head, _, message = found.data.decode("utf-8", "replace").partition("\n\n")
    fields = dict(line.split(" ", 1) for line in head.split("\n"))
    signature(fields["tagger"])
    return {
        "__typename": "Tag",
        "name": fields["tag"],
        "message": message,
        "target": lambda _: git_object(world, fields["object"]),
    }
