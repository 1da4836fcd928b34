"""The review threads of a pull request: read, written, resolved."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.gh import fields
from mergefloor.gh.client import Client
from mergefloor.gh.comments import GONE
from mergefloor.gh.connection import pages
from mergefloor.gh.suggestion import Wanted, key_of

_LIST = """query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id isResolved isOutdated path line
          resolvedBy { login }
          comments(first: 1) {
            totalCount
            nodes { fullDatabaseId body viewerDidAuthor author { login } }
          }
        }
      }
    }
  }
}"""
_RESOLVE = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { id isResolved } } }"
_REOPEN = "mutation($id: ID!) { unresolveReviewThread(input: {threadId: $id}) { thread { id isResolved } } }"
TRIES = 4
PAUSE = 1.0  # seconds, the first one


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A thread that a suggestion of ours began. `line`: at the head, None when outdated; `replies`: others answered;
    `by_us`: we resolved it, not a person."""

    node: str
    comment: int
    key: str
    body: str
    path: str
    line: int | None
    resolved: bool
    outdated: bool
    replies: bool = False
    by_us: bool = False


class Threads:
    """The threads that begin with a suggestion of ours. Everything raises HubError."""

    def __init__(self, client: Client, number: int) -> None:
        self._client, self._number = client, number

    def own(self, marker: str) -> tuple[Thread, ...]:
        """Every thread that this token began with this marker, oldest first."""
        found = [
            thread
            for page in pages(self._page, "forwards")
            for node in page
            if (thread := _own(node, marker)) is not None
        ]
        return tuple(sorted(found, key=lambda thread: thread.comment))

    def begin(self, wanted: Wanted, sha: str) -> None:
        """A new thread on one line of the head. HubError 422: GitHub does not show that line in the diff."""
        body: dict[str, Json] = {
            "body": wanted.body,
            "commit_id": sha,
            "path": wanted.place.path,
            "line": wanted.place.line,
            "side": "RIGHT",
        }
        self._client.send("POST", f"pulls/{self._number}/comments", body)

    def edit(self, thread: Thread, body: str) -> None:
        """Replace the text of a thread's first comment, if it is still there."""
        self._touch("PATCH", thread, {"body": body})

    def delete(self, thread: Thread) -> None:
        """Delete a thread's first comment, if it is still there."""
        self._touch("DELETE", thread, None)

    def resolve(self, thread: Thread) -> bool:
        """Mark a thread as dealt with. False: this token may not, or it is gone."""
        return self._mutate(_RESOLVE, thread)

    def reopen(self, thread: Thread) -> bool:
        """Take the mark away again. False: this token may not, or it is gone."""
        return self._mutate(_REOPEN, thread)

    def _mutate(self, text: str, thread: Thread) -> bool:
        """Doing either twice is harmless, so an answer that was lost is asked for again."""
        for turn in range(TRIES):
            try:
                self._client.query(text, id=thread.node)
            except HubError as error:
                if not error.ambiguous:
                    if error.status in (403, *GONE, 422):
                        return False
                    raise
                if turn == TRIES - 1:
                    raise
                self._client.pause(PAUSE * 2**turn)
            else:
                break
        return True

    def _touch(self, method: str, thread: Thread, body: dict[str, Json] | None) -> None:
        try:
            self._client.send(method, f"pulls/comments/{thread.comment}", body)
        except HubError as error:
            if error.status not in GONE:
                raise

    def _page(self, cursor: str | None) -> Json:
        owner, _, name = self._client.repository.partition("/")
        answer = self._client.query(_LIST, owner=owner, name=name, number=self._number, after=cursor)
        found = fields.found(answer, "repository", "pullRequest", "reviewThreads")
        if found is None:
            raise HubError(
                f"there is no pull request #{self._number}", "it may have been deleted", status=404
            )
        return found


def _own(node: Json, marker: str) -> Thread | None:
    """The thread, when its first comment is ours and begins with the marker and a key."""
    first = next(iter(fields.rows(node, "comments", "nodes")), None)
    if first is None or not fields.flag(first, "viewerDidAuthor"):
        return None
    key = key_of(fields.text(first, "body"), marker)
    if key is None:
        return None
    line, resolver = fields.found(node, "line"), fields.found(node, "resolvedBy", "login")
    return Thread(
        node=fields.text(node, "id"),
        comment=fields.whole(first, "fullDatabaseId"),
        key=key,
        body=fields.text(first, "body"),
        path=fields.text(node, "path"),
        line=line if isinstance(line, int) else None,
        resolved=fields.flag(node, "isResolved"),
        outdated=fields.flag(node, "isOutdated"),
        replies=fields.whole(node, "comments", "totalCount") > 1,
        # GitHub names a person here, and nobody when a bot did it.
        by_us=resolver is None or resolver == fields.found(first, "author", "login"),
    )
