"""Version numbers: X.Y.Z with an optional `v`, prerelease and build (semver.org 2.0.0)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering

from mergefloor.core.semver.nouns import Bump

_VERSION = re.compile(
    r"(v?)(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})(?:-([0-9A-Za-z.-]{1,80}))?(?:\+[0-9A-Za-z.-]{1,80})?",
    re.ASCII,
)


@total_ordering
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Version:
    """A version number. `pre`: the prerelease, "" when there is none; `lead`: `v` or "". Build metadata is dropped:
    it orders nothing."""

    major: int
    minor: int
    patch: int
    pre: str = ""
    lead: str = ""

    def __str__(self) -> str:
        return f"{self.lead}{self.major}.{self.minor}.{self.patch}" + (f"-{self.pre}" if self.pre else "")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._order() == other._order()

    def __lt__(self, other: Version) -> bool:
        return self._order() < other._order()

    def __hash__(self) -> int:
        return hash(self._order())

    @property
    def core(self) -> tuple[int, int, int]:
        """Major, minor, patch."""
        return self.major, self.minor, self.patch

    def _order(self) -> tuple[tuple[int, int, int], bool, tuple[tuple[bool, int, str], ...]]:
        """A prerelease comes before its release; its parts compare as numbers where they are, before words."""
        parts = self.pre.split(".") if self.pre else []
        keys = ((not p.isdigit(), int(p) if p.isdigit() else 0, "" if p.isdigit() else p) for p in parts)
        return self.core, not self.pre, tuple(keys)


def parse_version(text: str) -> Version | None:
    """`1.4.0`, `v1.4.0`, `1.4.0-rc.1`, `1.4.0+build`; None for anything else."""
    found = _VERSION.fullmatch(text)
    if found is None:
        return None
    lead, major, minor, patch, pre = found.groups()
    return Version(major=int(major), minor=int(minor), patch=int(patch), pre=pre or "", lead=lead)


def bump_between(before: Version, after: Version) -> Bump | None:
    """The bump that `after` declares; None when it went backwards.

    A prerelease already stands for the bump of its release: 1.4.0 to 1.5.0-rc.1 is minor, and so is every step
    from there to 1.5.0, because nobody was promised the prerelease.
    """
    if after < before:
        return None
    if after == before:
        return "none"
    if after.core == before.core:
        return _stands_for(after)
    if after.major != before.major:
        return "major"
    return "minor" if after.minor != before.minor else "patch"


def _stands_for(version: Version) -> Bump:
    if version.patch:
        return "patch"
    return "minor" if version.minor else "major"


def needed(bump: Bump, before: Version) -> Bump:
    """The bump to ask for after `before`: one level down in 0.y.z; in 0.0.z, where every release may break, patch."""
    if before.major or bump == "none":
        return bump
    if not before.minor:
        return "patch"
    return "minor" if bump == "major" else "patch"


def smallest(before: Version, bump: Bump) -> Version:
    """The smallest version that declares `bump` (as `needed` gave it) after `before`."""
    major, minor, patch = before.core
    if before.pre and _enough(before, bump):
        return Version(major=major, minor=minor, patch=patch, lead=before.lead)
    steps = {
        "none": before.core,
        "patch": (major, minor, patch + 1),
        "minor": (major, minor + 1, 0),
        "major": (major + 1, 0, 0),
    }
    next_major, next_minor, next_patch = steps[bump]
    pre = before.pre if bump == "none" else ""
    return Version(major=next_major, minor=next_minor, patch=next_patch, pre=pre, lead=before.lead)


def _enough(before: Version, bump: Bump) -> bool:
    order: tuple[Bump, ...] = ("patch", "minor", "major")
    return bump in order and order.index(_stands_for(before)) >= order.index(bump)
