"""Actions named by the full id of a commit: a tag can be moved, a commit cannot (T80)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PIN = re.compile(r"(?P<action>[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+)@(?P<commit>[0-9a-f]{40})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One action at one commit. `action`: owner/name, with a folder where it has one; `version`: its tag, or empty."""

    action: str
    commit: str
    version: str = ""

    def uses(self, folder: str = "") -> str:
        """The value of `uses:` with the version as a comment; `folder`: a part of the action."""
        path = f"{self.action}/{folder}" if folder else self.action
        return f"{path}@{self.commit}" + (f" # {self.version}" if self.version else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The release that this package is: where its action lives. `image`: the container with its digest."""

    repository: str
    commit: str
    version: str
    image: str = ""

    @property
    def pin(self) -> Pin:
        """The action of this release."""
        return Pin(action=self.repository, commit=self.commit, version=f"v{self.version.removeprefix('v')}")


def read_pin(text: str) -> Pin | None:
    """`OWNER/NAME@COMMIT` as somebody types it, the commit in 40 hex digits; None for anything else."""
    found = _PIN.fullmatch(text)
    return Pin(action=found["action"], commit=found["commit"]) if found else None
