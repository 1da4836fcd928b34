"""The effects on issues. One issue for each marker for ever: dashboards and alarms are edited, closed and reopened."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeAlias, assert_never

from mergefloor.core.effects import CloseIssue, CommentIssue, UpsertIssue
from mergefloor.core.hub import Issue
from mergefloor.errors import HubError
from mergefloor.gh.author import Author
from mergefloor.gh.client import Client
from mergefloor.gh.comments import Comments, Own
from mergefloor.gh.issue_wishes import Closed, Once, Raised
from mergefloor.gh.issues import Existing, Issues
from mergefloor.gh.labels import label
from mergefloor.gh.letter import facts_of
from mergefloor.gh.settle import Settler

OnIssues: TypeAlias = UpsertIssue | CloseIssue | CommentIssue
SWITCHED_OFF = (
    "issues are switched off in this repository, so nothing was written there; "
    "tick `Issues` under Settings > General > Features"
)


class Tracker:
    """The issues of one repository, as one token writes them. Everything raises HubError."""

    def __init__(self, client: Client, author: Author) -> None:
        self._client, self._author = client, author

    def apply(self, effect: OnIssues) -> str | None:
        """Carry out one effect. A remark says what was left undone although nothing failed."""
        try:
            if isinstance(effect, UpsertIssue):
                return self._upsert(effect)
            if isinstance(effect, CloseIssue):
                return self._close(effect)
            if isinstance(effect, CommentIssue):
                return self._comment(effect)
        except HubError as error:
            if error.status == HTTPStatus.GONE:
                return SWITCHED_OFF
            raise
        assert_never(effect)

    def listed(self, prefix: str) -> tuple[Issue, ...]:
        """Ours by the beginning of their first line; none where issues are switched off."""
        try:
            return Issues(self._client, self._author).listed(prefix)
        except HubError as error:
            if error.status == HTTPStatus.GONE:
                return ()
            raise

    def _upsert(self, effect: UpsertIssue) -> str | None:
        settler = Settler(comments=Issues(self._client, self._author), pause=self._client.pause)
        own, remark = settler.settled(Raised(effect=effect))
        if own is None or remark:
            return remark
        if effect.comment:
            self._say(own, Once(key=f"opened {_round(own)}", body=effect.comment))
        return label(self._client, own.id, effect.labels)

    def _close(self, effect: CloseIssue) -> str | None:
        """Closed first, then said, so that nothing is said that did not happen."""
        issues = Existing(self._client, self._author)
        found = next(iter(issues.own(effect.marker)), None)
        if found is None or not self._concerns(found, effect):
            return None
        try:
            own, remark = Settler(comments=issues, pause=self._client.pause).settled(Closed(effect=effect))
        except HubError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        if own is None or remark:
            return remark
        self._say(own, Once(key=f"closed {_round(own)}", body=effect.comment))
        return None

    def _concerns(self, own: Own, effect: CloseIssue) -> bool:
        """Whether there is something to close, or this very run has closed it and perhaps not said so."""
        facts = facts_of(own.now.text)
        return facts is None or facts.open or own.now.order == effect.stamp.order

    def _comment(self, effect: CommentIssue) -> str | None:
        found = Issues(self._client, self._author).own(effect.marker)
        if not found:
            return "there is no issue to comment on, so nothing was said"
        self._say(found[0], Once(key=effect.key, body=effect.body))
        return None

    def _say(self, own: Own, wish: Once) -> None:
        comments = Comments(self._client, own.id, of="issue")
        Settler(comments=comments, pause=self._client.pause).settle(wish)


def _round(own: Own) -> int:
    facts = facts_of(own.now.text)
    return facts.round if facts else 1
