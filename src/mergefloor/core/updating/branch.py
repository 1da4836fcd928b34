"""The branch of the one pull request that moves one model to another."""

from __future__ import annotations

import re

from mergefloor.core.keys import digest

PREFIX = "mergefloor/update/"
LONGEST = 80  # characters of one name
_LOST = re.compile(r"[^A-Za-z0-9._-]+")
_DOTS = re.compile(r"\.{2,}")


def branch_of(old: str, new: str) -> str:
    """A name that git takes, whatever the models are called; other models never share it."""
    parts = [_part(name) for name in (old, new)]
    plain = all(part == name.replace("/", "-", 1) for part, name in zip(parts, (old, new), strict=True))
    mark = "" if plain else f"-{digest([old, new])[:8]}"
    return f"{PREFIX}{parts[0]}-to-{parts[1]}{mark}"


def _part(name: str) -> str:
    """Letters, digits and `. _ -`; what git refuses in a ref (`..`, a dot at an end, `.lock`) does not stay."""
    shown = _DOTS.sub(".", _LOST.sub("-", name))[:LONGEST].strip(".-")
    return shown.removesuffix(".lock") or "model"
