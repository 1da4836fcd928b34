"""The pull requests from one branch: ours, and those that somebody else opened from it."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.effects import OpenPullRequest
from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.gh import fields
from mergefloor.gh.author import Author
from mergefloor.gh.client import Client
from mergefloor.gh.comments import GONE, Own
from mergefloor.gh.letter import TITLE, Facts, facts_of, letter
from mergefloor.gh.sticky import Version, has_marker

REFUSED = 422
NEWER = "a newer run has written the pull request"


def marker_of(branch: str) -> str:
    """First line of the pull request from a branch."""
    return f"<!-- mergefloor-pull:{branch} -->"


class Pulls:
    """The pull requests from a branch of this repository. Everything raises HubError."""

    def __init__(self, client: Client, author: Author, branch: str, base: str) -> None:
        self._client, self._author, self._branch, self._base = client, author, branch, base

    def rows(self) -> list[Json]:
        """All of them, open and closed, newest first."""
        owner = self._client.repository.partition("/")[0]
        listed = self._client.pages("pulls", head=f"{owner}:{self._branch}", state="all")
        return [row for row in listed if self._from_here(row)]

    def own(self, marker: str) -> tuple[Own, ...]:
        """The open ones that this token wrote, oldest first."""
        rows = [row for row in self.rows() if fields.text(row, "state") == "open"]
        found = [own for row in rows if (own := self._author.own(row, marker)) is not None]
        return tuple(sorted(found, key=lambda own: own.id))

    def declined(self, rows: list[Json], files: str) -> str | None:
        """Why this content is not proposed again: it was closed by somebody, or merged. None: it may be."""
        for row in rows:
            body = fields.found(row, "body")
            ours = (
                isinstance(body, str)
                and has_marker(body, marker_of(self._branch))
                and self._author.wrote(row)
            )
            facts = facts_of(body) if ours and isinstance(body, str) else None
            if fields.text(row, "state") == "open" or facts is None or facts.files != files or not facts.open:
                continue
            number = fields.whole(row, "number")
            if fields.found(row, "merged_at") is not None:
                return f"pull request #{number} with these very files was merged, so no other one was opened"
            return (
                f"pull request #{number} with these very files was closed by somebody, so it stays closed until "
                "they differ; reopen it to have it kept up to date again"
            )
        return None

    def strangers(self, rows: list[Json]) -> int | None:
        """Number of an open one that we did not open. None: there is none."""
        theirs = [row for row in rows if fields.text(row, "state") == "open" and not self._author.wrote(row)]
        return fields.whole(theirs[0], "number") if theirs else None

    def again(self, own: Own) -> Own | None:
        """The same one as it is now, with its latest edits. None: it is gone."""
        return self._author.again(own)

    def create(self, text: str) -> Own:
        """Open one. HubError with `ambiguous`: it may be there, also because another run was faster."""
        body: dict[str, Json] = {**self._said(text), "head": self._branch}
        try:
            made = self._client.send("POST", "pulls", body)
        except HubError as error:
            if error.status == REFUSED and "already exists" in error.what:
                raise HubError(error.what, error.fix, status=error.status, ambiguous=True) from None
            raise
        node, number = fields.text(made, "node_id"), fields.whole(made, "number")
        return Own(id=number, node=node, now=Version(text=text))

    def write(self, own: Own, text: str) -> bool:
        """Title, text and base; closed where the text says that we close it. False: it is gone."""
        facts = facts_of(text)
        closed: dict[str, Json] = {"state": "closed"} if facts is not None and not facts.open else {}
        return self._patch(own, {**self._said(text), **closed})

    def delete(self, own: Own) -> bool:
        """Close one that goes to another base."""
        return self._patch(own, {"state": "closed"})

    def _said(self, text: str) -> dict[str, Json]:
        facts = facts_of(text)
        return {"title": facts.title if facts else self._branch, "body": text, "base": self._base}

    def _from_here(self, row: Json) -> bool:
        where = fields.found(row, "head", "repo", "full_name")
        here = isinstance(where, str) and where.lower() == self._client.repository.lower()
        return here and fields.found(row, "head", "ref") == self._branch

    def _patch(self, own: Own, body: dict[str, Json]) -> bool:
        try:
            self._client.send("PATCH", f"pulls/{own.id}", body)
        except HubError as error:
            if error.status in GONE:
                return False
            raise
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """The text of this run's pull request, about this commit, unless a newer run has written."""

    effect: OpenPullRequest
    files: str
    commit: str

    @property
    def marker(self) -> str:
        """By which the pull request is found."""
        return marker_of(self.effect.branch)

    def wanted(self, latest: Version | None) -> str:
        """Our text; a newer run's where there is one."""
        if latest is not None and latest.order > self.effect.stamp.order:
            return latest.text
        facts = Facts(title=self.effect.title[:TITLE], files=self.files)
        return letter(self.marker, self.effect.stamp, facts, self.effect.body, sha=self.commit)

    def refusal(self, text: str) -> str | None:
        """Never refused."""
        return None

    def remark(self, text: str) -> str | None:
        """A newer run's text stayed."""
        return NEWER if Version(text=text).order > self.effect.stamp.order else None
