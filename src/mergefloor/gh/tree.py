"""A repository on GitHub behind core.ports.Repo: nothing is cloned or checked out, and no git is needed."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import quote

from mergefloor.core.ports import Change, Snapshot
from mergefloor.core.tree import compare
from mergefloor.errors import HubError, NoSuchRef, RepositoryError
from mergefloor.gh import fields
from mergefloor.gh.blobs import MOST, Blobs
from mergefloor.gh.client import Client
from mergefloor.gh.listing import OBJECT_ID, object_id
from mergefloor.gh.snapshot import ApiSnapshot
from mergefloor.gh.tags import tagged
from mergefloor.gh.trees import Trees

ABSENT = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY})
# A page beyond the first holds no files: the list of up to 300 with their diffs is what makes this answer large.
COMPARE_PAGES = (2, 1)


class ApiRepo:
    """The repository of a client. `head_repository`: the fork, owner/name, that a head may have to be read from;
    `prefetch`: how many files one query may bring, 0 to read each by itself.

    A commit of a fork's pull request can mostly be read through the base repository; where not, the fork is asked.
    """

    def __init__(self, client: Client, *, head_repository: str | None = None, prefetch: int = MOST) -> None:
        known: dict[str, bytes] = {}
        names = dict.fromkeys((client.repository, head_repository or client.repository))
        self._client = client
        self._sources = tuple(_Source(client.of(name), known, prefetch) for name in names)
        self._commits: dict[str, ApiSnapshot] = {}
        self._tagged: Mapping[str, frozenset[str]] | None = None

    def snapshot(self, ref: str) -> ApiSnapshot:
        """The tree of a full commit id or of a branch's tip. RepositoryError when it does not exist."""
        return self._commit(ref if OBJECT_ID.fullmatch(ref) else self._tip(ref))

    def merge_base(self, base: Snapshot, head: Snapshot) -> ApiSnapshot:
        """The commit the head branched from; of several, GitHub's. RepositoryError when there is none."""
        if base.sha == head.sha:
            return self._commit(base.sha)
        forms = [head.sha, *(f"{source.owner}:{head.sha}" for source in self._sources[1:])]
        if isinstance(head, ApiSnapshot) and head.repository != self._client.repository:
            forms.reverse()
        for form in forms:
            found = self._compared(f"compare/{base.sha}...{form}")
            if found is not None:
                return self._commit(found)
        what = f"{base.sha[:12]} and {head.sha[:12]} have no common commit on GitHub"
        raise RepositoryError(what, "name a base that the head was branched from")

    def changes(self, base: Snapshot, head: Snapshot) -> tuple[Change, ...]:
        """What differs, without rename detection, in path order. Whole trees are compared: no cap on files (T33)."""
        return compare(base.files, head.files)

    def tags(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Names of the tags that point at this very commit, sorted, among the hundred with the newest commits."""
        if self._tagged is None:
            self._tagged = tagged(self._client)
        return tuple(sorted(name for name, ids in self._tagged.items() if snapshot.sha in ids))

    def _tip(self, branch: str) -> str:
        try:
            return object_id(self._client.get(f"branches/{quote(branch, safe='/')}"), "commit", "sha")
        except HubError as error:
            if error.status not in ABSENT:
                raise
            fix = "name a branch of this repository or a full commit id"
            raise NoSuchRef(f"{branch!r} names no commit of {self._client.repository}", fix) from None

    def _commit(self, sha: str) -> ApiSnapshot:
        """The tree of a commit, listed once a commit, from the first repository that has it."""
        for source in self._sources:
            if sha in self._commits:
                break
            try:
                found = source.snapshot(sha)
            except HubError as error:
                if error.status not in ABSENT:
                    raise
                continue
            self._commits[sha] = found
        if sha not in self._commits:
            where = " or ".join(source.repository for source in self._sources)
            fix = "push it, and check that the token may read the repository"
            raise NoSuchRef(f"{sha!r} names no commit of {where}", fix)
        return self._commits[sha]

    def _compared(self, path: str) -> str | None:
        """The merge base that a comparison names; None when GitHub cannot compare these."""
        for page in COMPARE_PAGES:
            try:
                answer = self._client.get(path, per_page=1, page=page)
            except HubError as error:
                if error.status not in ABSENT:
                    raise
                return None
            if fields.found(answer, "merge_base_commit") is not None:
                return object_id(answer, "merge_base_commit", "sha")
        return None


class _Source:
    """One repository that commits can be read from."""

    def __init__(self, client: Client, known: dict[str, bytes], prefetch: int) -> None:
        self.repository, self.owner = client.repository, client.repository.partition("/")[0]
        self._trees, self._blobs = Trees(client), Blobs(client, known, prefetch=prefetch)

    def snapshot(self, sha: str) -> ApiSnapshot:
        """A commit that is here. HubError (404) when it is not."""
        files = MappingProxyType(self._trees.files(sha))
        self._blobs.watch(files)
        return ApiSnapshot(sha=sha, files=files, blobs=self._blobs, repository=self.repository)
