"""The state of the fake, and what people do to it while runs are under way."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.github.access import Limits, Token
from tests.fakes.github.git import Git

BIRTH = int(datetime(2026, 11, 21, 9, 0, tzinfo=UTC).timestamp())


@dataclass(slots=True, kw_only=True)
class Thread:
    """What an issue and a pull request have in common. `past`: every earlier text with who wrote it and when."""

    number: int
    title: str
    author: str
    created: int
    body: str | None = None
    state: str = "open"
    locked: bool = False
    closed: int | None = None
    labels: list[str] = field(default_factory=list)
    editor: str | None = None
    edited: int | None = None
    closer: str | None = None
    past: list[tuple[str, str | None, int]] = field(default_factory=list)

    def rewrite(self, body: str, by: str, at: int) -> None:
        """Somebody changes the text; what it was stays in the history."""
        before = self.editor if self.edited else self.author
        self.past.append((self.body or "", before, self.edited or self.created))
        self.body, self.editor, self.edited = body, by, at

    def turn(self, state: str, at: int, by: str) -> None:
        """Somebody closes or reopens it."""
        if state != self.state:
            self.state, self.closed = state, at if state == "closed" else None
            self.closer = by if state == "closed" else None


@dataclass(slots=True, kw_only=True)
class Pull(Thread):
    """A pull request. `head_repo`: owner/name, None when it was deleted."""

    head_ref: str
    head_sha: str
    head_repo: str | None
    base_ref: str
    base_sha: str
    updated: int
    draft: bool = False
    merged: bool = False


@dataclass(slots=True, kw_only=True)
class Issue(Thread):
    """An issue that is no pull request. `reason`: why it is in the state it is in."""

    reason: str | None = None


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment of an issue or a pull request. `edited`: when its text changed last; `minimized`: why it is folded;
    `past`: every earlier text with who wrote it and when, oldest first."""

    id: int
    number: int
    author: str | None
    body: str
    created: int
    updated: int
    edited: int | None = None
    editor: str | None = None
    by_app: bool = False
    minimized: str | None = None
    past: list[tuple[str, str | None, int]] = field(default_factory=list)

    def rewrite(self, body: str, by: str, at: int) -> None:
        """Somebody changes the text; what it was stays in the history."""
        self.past.append(
            (self.body, self.editor if self.edited else self.author, self.edited or self.created)
        )
        self.body, self.editor = body, by
        self.edited = self.updated = at


@dataclass(slots=True, kw_only=True)
class ReviewComment(Comment):
    """A comment at a line of the diff. `thread`: id of the first comment of its thread; `start` for several lines."""

    path: str
    commit: str
    line: int | None
    side: str
    hunk: str
    thread: int
    review: int
    start: int | None = None
    start_side: str | None = None
    subject: str = "line"


@dataclass(slots=True, kw_only=True)
class Review:
    """A submitted review."""

    id: int
    number: int
    author: str
    body: str
    state: str
    commit: str
    submitted: int


@dataclass(slots=True, kw_only=True)
class Status:
    """A commit status as it was posted; the last one of a context counts."""

    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: str
    created: int


@dataclass(slots=True)
class World:
    """Everything GitHub remembers. Hold `lock` to look at several things at once."""

    git: Git
    repository: str
    default_branch: str
    private: bool
    limits: Limits
    root: str = ""  # http://127.0.0.1:port
    tokens: dict[str, Token] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    comments: dict[int, list[Comment]] = field(default_factory=lambda: defaultdict(list))
    review_comments: dict[int, list[ReviewComment]] = field(default_factory=lambda: defaultdict(list))
    reviews: dict[int, list[Review]] = field(default_factory=lambda: defaultdict(list))
    resolved: set[int] = field(default_factory=set)
    resolvers: dict[int, str] = field(default_factory=dict)
    reactions: dict[int, list[tuple[int, str, str]]] = field(default_factory=lambda: defaultdict(list))
    statuses: dict[str, list[Status]] = field(default_factory=lambda: defaultdict(list))
    collaborators: dict[str, str] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)
    rulesets: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    ruleset_pages: dict[int, dict[str, Any]] = field(default_factory=dict)
    protection: dict[str, dict[str, Any] | int] = field(default_factory=dict)
    guarded: dict[str, tuple[int, str]] = field(default_factory=dict)
    workflows: dict[str, str] = field(default_factory=dict)  # by name of the file: its state
    has_issues: bool = True
    actions_may_open_pulls: bool = True
    creator_knows_no_apps: bool = False  # as on GitHub's own instances for companies
    now: Callable[[], float] = time.time
    lock: threading.RLock = field(default_factory=threading.RLock)
    _ids: int = 1_000
    _ticks: int = 0

    @property
    def owner(self) -> str:
        """The first half of the repository's name."""
        return self.repository.partition("/")[0]

    @property
    def api(self) -> str:
        """Root of the REST API."""
        return f"{self.root}/api/v3"

    @property
    def repo_url(self) -> str:
        """The repository in the REST API."""
        return f"{self.api}/repos/{self.repository}"

    @property
    def html(self) -> str:
        """The repository's page."""
        return f"{self.root}/{self.repository}"

    def tick(self) -> int:
        """The time of the next thing that happens: the fake's own clock, one second later than the last thing."""
        with self.lock:
            self._ticks += 1
            return BIRTH + self._ticks

    def new_id(self) -> int:
        """An id nobody has; ids of one kind grow with time."""
        with self.lock:
            self._ids += 1
            return self._ids

    def number(self) -> int:
        """The next number; issues and pull requests share them."""
        return max([0, *self.pulls, *self.issues]) + 1

    def pulls_from(self, ref: str) -> list[Pull]:
        """The open pull requests from a branch of this repository, `refs/heads/x`."""
        branch = ref.removeprefix("refs/heads/")
        mine = [pull for pull in self.pulls.values() if pull.head_repo == self.repository]
        return [pull for pull in mine if pull.state == "open" and pull.head_ref == branch]

    def found_comment(self, comment_id: int) -> Comment | None:
        """A comment of an issue or a pull request by its id."""
        return next((c for many in self.comments.values() for c in many if c.id == comment_id), None)

    def found_review_comment(self, comment_id: int) -> ReviewComment | None:
        """A review comment by its id."""
        return next((c for many in self.review_comments.values() for c in many if c.id == comment_id), None)

    def latest(self, sha: str) -> dict[str, Status]:
        """The status that counts, by context."""
        return {status.context: status for status in self.statuses.get(sha, [])}


def iso(seconds: int) -> str:
    """A moment as the API writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
