"""The folders of one side: its own copy of the code, which it may read, and a home, which is all it may write to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mergefloor.core.ports import Snapshot, TreeEntry
from mergefloor.core.tree import REGULAR, shown
from mergefloor.errors import MergefloorError
from mergefloor.loading.limits import MIB
from mergefloor.targets.order import User

MOST_FILES, MOST_BYTES = 20_000, 500 * MIB
LONGEST_PATH = 1_000
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """`code` is where the program starts; `home` is its HOME, with `tmp` in it."""

    code: Path
    home: Path


def too_much(files: Mapping[str, TreeEntry]) -> str | None:
    """What is too big about a selection, known before anything is read."""
    size = sum(entry.size for entry in files.values())
    if len(files) > MOST_FILES:
        return f"{len(files):,} files; {MOST_FILES:,} is the most"
    return f"{size:,} bytes; {MOST_BYTES:,} is the most" if size > MOST_BYTES else None


def regular(files: Mapping[str, TreeEntry]) -> dict[str, TreeEntry]:
    """Those that are copied: regular files. Links and submodules are left out (T06)."""
    return {path: entry for path, entry in files.items() if entry.mode in REGULAR}


def lay_out(folder: Path, files: Mapping[str, TreeEntry], source: Snapshot, user: User | None) -> Workspace:
    """Write the files below a new folder, and give them to a user who can read but not change them."""
    folder.mkdir(mode=0o711)
    made = Workspace(code=folder / "code", home=folder / "home")
    copy(made.code, files, source, user)
    for each in (made.home, made.home / "tmp"):
        each.mkdir(mode=0o700)
        if user is not None:
            os.chown(each, user.uid, user.uid)
    return made


def copy(code: Path, files: Mapping[str, TreeEntry], source: Snapshot, user: User | None) -> None:
    """The regular ones of the files in a new folder. MergefloorError for a path that leads elsewhere."""
    folders = {code}
    _make(code, user)
    for path, entry in sorted(regular(files).items()):
        parts = _parts(path)
        for depth in range(1, len(parts)):
            inner = code.joinpath(*parts[:depth])
            if inner not in folders:
                folders.add(inner)
                _make(inner, user)
        _write(code.joinpath(*parts), source.read(path), entry.mode == "100755", user)


def _parts(path: str) -> tuple[str, ...]:
    parts = tuple(path.split("/"))
    odd = any(part in {"", ".", ".."} or "\0" in part or part.casefold() == ".git" for part in parts)
    if odd or len(path) > LONGEST_PATH:
        raise MergefloorError(
            f"the path {shown(path)!r} cannot be copied", "rename the file, or narrow `files:`"
        )
    return parts


def _make(folder: Path, user: User | None) -> None:
    folder.mkdir(mode=0o700)
    if user is not None:
        os.chown(folder, 0, user.uid)
        folder.chmod(0o750)


def _write(path: Path, data: bytes, program: bool, user: User | None) -> None:
    with os.fdopen(os.open(path, NEW, 0o600), "wb") as file:
        file.write(data)
        mode = 0o700 if program else 0o600
        if user is not None:
            os.fchown(file.fileno(), 0, user.uid)
            mode |= 0o050 if program else 0o040
        os.fchmod(file.fileno(), mode)
