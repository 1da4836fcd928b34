"""A branch of data behind the git database: what it holds, and one commit on top of it. Nothing is checked out."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from mergefloor.core.ports import TreeEntry
from mergefloor.core.tree import readable
from mergefloor.core.types import Json, Problem
from mergefloor.errors import HubError
from mergefloor.gh.blobs import Blobs, blob_id
from mergefloor.gh.client import Client
from mergefloor.gh.listing import object_id
from mergefloor.gh.repeat import post
from mergefloor.gh.trees import Trees

FILE = "100644"
LARGEST_INLINE = 256 * 1024  # bytes of a file that goes along with its tree; larger ones go by themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The branch at one commit. `commit` "" and no files: there is no branch."""

    commit: str = ""
    tree: str = ""
    files: Mapping[str, TreeEntry]
    blobs: Blobs

    def read(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The bytes of those of these paths that are there. HubError where one is no regular file."""
        return {path: self._bytes(path) for path in paths if path in self.files}

    def holds(self, path: str, data: bytes) -> bool:
        """Whether a file is exactly this, told by its id alone."""
        entry = self.files.get(path)
        return entry is not None and entry.mode == FILE and blob_id(data, like=entry.blob) == entry.blob

    def _bytes(self, path: str) -> bytes:
        entry = readable(self.files, path)
        if isinstance(entry, Problem):
            raise HubError(f"on the branch of data {entry.what}", "delete it there, or put the file back")
        return self.blobs.read(path, entry)


class DataBranch:
    """One branch by its name. Every method raises HubError."""

    def __init__(self, client: Client, name: str) -> None:
        self._client, self.name = client, name
        self._blobs = Blobs(client, {}, prefetch=0)

    def tip(self) -> str:
        """Its commit as it is now; "" where there is no such branch."""
        try:
            return object_id(self._client.get(f"git/ref/heads/{self._quoted}"), "object", "sha")
        except HubError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return ""

    def look(self, commit: str) -> Look:
        """What it holds at a commit."""
        if not commit:
            return Look(files={}, blobs=self._blobs)
        tree = object_id(self._client.get(f"git/commits/{commit}"), "tree", "sha")
        files = Trees(self._client).files(tree)
        return Look(commit=commit, tree=tree, files=files, blobs=self._blobs)

    def commit(self, look: Look, files: Mapping[str, bytes], message: str) -> str:
        """A commit that replaces these files, not yet on the branch: made twice, the other one is forgotten."""
        body: dict[str, Json] = {"tree": [self._row(path, data) for path, data in sorted(files.items())]}
        if look.tree:
            body["base_tree"] = look.tree
        tree = object_id(post(self._client, "git/trees", body), "sha")
        parents: list[Json] = [look.commit] if look.commit else []
        made = post(self._client, "git/commits", {"message": message, "tree": tree, "parents": parents})
        return object_id(made, "sha")

    def move(self, tip: str, commit: str) -> None:
        """Let the branch end in this commit: forwards from `tip` alone, or anew where there was none ("")."""
        if tip:
            self._client.send("PATCH", f"git/refs/heads/{self._quoted}", {"sha": commit, "force": False})
        else:
            self._client.send("POST", "git/refs", {"ref": f"refs/heads/{self.name}", "sha": commit})

    @property
    def _quoted(self) -> str:
        return quote(self.name, safe="/")

    def _row(self, path: str, data: bytes) -> Json:
        row: dict[str, Json] = {"path": path, "mode": FILE, "type": "blob"}
        text = _text(data)
        if text is not None:
            return row | {"content": text}
        body: dict[str, Json] = {"content": base64.b64encode(data).decode(), "encoding": "base64"}
        return row | {"sha": object_id(post(self._client, "git/blobs", body), "sha")}


def _text(data: bytes) -> str | None:
    """What can be sent as text and arrives byte for byte; None for anything else."""
    if len(data) > LARGEST_INLINE or b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
