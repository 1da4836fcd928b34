"""The branch of a pull request of ours: one commit on top of the base, and never anything over what a person wrote.

Our commits end in a line that names their own tree. So nobody has to be trusted to tell whose a commit is: what a
person adds, amends or merges has another tree, and who takes our line along with our tree has written nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.gh import fields
from mergefloor.gh.client import Client
from mergefloor.gh.repeat import post

TRAILER = "Mergefloor-Tree: "
PAUSE = 1.0  # seconds between a write whose answer was lost and the next look
ABSENT, REFUSED = 404, 422
# GitHub's words where somebody else made or deleted the branch between our look and our write.
RACES = ("already exists", "does not exist")


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit's tree and parents."""

    tree: str
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """What a person did to the branch, in words, so that it is left alone."""

    why: str


class Branch:
    """One branch by its name. Everything raises HubError."""

    def __init__(self, client: Client, name: str) -> None:
        self._client, self.name, self._path = client, name, quote(name, safe="/")

    def tip(self) -> str | None:
        """The commit at its tip now. None: there is no such branch."""
        try:
            return fields.text(self._client.get(f"git/ref/heads/{self._path}"), "object", "sha")
        except HubError as error:
            if error.status == ABSENT:
                return None
            raise

    def foreign(self, tip: str, base: str) -> str | None:
        """A commit between the base (an id or a branch) and the tip that is not ours, in words. None: all are."""
        try:
            answer = self._client.get(f"compare/{quote(base, safe='')}...{tip}", per_page=100)
        except HubError as error:
            if error.status == ABSENT:
                return f"{self.name!r} has nothing in common with {base[:40]!r}"
            raise
        rows = fields.rows(answer, "commits")
        theirs = next((row for row in rows if not _ours(row)), None)
        if theirs is not None:
            who = fields.text(theirs, "commit", "author", "name")
            return f"{self.name!r} holds commit {fields.text(theirs, 'sha')[:12]} of {who!r}"
        if fields.whole(answer, "ahead_by") > len(rows):
            return f"{self.name!r} holds more commits than can be looked at"
        return None

    def commit(self, message: str, base: str, rows: Sequence[Json]) -> str:
        """Id of a commit of these rows of a tree on top of the base: the tip itself where it makes the very same
        change on an older base, so that nothing is pushed that says nothing new."""
        tip = self.tip()
        if tip is not None:
            held = self._look(tip)
            if len(held.parents) == 1 and self._tree(held.parents[0], rows) == held.tree:
                return tip
        tree = self._tree(base, rows)
        body: dict[str, Json] = {"message": f"{message}\n\n{TRAILER}{tree}", "tree": tree, "parents": [base]}
        return fields.text(post(self._client, "git/commits", body), "sha")

    def bring(self, sha: str, base: str) -> bool | Theirs:
        """Let it point at this commit, in one step. True: it did already; False: it was written, or a write was lost
        on the way, so look again."""
        tip = self.tip()
        if tip == sha:
            return True
        if tip is not None and (why := self.foreign(tip, base)):
            return Theirs(why=why)
        try:
            self.move(tip, sha)
        except HubError as error:
            if not _passing(error):
                raise
            self._client.pause(PAUSE)
        return False

    def move(self, tip: str | None, sha: str) -> None:
        """Point at a commit, by force. `tip`: what was seen there. GitHub has no compare-and-swap for this: what is
        pushed between that look and this write is lost from the branch."""
        if tip is None:
            self._client.send("POST", "git/refs", {"ref": f"refs/heads/{self.name}", "sha": sha})
        else:
            self._client.send("PATCH", f"git/refs/heads/{self._path}", {"sha": sha, "force": True})

    def delete(self) -> None:
        """Delete it. Gone already is as good."""
        try:
            self._client.send("DELETE", f"git/refs/heads/{self._path}")
        except HubError as error:
            if not (error.status == ABSENT or _passing(error)):
                raise

    def _look(self, sha: str) -> Commit:
        answer = self._client.get(f"git/commits/{sha}")
        parents = tuple(fields.text(row, "sha") for row in fields.rows(answer, "parents"))
        return Commit(tree=fields.text(answer, "tree", "sha"), parents=parents)

    def _tree(self, commit: str, rows: Sequence[Json]) -> str:
        """Id of the commit's tree with these rows changed. The same one twice is the same id."""
        body: dict[str, Json] = {"base_tree": self._look(commit).tree, "tree": [*rows]}
        return fields.text(post(self._client, "git/trees", body), "sha")


def _ours(row: Json) -> bool:
    last = fields.text(row, "commit", "message").rstrip().rpartition("\n")[2]
    return last == f"{TRAILER}{fields.text(row, 'commit', 'tree', 'sha')}"


def _passing(error: HubError) -> bool:
    """Whether the next look may find the branch otherwise."""
    return error.ambiguous or (error.status == REFUSED and any(words in error.what for words in RACES))
