"""Who may do what: tokens, their permissions, and the limits GitHub keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["none", "read", "write"]
Kind: TypeAlias = Literal["installation", "user"]
RANK = {"none": 0, "read": 1, "write": 2}
NEVER = ("administration", "workflows")  # what no workflow can grant to its token


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """Permissions of a token. The defaults are those of the shipped workflow; `metadata: read` is always there."""

    contents: Level = "read"
    pull_requests: Level = "write"
    statuses: Level = "write"
    issues: Level = "none"
    checks: Level = "none"
    actions: Level = "none"
    administration: Level = "none"
    workflows: Level = "none"

    @classmethod
    def read_only(cls) -> Permissions:
        """What a run for a fork or for Dependabot gets, whatever its workflow asks for."""
        return cls(contents="read", pull_requests="read", statuses="read", issues="read", checks="read")

    @classmethod
    def everything(cls) -> Permissions:
        """Write access to all of it."""
        return cls(
            contents="write",
            pull_requests="write",
            statuses="write",
            issues="write",
            checks="write",
            actions="write",
            administration="write",
        )

    def allow(self, need: Need, *, public: bool) -> bool:
        """Whether one of the alternatives is granted. In a public repository everybody may read what is public."""
        return any(self._one(noun, level, public=public) for noun, level in need) or not need

    def _one(self, noun: str, level: Level, *, public: bool) -> bool:
        held: Level = "read" if noun == "metadata" else getattr(self, noun)
        if public and noun not in NEVER and held == "none":
            held = "read"
        return RANK[held] >= RANK[level]


Need: TypeAlias = tuple[tuple[str, Level], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token. `kind`: a person's token may ask who it is (`GET /user`), an installation's may not.

    `member`: belongs to this repository; the token of a stranger reads what is public and writes comments there.
    """

    text: str
    viewer: str
    permissions: Permissions = field(default_factory=Permissions)
    kind: Kind = "installation"
    member: bool = True


@dataclass(slots=True, kw_only=True)
class Limits:
    """GitHub's limits; a test may lower them, or set the two rates to None."""

    per_hour: int | None = 1000
    writes_per_minute: int | None = 80
    tree_entries: int = 100_000
    tree_bytes: int = 7 * 1024 * 1024
    compare_files: int = 300
    compare_commits: int = 250
    pull_files: int = 3000
    patch_lines: int = 20_000
    blob_bytes: int = 100 * 1024 * 1024
    contents_bytes: int = 1024 * 1024
    comment_chars: int = 65_536
    description_chars: int = 140
    statuses_per_context: int = 1000
    graphql_text: int = 512 * 1024
