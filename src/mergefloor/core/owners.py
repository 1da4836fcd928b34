"""Who owns what: the owner that a config names, else the code owners of a file as GitHub reads CODEOWNERS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from mergefloor.core.settings import Config, Suite

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")  # the first that exists is read
LARGEST = 3_000_000  # bytes; GitHub does not load a larger one
LONGEST = 254  # characters of an e-mail address
_ACCOUNT = re.compile(r"@[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})(?:/[A-Za-z0-9](?:[A-Za-z0-9._-]{0,99}))?")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOwners:
    """One CODEOWNERS file. `rules`: pattern and whom it names, in the order of the file."""

    path: str
    rules: tuple[tuple[str, tuple[str, ...]], ...]

    def of(self, path: str) -> tuple[str, ...]:
        """Who owns a file: whom the last line that matches names. A line without owners takes ownership away."""
        return next((names for pattern, names in reversed(self.rules) if covers(pattern, path)), ())


def owner_of(
    suite: Suite | None, settings: Config, code: CodeOwners | None, path: str | None = None
) -> tuple[str, ...]:
    """Who answers for a suite (None: for what all suites share): `owner` of the suite, else that of `defaults`, else
    the code owners of a file; empty where nobody does. `path`: that file, else the suite's prompt, else the config."""
    named = (suite.owner if suite is not None else None) or settings.owner
    if named is not None:
        return (named,)
    file = path or (suite.prompt if suite is not None else "") or settings.path
    return code.of(file) if code is not None and file is not None else ()


def is_owner(text: str) -> bool:
    """Whether a text is an account (`@login`), a team (`@org/team`) or an e-mail address."""
    if len(text) > LONGEST:
        return False
    return bool(_ACCOUNT.fullmatch(text) or _MAIL.fullmatch(text))


def mentions(owners: Iterable[str]) -> tuple[str, ...]:
    """Those whom GitHub notifies when a text names them: accounts and teams, no addresses. Safe in Markdown."""
    return tuple(owner for owner in owners if _ACCOUNT.fullmatch(owner))


def read_code_owners(path: str, text: str) -> CodeOwners:
    """The rules of a CODEOWNERS file. Comments are left out, and so are lines that GitHub skips: one whose owners are
    not all owners, or with three `*` in a row."""
    rules = []
    for line in text.splitlines():
        words = re.split(r"(?<!\\)\s+", re.sub(r"(?:^|\s)#.*", "", line).strip())
        if words[0] and "***" not in words[0] and all(map(is_owner, words[1:])):
            rules.append((words[0].replace("\\ ", " "), tuple(words[1:])))
    return CodeOwners(path=path, rules=tuple(rules))


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
