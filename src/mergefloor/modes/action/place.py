"""Where a run writes: the same facts for every kind of task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mergefloor.core.activity import Inputs, Job, RunStamp
from mergefloor.core.hub import Hub
from mergefloor.core.ports import Repo
from mergefloor.errors import RepositoryError
from mergefloor.render.filters import cell

CONFIGS = ("mergefloor.yml", ".github/mergefloor.yml")
OPENING = "<!-- mergefloor:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Inputs, the run's stamp, the config's path (by which our comment is found again), and what may be shown."""

    inputs: Inputs
    stamp: RunStamp
    config: str
    redact: Callable[[str], str]

    @property
    def marker(self) -> str:
        """First line of the comment (CONTRACT 5)."""
        return f"{OPENING}{cell(self.config)} -->"

    @property
    def reply_marker(self) -> str:
        """First line of the one comment that answers questions."""
        return f"<!-- mergefloor-explain:{cell(self.config)} -->"

    @property
    def suggestion_marker(self) -> str:
        """What the review suggestions of this config begin with."""
        return f"<!-- mergefloor-suggestion:{cell(self.config)} -->"


def place_of(job: Job, redact: Callable[[str], str], config: str | None = None) -> Place:
    """The place of one run; `config` where it was found, when the workflow does not name it."""
    named = job.inputs.config or config or CONFIGS[0]
    return Place(inputs=job.inputs, stamp=job.stamp, config=named, redact=redact)


def config_path(repo: Repo, refs: tuple[str, ...]) -> str | None:
    """Where the first of these commits keeps its config. A commit that is not there is told by whoever needs it;
    HubError when GitHub does not answer: to ask it again for the next commit would only take the same time again."""
    for ref in refs:
        try:
            files = repo.snapshot(ref).files
        except RepositoryError:
            continue
        if found := next((path for path in CONFIGS if path in files), None):
            return found
    return None


def marker_of(place: Place, pull: int, hub: Hub) -> str:
    """The marker of the comment that is there already, so that a run that read no tree finds it; else our own."""
    for comment in hub.comments(pull):
        first = comment.body.split("\n", 1)[0].rstrip()
        if comment.ours and first.startswith(OPENING) and first.endswith(" -->"):
            return first
    return place.marker
