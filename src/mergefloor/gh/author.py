"""Who this token is, and what of GitHub's issues and pull requests it wrote itself."""

from __future__ import annotations

from dataclasses import replace

from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.gh import fields
from mergefloor.gh.client import Client
from mergefloor.gh.comments import GONE, Own, edits_of, version_of
from mergefloor.gh.letter import told
from mergefloor.gh.sticky import Version, has_marker

# Both ends of the history, as for comments: the latest edits are all that is asked for.
_EDITS = """__typename viewerDidAuthor title closed body author { login } editor { login }
      first: userContentEdits(first: 5) { nodes { diff editor { login } } }
      last: userContentEdits(last: 5) { nodes { diff editor { login } } }"""
_AGAIN = f"""query($id: ID!) {{
  node(id: $id) {{
    ... on Issue {{ {_EDITS} }}
    ... on PullRequest {{ {_EDITS} }}
  }}
}}"""
_VIEWER = "query { viewer { login } }"


class Author:
    """One token. Everything raises HubError."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._login = ""

    @property
    def login(self) -> str:
        """Its account as REST spells it, `github-actions[bot]` for the token of a workflow. Asked for once."""
        if not self._login:
            self._login = fields.text(self._client.query(_VIEWER), "viewer", "login")
        return self._login

    def wrote(self, row: Json) -> bool:
        """Whether a row of a list may be ours, by the name of its author; what GitHub says of the one decides."""
        return fields.found(row, "user", "login") in (self.login, f"{self.login}[bot]")

    def own(self, row: Json, marker: str) -> Own | None:
        """The row's issue or pull request with its latest edits, when this token wrote it and it begins with the
        marker; a stranger may copy the marker, but not this (T54)."""
        body = fields.found(row, "body")
        if not (isinstance(body, str) and has_marker(body, marker) and self.wrote(row)):
            return None
        node, number = fields.text(row, "node_id"), fields.whole(row, "number")
        return self.again(Own(id=number, node=node, now=Version(text=body)))

    def again(self, own: Own) -> Own | None:
        """The same one as it is now. None: it is gone, or not ours."""
        try:
            node = fields.found(self._client.query(_AGAIN, id=own.node), "node")
        except HubError as error:
            if error.status in GONE:
                return None
            raise
        if fields.found(node, "body") is None or not fields.flag(node, "viewerDidAuthor"):
            return None
        now, before = _versions(node)
        return replace(own, now=now, before=before)


def _versions(node: Json) -> tuple[Version, tuple[Version, ...]]:
    """The text as it is, and its edits. A pull request that is closed stays so, whatever our text says of it."""
    now, before = version_of(node), tuple(edits_of(node))
    if fields.found(node, "__typename") != "Issue":
        return now, before
    is_open, title = not fields.flag(node, "closed"), fields.text(node, "title")
    if now.foreign:  # then our latest text is among the edits, and who edited may have closed it as well
        before = tuple(told(each, title=title, is_open=is_open) for each in before)
    return told(now, title=title, is_open=is_open), before
