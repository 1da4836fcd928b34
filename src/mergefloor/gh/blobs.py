"""Blobs by id, many in one request. Nothing is used whose bytes do not give the id that the tree names."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping

from mergefloor.core.ports import TreeEntry
from mergefloor.core.types import Json
from mergefloor.errors import HubError, RepositoryError
from mergefloor.gh import fields
from mergefloor.gh.client import Client
from mergefloor.gh.nearby import LARGEST_TEXT, nearby

MOST = 100  # blobs in one query
PREFETCH_SECONDS = 30.0  # a convenience must not use up the time of the run
SHA1_DIGITS = 40
FIX = "run the job again; if it stays, check the repository: `git fsck`"


class Blobs:
    """Reads blobs of one repository. `known` may be shared with those of a fork: an id means the same bytes there.

    The first file of a kind brings its neighbours along, in one GraphQL query. GraphQL gives text only, and not
    always as it is stored, so what does not fit its id is read through REST when it is asked for (R29).
    """

    def __init__(self, client: Client, known: dict[str, bytes], *, prefetch: int = MOST) -> None:
        self._client, self._known, self._prefetch = client, known, min(prefetch, MOST)
        self._trees: list[Mapping[str, TreeEntry]] = []
        self._no_text: set[str] = set()

    def watch(self, files: Mapping[str, TreeEntry]) -> None:
        """Files that may be read; the neighbours of a file are looked for among them."""
        self._trees.append(files)

    def read(self, path: str, entry: TreeEntry) -> bytes:
        """The bytes of a blob that may be read. RepositoryError when GitHub gives others, or none."""
        blob = entry.blob
        if blob not in self._known and entry.size <= LARGEST_TEXT and blob not in self._no_text:
            self._fetch_texts(path, blob)
        if blob not in self._known:
            self._known[blob] = self._fetch(blob)
        return self._known[blob]

    def _fetch_texts(self, path: str, blob: str) -> None:
        """This blob and its neighbours, as far as they are text. A lone one is left to REST, which has any bytes."""
        if self._prefetch < 1:
            return
        skip = {blob, *self._known, *self._no_text}
        near = nearby(path, self._trees, skip=skip, most=self._prefetch - 1)
        if not near:
            return
        try:
            with self._client.within(PREFETCH_SECONDS):
                answer = self._client.query(_question((blob, *near)), **self._names())
        except HubError:
            self._prefetch = 0  # one by one then; the same trouble there ends the run
            return
        for at, each in enumerate((blob, *near)):
            text = fields.found(answer, "repository", f"b{at}", "text")
            data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else None
            if data is not None and blob_id(data, like=each) == each:
                self._known[each] = data
            else:
                self._no_text.add(each)

    def _names(self) -> dict[str, Json]:
        owner, _, name = self._client.repository.partition("/")
        return {"owner": owner, "name": name}

    def _fetch(self, blob: str) -> bytes:
        answer = self._client.get(f"git/blobs/{blob}")
        try:
            data = base64.b64decode("".join(fields.text(answer, "content").split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise RepositoryError(f"GitHub's answer for blob {blob!r} is no base64: {error}", FIX) from error
        if blob_id(data, like=blob) != blob:
            raise RepositoryError(f"GitHub gives other bytes for blob {blob!r} than git stored", FIX)
        return data


def blob_id(data: bytes, *, like: str) -> str:
    """The id that git gives these bytes, by the algorithm of an id of this length."""
    algorithm = "sha1" if len(like) == SHA1_DIGITS else "sha256"
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _question(blobs: Iterable[str]) -> str:
    """One query for all of them. Only ids that were checked to be hexadecimal get here."""
    wanted = " ".join(
        f'b{at}: object(oid: "{blob}") {{ ... on Blob {{ text }} }}' for at, blob in enumerate(blobs)
    )
    return (
        f"query($owner: String!, $name: String!) {{ repository(owner: $owner, name: $name) {{ {wanted} }} }}"
    )
