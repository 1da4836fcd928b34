"""The tags of commits, without fetching all that a repository has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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


def tagged(client: Client) -> Mapping[str, frozenset[str]]:
    """Tags by name, with every object that each points at: the hundred newest by one query, all of them when GraphQL
    fails."""
    owner, _, name = client.repository.partition("/")
    try:
        answer = client.query(NEWEST, owner=owner, name=name)
    except HubError:
        rows = client.pages("tags")
        return {fields.text(row, "name"): frozenset({fields.text(row, "commit", "sha")}) for row in rows}
    nodes = fields.rows(answer, "repository", "refs", "nodes")
    return {fields.text(node, "name"): frozenset(_targets(node)) for node in nodes}


def _targets(node: Json) -> Iterator[str]:
    """Every object on the way from a tag to its commit."""
    target = fields.found(node, "target")
    while target is not None:  # as deep as the query asks: an annotated tag can point at another one
        yield fields.text(target, "oid")
        target = fields.found(target, "target")
