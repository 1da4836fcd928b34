"""Who must agree when the gate itself is changed: CODEOWNERS (T21, T23). The last line that matches a path counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from mergefloor.core.doctor.finding import Finding
from mergefloor.core.types import Place

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")  # the first that exists is read
MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """One CODEOWNERS file. `rules`: pattern and whether it names anybody, in the order of the file."""

    path: str
    rules: tuple[tuple[str, bool], ...]

    def owned(self, path: str) -> bool:
        """Whether somebody owns a file. A later line without owners takes ownership away."""
        return next((named for pattern, named in reversed(self.rules) if covers(pattern, path)), False)


def read_owners(path: str, text: str) -> Owners:
    """The rules of a CODEOWNERS file; comments and section lines are left out."""
    rules = []
    for line in text.splitlines():
        words = re.split(r"(?<!\\)\s+", re.sub(r"(?:^|\s)#.*", "", line).strip())
        if words[0]:
            rules.append((words[0].replace("\\ ", " "), any("@" in word for word in words[1:])))
    return Owners(path=path, rules=tuple(rules))


def covers(pattern: str, path: str) -> bool:
    """Whether a pattern, as gitignore means it (without `!` and `[ ]`), matches a file or a folder that it is in."""
    parts = pattern.strip("/").split("/")
    inside = pattern.endswith("/") or parts[-1] == "**"
    if parts[-1] == "**":
        parts.pop()
    anchored = pattern.startswith("/") or len(parts) > 1 or pattern.endswith("/**")
    names, ends = path.split("/"), {0} if anchored else set(range(path.count("/") + 1))
    for part in parts:
        ends = _after(part, names, ends)
    if inside:
        return any(end < len(names) for end in ends)
    # `docs/*` owns files right inside, not those in folders below.
    return len(names) in ends if anchored and parts[-1] == "*" else bool(ends)


def _after(part: str, names: Sequence[str], ends: set[int]) -> set[int]:
    """How many names may be used up after one more part of a pattern. No backtracking, whatever the pattern."""
    if part == "**":
        return set(range(min(ends), len(names))) if ends else set()
    literal = part.replace("[", "[[]")
    return {end + 1 for end in ends if end < len(names) and fnmatchcase(names[end], literal)}


def unowned(owners: Owners | None, watched: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """What decides about a merge and belongs to nobody. `watched`: line for CODEOWNERS -> the files it is about."""
    bare = {line: _bare(owners, files) for line, files in watched.items()}
    missing = {line: files for line, files in bare.items() if files}
    if not missing:
        return
    names = [path for files in missing.values() for path in files]
    yield Finding(
        rule="no-code-owners",
        level="warning",
        place=Place(path=owners.path if owners else PLACES[0], line=1),
        what=f"nobody owns {_listed(names)}: whoever may merge can loosen the gate in the same pull request",
        fix=f"write in {owners.path if owners else PLACES[0]}\n"
        + "\n".join(f"{line} @OWNER" for line in missing),
    )


def _bare(owners: Owners | None, files: Iterable[str]) -> list[str]:
    return [path for path in files if owners is None or not owners.owned(path)]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and {len(names) - MOST_NAMED} more"
