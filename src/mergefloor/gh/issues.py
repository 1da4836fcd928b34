"""Issues of ours, one for each marker, however many issues the repository has."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from mergefloor.core.hub import Issue
from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.gh import fields
from mergefloor.gh.author import Author
from mergefloor.gh.client import Client
from mergefloor.gh.comments import GONE, Own
from mergefloor.gh.letter import facts_of
from mergefloor.gh.sticky import Version

# Looked at without the filter by author before there is taken to be none: on some instances that filter knows no
# apps (renovatebot/renovate#44730), and every run would open another issue.
NEWEST = 500
TWICE = "Two runs opened this issue at the same moment; the older one of the two goes on."


class Issues:
    """The issues of one token. The search API lags behind, so lists are read. Everything raises HubError."""

    def __init__(self, client: Client, author: Author) -> None:
        self._client, self._author = client, author

    def own(self, marker: str) -> tuple[Own, ...]:
        """The issues that this token wrote and that begin with the marker, open and closed, oldest first."""
        order = {"state": "all", "sort": "created"}
        listed = self._client.pages("issues", creator=self._author.login, direction="asc", **order)
        found = self._ours(listed, marker)
        if not found:
            found = self._ours(
                islice(self._client.pages("issues", direction="desc", **order), NEWEST), marker
            )
        return tuple(sorted(found, key=lambda own: own.id))

    def listed(self, prefix: str) -> tuple[Issue, ...]:
        """Every issue that this token wrote and whose first line begins so, open and closed, oldest first."""
        order = {"state": "all", "sort": "created"}
        rows = list(
            self._client.pages("issues", creator=self._author.login, direction="asc", **order)
        ) or list(islice(self._client.pages("issues", direction="desc", **order), NEWEST))
        found = (_issue(row, own) for row in rows if (own := self._begun(row, prefix)) is not None)
        return tuple(sorted(found, key=lambda issue: issue.number))

    def _begun(self, row: Json, prefix: str) -> Own | None:
        """The row's issue, when it is ours and begins so."""
        body = fields.found(row, "body")
        if fields.found(row, "pull_request") is not None or not isinstance(body, str):
            return None
        first = body.replace("\r\n", "\n").split("\n", 1)[0]
        return self._author.own(row, first) if first.startswith(prefix) else None

    def again(self, own: Own) -> Own | None:
        """The same issue as it is now, with its latest edits. None: it is gone."""
        return self._author.again(own)

    def create(self, text: str) -> Own:
        """A new issue. HubError with `ambiguous`: it may be there all the same; 410: this repository has none."""
        made = self._client.send("POST", "issues", {"title": _title(text), "body": text})
        node, number = fields.text(made, "node_id"), fields.whole(made, "number")
        return Own(id=number, node=node, now=Version(text=text))

    def write(self, own: Own, text: str) -> bool:
        """Title, text and state at once, as the text has them. False: it is gone."""
        facts = facts_of(text)
        is_open = facts is None or facts.open
        state = {"state": "open"} if is_open else {"state": "closed", "state_reason": "completed"}
        return self._patch(own, {"title": _title(text), "body": text, **state})

    def delete(self, own: Own) -> bool:
        """Close one that was opened twice. It loses the marker, so that nobody finds it again."""
        return self._patch(own, {"state": "closed", "state_reason": "not_planned", "body": TWICE})

    def _ours(self, rows: Iterable[Json], marker: str) -> list[Own]:
        issues = [row for row in rows if fields.found(row, "pull_request") is None]
        return [own for row in issues if (own := self._author.own(row, marker)) is not None]

    def _patch(self, own: Own, body: dict[str, Json]) -> bool:
        try:
            self._client.send("PATCH", f"issues/{own.id}", body)
        except HubError as error:
            if error.status in GONE:
                return False
            raise
        return True


class Existing(Issues):
    """The same for who never opens one."""

    def create(self, text: str) -> Own:
        """HubError 404: it was deleted meanwhile."""
        raise HubError("the issue is gone", "nothing needs to be done", status=404)


def _issue(row: Json, own: Own) -> Issue:
    closed = fields.text(row, "state") == "closed"
    return Issue(
        number=own.id,
        marker=own.now.text.replace("\r\n", "\n").split("\n", 1)[0],
        open=not closed,
        dismissed=closed and fields.found(row, "state_reason") == "not_planned",
    )


def _title(text: str) -> str:
    facts = facts_of(text)
    return facts.title if facts else "mergefloor"
