"""The edits of the lines that declare a version and say what it brought."""

from __future__ import annotations

import json
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


_CHANGELOG = re.compile(r"""(?P<key>\s*(["']?)changelog\2\s*:\s+)(?P<text>[^\s|>\[{&*!#].*)""")


def changelog(place: Place, line: str, declared: str, wanted: str, draft: str | None) -> Suggestion | None:
    """`line` with the declared version replaced, or where it speaks of no version, with `draft` behind the wanted one.

    None where nothing is to be mended or the text does not end on this line: a block, a list, no draft.
    """
    found = _CHANGELOG.fullmatch(line)
    if found is None:
        return None
    version = re.compile(rf"(?<![0-9A-Za-z.+-]){re.escape(declared)}(?![0-9A-Za-z+-]|\.\d)")
    if version.search(found["text"]):
        new = found["key"] + version.sub(wanted, found["text"])
    elif draft is not None:
        new = found["key"] + json.dumps(f"{wanted}: {draft}", ensure_ascii=False)
    else:
        return None
    return Suggestion(place=place, old=line, new=new)
