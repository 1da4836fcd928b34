"""A GitHub for tests: real HTTP on loopback, stateful, backed by a real git repository, and strict.

    with FakeGitHub(repository_directory) as github:
        number = github.open_pull("topic")
        ...                                   # a client with github.url, github.graphql_url and github.token
        assert github.violations == []

Attributes: `url`, `graphql_url`, `token`; `requests` (what was asked and answered), `violations` (what nobody may
send); `faults` (a FaultPlan or any function of a request) and `before` (called with every request, outside of the lock).
The state: `pulls`, `issues`, `comments`, `review_comments`, `reviews`, `reactions`, `statuses`, `collaborators`,
`rulesets` (active rules by branch), `ruleset_pages` (rulesets by number), `protection` (by branch: the JSON, or a
status), `guarded` (branches that may not be written: status and words), `limits`. What people do meanwhile: see `people.People`. Payloads of events: `event(name, ...)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.fakes.github import events
from tests.fakes.github.access import Kind, Limits, Permissions, Token
from tests.fakes.github.app import App
from tests.fakes.github.faults import KINDS, Fault, FaultPlan, Plan
from tests.fakes.github.git import Git
from tests.fakes.github.meter import Meter
from tests.fakes.github.people import People
from tests.fakes.github.server import GRAPHQL, REST, Server
from tests.fakes.github.wire import Recorded, Reply, Request
from tests.fakes.github.world import Comment, Pull, Review, ReviewComment, Status, World

__all__ = [
    "KINDS", "Comment", "FakeGitHub", "Fault", "FaultPlan", "Limits", "Permissions", "Pull", "Recorded", "Reply",
    "Request", "Review", "ReviewComment", "Status", "Token",
]  # fmt: skip
STATE = (
    "pulls", "issues", "comments", "review_comments", "reviews", "reactions", "statuses", "collaborators",
    "rulesets", "ruleset_pages", "protection", "guarded", "has_issues", "actions_may_open_pulls", "users", "resolved", "limits", "private",
)  # fmt: skip


class FakeGitHub(People):
    """One repository on a GitHub of its own."""

    def __init__(
        self,
        git_dir: Path,
        *,
        repository: str = "acme/shop",
        token: str = "ghs_fake",
        permissions: Permissions | None = None,
        viewer: str = "github-actions[bot]",
        default_branch: str = "main",
        private: bool = True,
        limits: Limits | None = None,
        faults: Plan | Sequence[Fault] = (),
        before: Callable[[Request], None] | None = None,
    ) -> None:
        self.world = World(Git(git_dir), repository, default_branch, private, limits or Limits())
        self.token, self.repository = token, repository
        plan = faults if callable(faults) else FaultPlan(faults)
        self.app = App(self.world, Meter(self.world.limits, self.world.now), plan, before)
        self.add_token(token, permissions=permissions or Permissions(), viewer=viewer)
        self._server: Server | None = None

    def __enter__(self) -> FakeGitHub:
        self._server = Server(self.app)
        self.world.root = self._server.root
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        self.world.git.close()

    def __getattr__(self, name: str) -> Any:
        if name in STATE:
            return getattr(self.world, name)
        raise AttributeError(name)

    @property
    def url(self) -> str:
        """Root of the REST API, as GITHUB_API_URL has it."""
        return f"{self.world.root}{REST}"

    @property
    def graphql_url(self) -> str:
        """Where GraphQL listens, as GITHUB_GRAPHQL_URL has it."""
        return f"{self.world.root}{GRAPHQL}"

    @property
    def server_url(self) -> str:
        """Where the pages would be, as GITHUB_SERVER_URL has it."""
        return self.world.root

    @property
    def requests(self) -> list[Recorded]:
        """Everything that was asked, in order of arrival."""
        return self.app.requests

    @property
    def violations(self) -> list[str]:
        """What was sent, or nearly answered, against GitHub's description of its API."""
        return self.app.violations

    @property
    def faults(self) -> Plan:
        """The plan that is asked for every request; assign a FaultPlan, or any function Request -> Fault or None."""
        return self.app.faults

    @faults.setter
    def faults(self, plan: Plan | Sequence[Fault]) -> None:
        self.app.faults = plan if callable(plan) else FaultPlan(plan)

    @property
    def before(self) -> Callable[[Request], None] | None:
        """Called with every request before anything else happens to it."""
        return self.app.before

    @before.setter
    def before(self, hook: Callable[[Request], None] | None) -> None:
        self.app.before = hook

    def add_token(
        self,
        text: str,
        *,
        permissions: Permissions,
        viewer: str = "github-actions[bot]",
        kind: Kind = "installation",
        member: bool = True,
    ) -> str:
        """Let one more token in; the same text again replaces what it may do. Returns the text."""
        self.world.users.add(viewer)
        self.world.tokens[text] = Token(
            text=text, viewer=viewer, permissions=permissions, kind=kind, member=member
        )
        return text

    def latest_status(self, sha: str, context: str = "mergefloor") -> Status | None:
        """The status that counts for a context on a commit."""
        return self.world.latest(sha).get(context)

    def event(self, name: str, **facts: Any) -> dict[str, Any]:
        """The payload of an event, as GITHUB_EVENT_PATH has it; `facts`: see the builders in `events.py`."""
        with self.world.lock:
            return events.build(self.world, name, **facts)
