"""CODEOWNERS of one tree, from where GitHub looks for it."""

from __future__ import annotations

from mergefloor.core.owners import LARGEST, PLACES, CodeOwners, read_code_owners
from mergefloor.core.ports import Snapshot
from mergefloor.errors import InputError


def code_owners(files: Snapshot) -> CodeOwners | None:
    """The file that GitHub reads: the first of its places that exists, None where there is none. One that GitHub
    cannot read has no rules."""
    path = next((path for path in PLACES if path in files.files), None)
    if path is None:
        return None
    nobody = CodeOwners(path=path, rules=())
    if files.files[path].size >= LARGEST:
        return nobody
    try:
        return read_code_owners(path, files.read(path).decode("utf-8", "replace"))
    except InputError:
        return nobody  # a link: GitHub does not follow it
