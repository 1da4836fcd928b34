"""What GitHub says about trees, read strictly: a listing that could mean two things is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mergefloor.core.ports import TreeEntry
from mergefloor.core.tree import shown
from mergefloor.core.types import Json
from mergefloor.errors import RepositoryError
from mergefloor.gh import fields

OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
MODE = re.compile(r"[0-7]{6}")
# git stores no empty folder, but a commit can be made to hold one: these are its ids.
EMPTY = frozenset(
    {
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
    }
)
FIX = "run the job again; if it stays, check the repository: `git fsck`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One answer about a tree. `folders`: path to tree id; `truncated`: GitHub left out what was too much."""

    files: Mapping[str, TreeEntry]
    folders: Mapping[str, str]
    truncated: bool


def listing(answer: Json) -> Listing:
    """The rows of one answer. RepositoryError for a path that is listed twice or that no tree can hold."""
    files: dict[str, TreeEntry] = {}
    folders: dict[str, str] = {}
    for row in fields.rows(answer, "tree"):
        path = _path(row)
        if path in files or path in folders:
            raise RepositoryError(f"GitHub lists {shown(path)!r} twice in one tree", FIX)
        if fields.text(row, "type") == "tree":
            folders[path] = object_id(row, "sha")
        else:
            files[path] = _entry(row)
    return Listing(files=files, folders=folders, truncated=fields.flag(answer, "truncated"))


def check_complete(found: Listing) -> None:
    """RepositoryError when a folder is listed without anything in it: then the answer lost rows, unmarked.

    A redirect of a renamed repository drops `recursive=1`, and the top folder alone looks like a small repository.
    """
    filled = {path.rpartition("/")[0] for path in (*found.files, *found.folders)}
    for folder, sha in found.folders.items():
        if folder not in filled and sha not in EMPTY:
            what = f"GitHub lists the folder {shown(folder)!r} without its files"
            raise RepositoryError(what, FIX)


def object_id(answer: Json, *keys: str) -> str:
    """The full id at a path of keys. RepositoryError when it is none."""
    text = fields.text(answer, *keys)
    if not OBJECT_ID.fullmatch(text):
        raise RepositoryError(f"GitHub names {text[:100]!r}, which is no id of git", FIX)
    return text


def _path(row: Json) -> str:
    path = fields.text(row, "path")
    if "\0" in path or any(part in ("", ".", "..") for part in path.split("/")):
        raise RepositoryError(f"GitHub lists {shown(path)!r}, which no tree of git can hold", FIX)
    return path


def _entry(row: Json) -> TreeEntry:
    mode = fields.text(row, "mode")
    if not MODE.fullmatch(mode):
        raise RepositoryError(f"GitHub lists the mode {mode[:100]!r}, which git does not know", FIX)
    size = 0 if fields.text(row, "type") == "commit" else fields.whole(row, "size")
    return TreeEntry(mode=mode, blob=object_id(row, "sha"), size=size)
