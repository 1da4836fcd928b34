"""What a mode may ask of GitHub. The adapter satisfies this by shape; every method raises HubError when it cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from mergefloor.core.activity import Pull
from mergefloor.core.types import Json

State: TypeAlias = Literal["pending", "success", "failure", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment of a pull request. `ours`: the API says that this very token wrote it; `edited`: changed since."""

    id: int
    node: str
    author: str
    body: str
    ours: bool
    edited: bool
    human: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The latest status of one context on a commit."""

    state: State
    description: str
    url: str
    creator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue that this very token wrote. `marker`: the first line of its text; `dismissed`: it was closed as not
    planned, which only a person does."""

    number: int
    marker: str
    open: bool
    dismissed: bool = False


class Hub(Protocol):
    """GitHub, as far as a gate reads it."""

    def pull(self, number: int) -> Pull:
        """The pull request as it is now."""

    def tip(self, branch: str) -> str:
        """The commit at the tip of a branch, as it is now."""

    def role(self, login: str) -> str:
        """Role of a person in this repository: none, read, triage, write, maintain, admin (or a custom role's name)."""

    def comments(self, number: int) -> tuple[Comment, ...]:
        """Every comment of a pull request, oldest first, however many pages they fill."""

    def issues(self, prefix: str) -> tuple[Issue, ...]:
        """Every issue of ours, open or closed, whose first line begins so, oldest first."""

    def status(self, sha: str, context: str) -> Status | None:
        """The latest status of one context on a commit; None when there is none."""

    def workflow_state(self, name: str) -> str:
        """Whether a workflow file (its name alone) runs: `active`, `disabled_inactivity`, ... HubError 403 or 404: this
        token may not see it, or the default branch has no such file."""

    def rules(self, branch: str) -> tuple[Mapping[str, Json], ...]:
        """The active rules of a branch (rulesets), as the API tells them."""

    def protection(self, branch: str) -> Mapping[str, Json] | None:
        """The classic branch protection; None when there is none. HubError 403 or 404: this token may not see it."""

    def ruleset(self, number: int) -> Mapping[str, Json]:
        """One ruleset; `bypass_actors` is absent when this token may not see it."""
