"""The effects on pull requests of ours: one a branch, with one commit, which a person may take over or turn down.

Two runs at once bring the branch and the text about it to the newer run's: the text names its commit, and whoever
wrote last looks last whether the branch points there.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TypeAlias

from mergefloor.core.effects import ClosePullRequest, OpenPullRequest
from mergefloor.core.keys import digest
from mergefloor.errors import HubError
from mergefloor.gh import fields
from mergefloor.gh.author import Author
from mergefloor.gh.branch import Branch, Theirs
from mergefloor.gh.client import Client
from mergefloor.gh.comments import Comments, Own
from mergefloor.gh.edits import explained, rows_of
from mergefloor.gh.issue_wishes import Once
from mergefloor.gh.labels import label
from mergefloor.gh.letter import Facts, commit_of, facts_of, restated
from mergefloor.gh.pulls import NEWER, Proposed, Pulls, marker_of
from mergefloor.gh.settle import Settler

OnPulls: TypeAlias = OpenPullRequest | ClosePullRequest
NOTHING = "the base branch has these very files, so there is nothing to propose"
ROUNDS = 8  # looks and writes
# GitHub's own words for the setting; the token's permissions are of no help then.
FORBIDDEN = "not permitted to create or approve"


class Proposals:
    """The pull requests of one token. Everything raises HubError."""

    def __init__(self, client: Client, author: Author) -> None:
        self._client, self._author = client, author

    def apply(self, effect: OnPulls) -> str | None:
        """Carry out one effect. A remark says what was left undone although nothing failed."""
        if isinstance(effect, OpenPullRequest):
            return self._open(effect)
        return self._close(effect)

    def _open(self, effect: OpenPullRequest) -> str | None:
        rows = rows_of(self._client, effect.base_sha, effect.files)
        if not rows:
            return NOTHING
        pulls, files = Pulls(self._client, self._author, effect.branch, effect.base), _digest(effect)
        listed = pulls.rows()
        own = pulls.own(marker_of(effect.branch))
        if any(each.now.order > effect.stamp.order for each in own):
            return NEWER
        if not own and (why := pulls.declined(listed, files)):
            return why
        branch = Branch(self._client, effect.branch)
        try:
            commit = branch.commit(effect.message, effect.base_sha, rows)
            pushed = _pushed(branch, commit, effect.base_sha)
        except HubError as error:
            raise explained(error, effect.files) from None
        stranger = pulls.strangers(listed)
        if pushed is not None:
            return _left(pushed)
        if stranger is not None and not own:
            return f"the branch of #{stranger} was brought up to date; its text is not ours and was left as it was"
        return self._proposed(pulls, branch, Proposed(effect=effect, files=files, commit=commit))

    def _proposed(self, pulls: Pulls, branch: Branch, wish: Proposed) -> str | None:
        """The pull request with our text, or a newer run's, and the branch as that text has it. After every write to
        the branch the text is looked at again, as after every write to the text the branch is."""
        for _ in range(ROUNDS):
            try:
                own, remark = Settler(comments=pulls, pause=self._client.pause).settled(wish)
            except HubError as error:
                if error.status == HTTPStatus.FORBIDDEN and FORBIDDEN in error.what:
                    return _unopened(wish.effect.branch)
                raise
            target = (commit_of(own.now.text) if own else "") or wish.commit
            there = branch.bring(target, wish.effect.base_sha)
            if isinstance(there, Theirs):
                return _left(there)
            if there:
                return remark or (label(self._client, own.id, wish.effect.labels) if own else None)
        raise HubError(f"others kept moving {branch.name!r}", "run it again when they are done")

    def _close(self, effect: ClosePullRequest) -> str | None:
        base = fields.text(self._client.get(""), "default_branch")
        pulls, branch = (
            Pulls(self._client, self._author, effect.branch, base),
            Branch(self._client, effect.branch),
        )
        for row in pulls.rows():
            own = (
                self._author.own(row, marker_of(effect.branch))
                if fields.text(row, "state") == "open"
                else None
            )
            if own is not None:
                base = fields.text(row, "base", "ref")
                self._obsolete(Pulls(self._client, self._author, effect.branch, base), own, effect.comment)
        stranger = pulls.strangers(pulls.rows())
        if stranger is not None:
            return f"{effect.branch!r} stays, because #{stranger} goes from it, which is not ours"
        tip = branch.tip()
        if tip is None:
            return None
        if theirs := branch.foreign(tip, base):
            return f"{theirs}, so the branch was not deleted"
        branch.delete()
        return None

    def _obsolete(self, pulls: Pulls, own: Own, comment: str) -> None:
        """Say why and close it, in a way that tells our closing from a person's."""
        said = Comments(self._client, own.id)
        Settler(comments=said, pause=self._client.pause).settle(Once(key="obsolete", body=comment))
        facts = facts_of(own.now.text) or Facts(title="")
        pulls.write(own, restated(own.now.text, replace(facts, open=False)))


def _digest(effect: OpenPullRequest) -> str:
    """Which content is proposed, whatever it is based on."""
    return digest([[path, text] for path, text in sorted(effect.files)])[:32]


def _pushed(branch: Branch, commit: str, base: str) -> Theirs | None:
    """Push before there is a text about it. Another run may push over it meanwhile: the text settles that."""
    for _ in range(ROUNDS):
        there = branch.bring(commit, base)
        if isinstance(there, Theirs):
            return there
        if there:
            break
    return None


def _left(theirs: Theirs) -> str:
    return f"{theirs.why}, so the branch was left alone; delete it to have the update proposed anew"


def _unopened(branch: str) -> str:
    return (
        f"GitHub lets no workflow open pull requests here, so {branch!r} was pushed and nothing was opened; tick "
        "`Allow GitHub Actions to create and approve pull requests` under Settings > Actions > General (an "
        "organization may hold that back), pass a token of a GitHub App as `github-token`, or open it by hand"
    )
