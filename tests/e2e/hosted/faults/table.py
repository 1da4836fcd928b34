"""What can go wrong (kinds) at which request of a run (places), and what a run may look like after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tests.e2e.hosted.team import CONTEXT, Team
from tests.fakes.github import Fault, Status
from tests.fakes.github.faults import Kind
from tests.fakes.runner import Run

Part: TypeAlias = Literal["read", "pending", "final", "comment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One request of a run. `part`: what depends on it; `spare`: there is another way to learn the same."""

    name: str
    part: Part
    method: str
    path: str
    containing: str = ""
    nth: int = 1
    spare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to fail. `passing`: it ends by itself; `slow`: it never ends."""

    name: str
    kind: Kind
    after: bool = False
    retry_after: float | None = None
    passing: bool = False
    slow: bool = False

    @property
    def minute(self) -> bool:
        """Whether GitHub is to be left alone for a minute, which it does not say."""
        return self.kind in ("403-secondary", "429") and self.retry_after is None

    def fits(self, place: Place) -> bool:
        """Whether GitHub can fail so there."""
        return place.path == "/graphql" or not self.kind.startswith("graphql")

    def at(self, place: Place, times: int | None) -> Fault:
        """The fault in a plan."""
        return Fault(
            kind=self.kind,
            method=place.method,
            path=place.path,
            containing=place.containing,
            nth=place.nth,
            times=times,
            after=self.after,
            retry_after=self.retry_after,
        )


PLACES = (
    Place(name="the pull request", part="read", method="GET", path="*/pulls/*"),
    Place(name="the base branch", part="read", method="GET", path="*/branches/*"),
    Place(name="status pending", part="pending", method="POST", path="*/statuses/*", containing='"pending"'),
    Place(name="the base tree", part="read", method="GET", path="*/git/trees/*"),
    Place(name="the head tree", part="read", method="GET", path="*/git/trees/*", nth=2),
    Place(name="the comparison", part="read", method="GET", path="*/compare/*"),
    Place(name="a blob", part="read", method="GET", path="*/git/blobs/*"),
    Place(name="many blobs", part="read", method="POST", path="/graphql", containing="on Blob", spare=True),
    Place(
        name="the head again", part="comment", method="GET", path="*/pulls/*", nth=2
    ),  # asked before anything is written
    Place(name="overrides", part="comment", method="POST", path="/graphql", containing="comments(last"),
    Place(name="status final", part="final", method="POST", path="*/statuses/*", containing='"failure"'),
    Place(
        name="the comments", part="comment", method="POST", path="/graphql", containing="comments(last", nth=2
    ),
    Place(name="the comment", part="comment", method="POST", path="*/issues/*/comments"),
    Place(name="the edit", part="comment", method="PATCH", path="*/issues/comments/*"),
    Place(name="threads", part="comment", method="POST", path="/graphql", containing="reviewThreads"),
    Place(name="the suggestion", part="comment", method="POST", path="*/pulls/*/comments"),
)
WAYS = (
    Way(name="401", kind="401"),
    Way(name="403", kind="403"),
    Way(name="403 primary", kind="403-primary"),
    Way(name="403 secondary", kind="403-secondary", passing=True),
    Way(name="404", kind="404"),
    Way(name="409", kind="409"),
    Way(name="410", kind="410"),
    Way(name="422", kind="422"),
    Way(name="429", kind="429", passing=True),
    Way(name="429 retry-after", kind="429", retry_after=7, passing=True),
    Way(name="500", kind="500", passing=True),
    Way(name="502 but done", kind="502", after=True, passing=True),
    Way(name="503", kind="503", passing=True),
    Way(name="reset", kind="reset", passing=True),
    Way(name="reset but done", kind="reset", after=True, passing=True),
    Way(name="HTML", kind="html", passing=True),
    Way(name="cut JSON", kind="cut", passing=True),
    Way(name="graphql error", kind="graphql-error", passing=True),
    Way(name="graphql limit", kind="graphql-limit"),
    Way(name="hang", kind="hang", slow=True),
    Way(name="drip", kind="drip", slow=True),
)


def struck(team: Team) -> int:
    """How many requests the plan has struck."""
    return sum(bool(recorded.fault) for recorded in team.github.requests)


def written(team: Team, sha: str, since: int = 0) -> list[Status]:
    """The statuses of our context on a commit, oldest first."""
    return [status for status in team.github.statuses[sha][since:] if status.context == CONTEXT]


def states(team: Team, sha: str, since: int = 0) -> list[str]:
    """Their states."""
    return [status.state for status in written(team, sha, since)]


def told(run: Run) -> str:
    """All that a run said to people, for a test that fails."""
    notes = "\n".join(f"{note.name}: {note.data}" for note in run.annotations)
    return f"exit {run.code} after {run.seconds:.1f} s\n{notes}\n{run.log}\n{run.stderr}"
