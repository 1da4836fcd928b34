"""The tags of a commit, without fetching all that a repository has."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.gh import fields
from mergefloor.gh.client import Client

NEWEST = """
query($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    refs(refPrefix: "refs/tags/", first: 100, orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) {
      nodes { name target { oid ... on Tag { target { oid ... on Tag { target { oid } } } } } }
    }
  }
}
"""


def tags_at(client: Client, sha: str) -> tuple[str, ...]:
    """Names of the tags at a commit, sorted: of the hundred newest by one query, of all when GraphQL fails."""
    owner, _, name = client.repository.partition("/")
    try:
        answer = client.query(NEWEST, owner=owner, name=name)
    except HubError:
        rows = client.pages("tags")
        return tuple(sorted(fields.text(row, "name") for row in rows if _at(row, sha)))
    nodes = fields.rows(answer, "repository", "refs", "nodes")
    return tuple(sorted(fields.text(node, "name") for node in nodes if sha in _targets(node)))


def _at(row: Json, sha: str) -> bool:
    return fields.text(row, "commit", "sha") == sha


def _targets(node: Json) -> Iterator[str]:
    """Every object on the way from a tag to its commit."""
    target = fields.found(node, "target")
    while target is not None:  # as deep as the query asks: an annotated tag can point at another one
        yield fields.text(target, "oid")
        target = fields.found(target, "target")
