"""Versions that are declared by git tags, for prompts whose files declare none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mergefloor.core.semver.version import Version, parse_version


def tagged(path: str, tags: Mapping[str, str], sha: str) -> str | None:
    """The version that tags give the prompt at `path` in commit `sha`; None when there is none.

    `tags`: tag name -> id of the commit it points at. Names, the most particular first: `PATH@X.Y.Z` (with or without
    the file's suffix), `STEM-vX.Y.Z` (the file's name up to its first dot), `vX.Y.Z` for the whole repository. Of
    several of one kind the highest version counts.
    """
    here = [name for name, target in tags.items() if target == sha]
    for owner in _owners(path):
        found = [version for name in here if (version := _version(name, owner)) is not None]
        if found:
            return str(max(found))
    return None


def _owners(path: str) -> Iterable[tuple[str, ...]]:
    """What may stand before the version, each with its separator."""
    folder, slash, name = path.rpartition("/")
    stem = name.split(".")[0]
    return (f"{path}@", f"{folder}{slash}{stem}@"), (f"{stem}-v",), ("v",)


def _version(name: str, owners: tuple[str, ...]) -> Version | None:
    owner = next((each for each in owners if name.startswith(each)), None)
    return None if owner is None else parse_version(name.removeprefix(owner))
