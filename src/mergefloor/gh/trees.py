"""Whole trees: one request where GitHub can, folder by folder where a tree is too large for one answer (T33)."""

from __future__ import annotations

from collections.abc import Mapping

from mergefloor.core.ports import TreeEntry
from mergefloor.errors import RepositoryError
from mergefloor.gh.client import Client
from mergefloor.gh.listing import Listing, check_complete, listing

MOST_REQUESTS = 300
TOO_LARGE = "check the repository out, so that it is read with git: `actions/checkout` with `fetch-depth: 0`"


class Trees:
    """Lists trees of one repository. What is listed once is known by its id, also when another commit holds it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, Mapping[str, TreeEntry]] = {}
        self._requests = 0

    def files(self, name: str) -> Mapping[str, TreeEntry]:
        """Every file below a tree or a commit, by path. HubError (404) when there is none of this id."""
        if name not in self._known:
            self._known[name] = self._list(name)
        return self._known[name]

    def _list(self, name: str) -> Mapping[str, TreeEntry]:
        found = self._ask(name, recursive=True)
        if not found.truncated:
            check_complete(found)
            return found.files
        top = self._ask(name, recursive=False)
        if top.truncated:
            raise RepositoryError(f"a folder of {name[:12]} holds more files than GitHub lists", TOO_LARGE)
        files = dict(top.files)
        for folder, tree in top.folders.items():
            files |= {f"{folder}/{path}": entry for path, entry in self.files(tree).items()}
        return files

    def _ask(self, name: str, *, recursive: bool) -> Listing:
        self._requests += 1
        if self._requests > MOST_REQUESTS:
            what = f"the trees of this repository take more than {MOST_REQUESTS} requests to list"
            raise RepositoryError(what, TOO_LARGE)
        # GitHub takes any value of `recursive` for yes, so that no is to leave it out.
        answer = self._client.get(f"git/trees/{name}", **({"recursive": 1} if recursive else {}))
        return listing(answer)
