"""What this package is a release of, and the pins of the actions it writes into workflows: files under data/."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from mergefloor.core.action_pin import Pin, Release, read_pin
from mergefloor.errors import MergefloorError, UsageError

COMMIT = re.compile(r"[0-9a-f]{40}")
REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
FIELDS = ("repository", "commit", "version", "image")


def _data() -> Traversable:
    return files("mergefloor").joinpath("data")


def release(folder: Traversable | None = None) -> Release | None:
    """The release, as its workflow wrote it into data/release.json; None in a checkout, where there is no such file.

    MergefloorError when the file says something that cannot be pinned.
    """
    place = (folder or _data()).joinpath("release.json")
    if not place.is_file():
        return None
    found = json.loads(place.read_text(encoding="utf-8"))
    told = {name: found.get(name, "") for name in FIELDS} if isinstance(found, dict) else {}
    if not all(isinstance(value, str) for value in told.values()) or not _pinned(told):
        fix = "install mergefloor again, or name the action: `mergefloor init --action OWNER/NAME@COMMIT`"
        raise MergefloorError(f"data/release.json names no commit of a repository: {told!r}", fix)
    return Release(**told)


def _pinned(told: Mapping[str, str]) -> bool:
    named = REPOSITORY.fullmatch(told.get("repository", "")) and told.get("version")
    return bool(named and COMMIT.fullmatch(told.get("commit", "")))


def pins(folder: Traversable | None = None) -> Mapping[str, Pin]:
    """The actions of others that a written workflow uses, by name."""
    table = json.loads((folder or _data()).joinpath("pins.json").read_text(encoding="utf-8"))
    return {name: Pin(action=name, **fields) for name, fields in table["actions"].items()}


def our_action(named: str | None) -> Pin | None:
    """The action that a written workflow runs: the one on the command line, else that of this release. UsageError for a
    name without a commit."""
    if named is None:
        found = release()
        return found.pin if found else None
    pin = read_pin(named)
    if pin is None:
        what = f"`--action {named}` names no action at a commit"
        raise UsageError(what, "type OWNER/NAME@COMMIT with the full 40 hex digits of a commit")
    return pin
