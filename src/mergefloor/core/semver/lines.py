"""The edit of the line that declares a version."""

from __future__ import annotations

import re

from mergefloor.core.semver.nouns import Suggestion
from mergefloor.core.types import Place


def suggestion(place: Place, line: str, declared: str, wanted: str) -> Suggestion | None:
    """`line` (without its line end) with the version replaced and everything else kept.

    None where the version is not written out behind `version:` on that line: an anchor's alias, a folded text.
    """
    found = re.search(
        rf"(?:^|[\s{{,])([\"']?)version\1\s*:[^#]*?{re.escape(declared)}(?![0-9A-Za-z.+-])", line
    )
    if found is None:
        return None
    start = found.end() - len(declared)
    return Suggestion(place=place, old=line, new=line[:start] + wanted + line[found.end() :])
