"""What a mode asks of GitHub (the port of core/hub.py), and the effects that GitHub is asked to carry out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, assert_never
from urllib.parse import quote

from mergefloor.core.activity import Pull
from mergefloor.core.effects import (
    AmendComment,
    AppendHistory,
    CloseIssue,
    ClosePullRequest,
    CommentIssue,
    OpenPullRequest,
    PublishFiles,
    React,
    SetStatus,
    SuggestChange,
    UpsertComment,
    UpsertIssue,
)
from mergefloor.core.hub import Comment, Issue, Status
from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.gh import fields
from mergefloor.gh.author import Author
from mergefloor.gh.client import Client
from mergefloor.gh.comments import Comments
from mergefloor.gh.data_writer import add
from mergefloor.gh.proposals import OnPulls, Proposals
from mergefloor.gh.repeat import post
from mergefloor.gh.review import Review
from mergefloor.gh.settle import Settler, Wish
from mergefloor.gh.statuses import Statuses, state_of, text_of
from mergefloor.gh.tracker import OnIssues, Tracker
from mergefloor.gh.wishes import Amend, Upsert

OnData: TypeAlias = AppendHistory | PublishFiles
Applicable: TypeAlias = (
    SetStatus | UpsertComment | AmendComment | SuggestChange | React | OnIssues | OnPulls | OnData
)

# Seconds in all, repetitions and waits included (R23). A question may wait for one rate limit of a minute.
STATUS_TIME, COMMENT_TIME, ISSUE_TIME, QUESTION_TIME = 300.0, 60.0, 120.0, 120.0
PULL_TIME, DATA_TIME = 180.0, 240.0
DEPENDABOT = "dependabot[bot]"
NOBODY = "none"
ABSENT = 404
UNPROTECTED = "Branch not protected"  # what GitHub says to those who may see that there is none


class GitHub:
    """One repository on GitHub. Every method raises HubError."""

    def __init__(self, client: Client) -> None:
        self._client, self._statuses = client, Statuses(client)
        author = Author(client)
        self._tracker, self._proposals = Tracker(client, author), Proposals(client, author)

    def pull(self, number: int) -> Pull:
        """The pull request as it is now."""
        with self._client.within(QUESTION_TIME):
            return _pull(self._client.get(f"pulls/{number}"))

    def tip(self, branch: str) -> str:
        """The commit at the tip of a branch, as it is now."""
        with self._client.within(QUESTION_TIME):
            return fields.text(self._client.get(f"branches/{_quoted(branch)}"), "commit", "sha")

    def role(self, login: str) -> str:
        """Role of a person in this repository; `none` for whom GitHub does not know here."""
        try:
            with self._client.within(QUESTION_TIME):
                answer = self._client.get(f"collaborators/{_quoted(login)}/permission")
        except HubError as error:
            if error.status == ABSENT:
                return NOBODY
            raise
        return fields.text(answer, "role_name")

    def comments(self, number: int) -> tuple[Comment, ...]:
        """Every comment of a pull request, oldest first, however many pages they fill."""
        with self._client.within(QUESTION_TIME):
            return Comments(self._client, number).all()

    def issues(self, prefix: str) -> tuple[Issue, ...]:
        """Every issue of ours, open or closed, whose first line begins so, oldest first; none where there are none to
        be had."""
        with self._client.within(QUESTION_TIME):
            return self._tracker.listed(prefix)

    def status(self, sha: str, context: str) -> Status | None:
        """The latest status of one context on a commit; None when there is none."""
        with self._client.within(QUESTION_TIME):
            newest_first = self._client.pages(f"commits/{sha}/statuses")
            found = next((s for s in newest_first if fields.text(s, "context") == context), None)
        return None if found is None else _status(found)

    def workflow_state(self, name: str) -> str:
        """Whether a workflow file runs: `active`, `disabled_inactivity`, ..."""
        return fields.text(self._client.get(f"actions/workflows/{_quoted(name)}"), "state")

    def rules(self, branch: str) -> tuple[Mapping[str, Json], ...]:
        """The active rules of a branch (rulesets), as the API tells them."""
        return tuple(fields.row(rule) for rule in self._client.pages(f"rules/branches/{_quoted(branch)}"))

    def protection(self, branch: str) -> Mapping[str, Json] | None:
        """The classic branch protection; None when there is none. HubError 403 or 404: this token may not see it."""
        try:
            return fields.row(self._client.get(f"branches/{_quoted(branch)}/protection"))
        except HubError as error:
            if error.status == ABSENT and UNPROTECTED in error.what:
                return None
            raise

    def ruleset(self, number: int) -> Mapping[str, Json]:
        """One ruleset; `bypass_actors` is absent when this token may not see it."""
        return fields.row(self._client.get(f"rulesets/{number}"))

    def apply(self, effect: Applicable) -> str | None:
        """Carry out one effect. A remark says what was left undone although nothing failed; None: all was done."""
        match effect:
            case SetStatus():
                return self.set_status(effect)
            case UpsertComment():
                return self.upsert_comment(effect)
            case AmendComment():
                return self.amend_comment(effect)
            case SuggestChange():
                return self.suggest_change(effect)
            case React():
                return self.react(effect)
            case AppendHistory() | PublishFiles():
                return self.add_data(effect)
            case UpsertIssue() | CloseIssue() | CommentIssue():
                with self._client.within(ISSUE_TIME):
                    return self._tracker.apply(effect)
            case OpenPullRequest() | ClosePullRequest():
                with self._client.within(PULL_TIME):
                    return self._proposals.apply(effect)
            case _:
                assert_never(effect)

    def set_status(self, effect: SetStatus) -> str | None:
        """Write a commit status, within five minutes. Written twice is as good as once: the latest counts."""
        with self._client.within(STATUS_TIME):
            return self._statuses.write(effect)

    def upsert_comment(self, effect: UpsertComment) -> str | None:
        """Bring the one comment to this run's text, within a minute, unless a newer run has written."""
        wish = Upsert(effect=effect, head=lambda: self.pull(effect.pull).head_sha)
        return self._settle(effect.pull, wish)

    def amend_comment(self, effect: AmendComment) -> str | None:
        """Put a block on top of the one comment, within a minute."""
        return self._settle(effect.pull, Amend(effect=effect))

    def suggest_change(self, effect: SuggestChange) -> str | None:
        """Bring our review suggestions to what is wanted, within a minute."""
        with self._client.within(COMMENT_TIME):
            return Review(self._client, effect, lambda: self.pull(effect.pull).head_sha).settle()

    def react(self, effect: React) -> str | None:
        """React to a comment, within a minute. The same reaction twice is one."""
        with self._client.within(COMMENT_TIME):
            try:
                post(
                    self._client,
                    f"issues/comments/{effect.comment}/reactions",
                    {"content": effect.content},
                )
            except HubError as error:
                if error.status == ABSENT:
                    return "the comment is gone, so there was nothing to react to"
                raise
        return None

    def add_data(self, effect: OnData) -> str | None:
        """Add to a branch of data, within four minutes, whoever else writes to it. Written twice is written once."""
        with self._client.within(DATA_TIME):
            return add(self._client, effect)

    def _settle(self, number: int, wish: Wish) -> str | None:
        with self._client.within(COMMENT_TIME):
            return Settler(comments=Comments(self._client, number), pause=self._client.pause).settle(wish)


def _pull(answer: Json) -> Pull:
    head, base = fields.found(answer, "head", "repo"), fields.found(answer, "base", "repo")
    author = fields.found(answer, "user", "login")
    login = author if isinstance(author, str) else "ghost"
    return Pull(
        number=fields.whole(answer, "number"),
        head_sha=fields.text(answer, "head", "sha"),
        head_ref=fields.text(answer, "head", "ref"),
        base_ref=fields.text(answer, "base", "ref"),
        base_sha=fields.text(answer, "base", "sha"),
        author=login,
        head_repo=None if head is None else fields.text(head, "full_name"),
        fork=head is None or fields.whole(head, "id") != fields.whole(base, "id"),
        bot=login == DEPENDABOT,
        open=fields.text(answer, "state") == "open",
    )


def _status(answer: Json) -> Status:
    creator = fields.found(answer, "creator", "login")
    return Status(
        state=state_of(answer),
        description=text_of(answer, "description"),
        url=text_of(answer, "target_url"),
        creator=creator if isinstance(creator, str) else "",
    )


def _quoted(name: str) -> str:
    """A name as one part of a path; slashes included."""
    return quote(name, safe="")
