"""The comments of a pull request or an issue: read through GraphQL, which alone tells who wrote them, written through REST."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from mergefloor.core.hub import Comment
from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.gh import fields
from mergefloor.gh.client import Client
from mergefloor.gh.connection import pages
from mergefloor.gh.sticky import Version, has_marker

GONE = (404, 410)
Thread: TypeAlias = Literal["pullRequest", "issue"]
NAMES: dict[Thread, str] = {"pullRequest": "pull request", "issue": "issue"}
_LIST = """query($owner: String!, $name: String!, $number: Int!, $before: String) {
  repository(owner: $owner, name: $name) {
    THREAD(number: $number) {
      comments(last: 100, before: $before) {
        pageInfo { hasPreviousPage startCursor }
        nodes {
          id fullDatabaseId body viewerDidAuthor lastEditedAt
          author { __typename login }
          editor { login }
        }
      }
    }
  }
}"""
# Both ends of the history: the order of the edits is not documented, and the latest ones are all that is asked for.
_AGAIN = """query($id: ID!) {
  node(id: $id) {
    ... on IssueComment {
      body
      author { login }
      editor { login }
      first: userContentEdits(first: 5) { nodes { diff editor { login } } }
      last: userContentEdits(last: 5) { nodes { diff editor { login } } }
    }
  }
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A comment of ours as it is, and what it said before as far as that was asked for, newest first."""

    id: int
    node: str
    now: Version
    before: tuple[Version, ...] = ()


class Comments:
    """The comments of one pull request, or of one issue. Everything raises HubError."""

    def __init__(self, client: Client, number: int, *, of: Thread = "pullRequest") -> None:
        self._client, self._number, self._of = client, number, of

    def all(self) -> tuple[Comment, ...]:
        """Every comment, oldest first."""
        return tuple(_comment(node) for node in self._nodes())

    def own(self, marker: str) -> tuple[Own, ...]:
        """The comments that this token wrote and that begin with the marker, lowest id first (T54)."""
        found = [
            Own(id=fields.whole(node, "fullDatabaseId"), node=fields.text(node, "id"), now=version_of(node))
            for node in self._nodes()
            if fields.flag(node, "viewerDidAuthor") and has_marker(fields.text(node, "body"), marker)
        ]
        return tuple(sorted(found, key=lambda own: own.id))

    def again(self, own: Own) -> Own | None:
        """The same comment as it is now, with its latest edits. None: it is gone."""
        try:
            node = fields.found(self._client.query(_AGAIN, id=own.node), "node")
        except HubError as error:
            if error.status in GONE:
                return None
            raise
        if fields.found(node, "body") is None:
            return None
        return replace(own, now=version_of(node), before=tuple(edits_of(node)))

    def create(self, text: str) -> Own:
        """A new comment. HubError with `ambiguous`: it may be there all the same."""
        made = self._client.send("POST", f"issues/{self._number}/comments", {"body": text})
        return Own(id=fields.whole(made, "id"), node=fields.text(made, "node_id"), now=Version(text=text))

    def write(self, own: Own, text: str) -> bool:
        """Replace the text of a comment. False: it is gone."""
        return self._done("PATCH", own, {"body": text})

    def delete(self, own: Own) -> bool:
        """Delete a comment. False: it is gone already."""
        return self._done("DELETE", own, None)

    def _done(self, method: str, own: Own, body: dict[str, Json] | None) -> bool:
        try:
            self._client.send(method, f"issues/comments/{own.id}", body)
        except HubError as error:
            if error.status in GONE:
                return False
            raise
        return True

    def _nodes(self) -> list[Json]:
        """Every comment, oldest first: the pages come newest first, each of them oldest first."""
        newest_first = list(pages(self._page, "backwards"))
        return [node for page in reversed(newest_first) for node in page]

    def _page(self, cursor: str | None) -> Json:
        owner, _, name = self._client.repository.partition("/")
        text = _LIST.replace("THREAD", self._of)
        answer = self._client.query(text, owner=owner, name=name, number=self._number, before=cursor)
        found = fields.found(answer, "repository", self._of, "comments")
        if found is None:
            what = f"there is no {NAMES[self._of]} #{self._number}"
            raise HubError(what, "it may have been deleted", status=404)
        return found


def _comment(node: Json) -> Comment:
    """A comment as the Hub tells it. A bot has the name that REST gives it; a deleted person is `ghost`."""
    kind, login = fields.found(node, "author", "__typename"), fields.found(node, "author", "login")
    bot = kind == "Bot" and isinstance(login, str) and not login.endswith("[bot]")
    return Comment(
        id=fields.whole(node, "fullDatabaseId"),
        node=fields.text(node, "id"),
        author=(f"{login}[bot]" if bot else login) if isinstance(login, str) else "ghost",
        body=fields.text(node, "body"),
        ours=fields.flag(node, "viewerDidAuthor"),
        edited=fields.found(node, "lastEditedAt") is not None,
        human=kind == "User",
    )


def version_of(node: Json) -> Version:
    """The text of a GraphQL node as it is. Somebody else may have edited it: who may write to the repository may edit our comment."""
    author, editor = fields.found(node, "author", "login"), fields.found(node, "editor", "login")
    return Version(text=fields.text(node, "body"), foreign=editor is not None and editor != author)


def edits_of(node: Json) -> Iterator[Version]:
    """Earlier texts. What GitHub calls `diff` is the whole text after the edit; where it is not, no state is found
    in it, and it counts for nothing."""
    author = fields.found(node, "author", "login")
    for end in ("first", "last"):
        edits = fields.found(node, end, "nodes")
        for edit in edits if isinstance(edits, list) else []:
            diff = fields.found(edit, "diff")
            if isinstance(diff, str) and fields.found(edit, "editor", "login") == author:
                yield Version(text=diff)
