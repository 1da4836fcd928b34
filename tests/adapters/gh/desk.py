"""GitHub on one desk: comments, reviews and one pull request in memory, behind the five methods of a Client.

Cheap enough for thousands of runs. What HTTP, JSON and limits do to them is tried against the fake server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from mergefloor.errors import HubError

US, THEM = "github-actions", "mallory"
HEAD = "a" * 40
LOST = HubError("the answer was lost", status=500, ambiguous=True)


@dataclass(slots=True, kw_only=True)
class Said:
    """A comment. `edits`: every text it had, the first one included, oldest first, and who wrote it."""

    id: int
    author: str
    edits: list[tuple[str, str]]
    edited: bool = False

    @property
    def body(self) -> str:
        return self.edits[-1][1]


@dataclass(slots=True)
class Desk:
    """The state. `before`: called with method and path of every call; raises to make it fail undone. `after`: done."""

    head: str = HEAD
    said: dict[int, Said] = field(default_factory=dict)
    before: Callable[[str, str], None] = lambda method, path: None
    after: Callable[[str, str], None] = lambda method, path: None
    page: int = 100
    keeps_history: bool = True
    calls: list[str] = field(default_factory=list)
    repository: str = "mergefloor/mergefloor"
    ids: int = 0

    def write(self, body: str, author: str = US) -> Said:
        """Somebody comments."""
        self.ids += 1
        said = self.said[self.ids] = Said(id=self.ids, author=author, edits=[(author, body)])
        return said

    def client(self, gate: Callable[[], None] = lambda: None) -> DeskClient:
        """A client. `gate` is passed before every call."""
        return DeskClient(self, gate)

    @property
    def bodies(self) -> list[str]:
        return [said.body for said in self.said.values()]


@dataclass(slots=True)
class DeskClient:
    desk: Desk
    gate: Callable[[], None]

    @property
    def repository(self) -> str:
        return self.desk.repository

    def within(self, seconds: float) -> Any:
        return nullcontext()

    def pause(self, seconds: float) -> None:
        """Nobody waits at a desk."""

    def get(self, path: str, /, **params: Any) -> Any:
        return self._call("GET", path, lambda: {"number": 7, "head": {"sha": self.desk.head, "ref": "x", "repo": None}}
                          | {"base": {"sha": "b" * 40, "ref": "main", "repo": {"id": 1, "full_name": "a/b"}}}
                          | {"user": {"login": "ann"}, "state": "open"})  # fmt: skip

    def pages(self, path: str, /, **params: Any) -> Iterator[Any]:
        raise NotImplementedError

    def send(self, method: str, path: str, body: Any = None) -> Any:
        return self._call(method, path, lambda: self._send(method, path, body))

    def query(self, text: str, /, **variables: Any) -> Any:
        found = self._comments if "comments(last: 100" in text else self._node
        return self._call(
            "QUERY", "comments" if found == self._comments else "node", lambda: found(**variables)
        )

    def _call(self, method: str, path: str, act: Callable[[], Any]) -> Any:
        self.gate()
        self.desk.calls.append(f"{method} {path}")
        self.desk.before(method, path)
        done = act()
        self.desk.after(method, path)
        return done

    def _send(self, method: str, path: str, body: Any) -> Any:
        if method == "POST":
            said = self.desk.write(body["body"])
            return {"id": said.id, "node_id": f"IC_{said.id}"}
        found = self.desk.said.get(int(path.rpartition("/")[2]))
        if found is None:
            raise HubError("GitHub knows no such comment", status=404)
        if method == "DELETE":
            del self.desk.said[found.id]
        else:
            found.edits.append((US, body["body"]))
            found.edited = True
        return None

    def _comments(self, before: str | None, **_: Any) -> Any:
        ids = [i for i in sorted(self.desk.said) if before is None or i < int(before)]
        shown = ids[-self.desk.page :]
        nodes = [self._shape(self.desk.said[i]) for i in shown]
        info = {"hasPreviousPage": len(ids) > len(shown), "startCursor": str(shown[0]) if shown else None}
        return {"repository": {"pullRequest": {"comments": {"pageInfo": info, "nodes": nodes}}}}

    def _shape(self, said: Said) -> Any:
        return {
            "id": f"IC_{said.id}",
            "fullDatabaseId": str(said.id),
            "body": said.body,
            "viewerDidAuthor": said.author == US,
            "lastEditedAt": "2026-11-21T09:00:00Z" if said.edited else None,
            "author": {"__typename": "Bot" if said.author == US else "User", "login": said.author},
            "editor": {"login": said.edits[-1][0]} if said.edited else None,
        }

    def _node(self, id: str) -> Any:
        said = self.desk.said.get(int(id.removeprefix("IC_")))
        if said is None:
            raise HubError("Could not resolve to a node", status=404)
        edits = said.edits[::-1] if said.edited and self.desk.keeps_history else []
        shaped = [{"diff": text, "editor": {"login": who}} for who, text in edits]
        return {"node": self._shape(said) | {"first": {"nodes": shaped[:5]}, "last": {"nodes": shaped[-5:]}}}
