"""`/mergefloor ...` in a comment: what was typed, and whether that person may ask for it (T11)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from mergefloor.core.activity import Commented, Pull
from mergefloor.core.hub import Hub
from mergefloor.core.report import Override

PREFIX = "/mergefloor"
WRITERS = ("write", "maintain", "admin")
MAINTAINERS = ("maintain", "admin")
_SHA = r"(?P<sha>[0-9a-f]{40})"
_RUN = re.compile(rf"/mergefloor run {_SHA}")
_OVERRIDE = re.compile(rf"/mergefloor override {_SHA} (?P<reason>\S.*)")
_EXPLAIN = re.compile(r"/mergefloor explain (?P<case>[A-Za-z0-9._/-]{1,200})")
USAGE = (
    "the commands are `/mergefloor run <full sha>`, `/mergefloor override <full sha> <reason>` "
    "and `/mergefloor explain <case>`, alone on the first line of a new comment"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`/mergefloor run <sha>`."""

    sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrule:
    """`/mergefloor override <sha> <reason>`."""

    sha: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain:
    """`/mergefloor explain <case>`; the case may be named SUITE/CASE."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a command is not carried out."""

    why: str


Command: TypeAlias = Run | Overrule | Explain


def addressed(body: str) -> bool:
    """Whether a comment speaks to us at all: its first line begins with the command's word."""
    return _first_line(body).split(" ", 1)[0] == PREFIX


def parse(body: str) -> Command | Refusal:
    """The command in the first line of a comment; nothing else of the comment counts."""
    line = _first_line(body)
    if found := _RUN.fullmatch(line):
        return Run(sha=found["sha"])
    if found := _OVERRIDE.fullmatch(line):
        return Overrule(sha=found["sha"], reason=found["reason"])
    if found := _EXPLAIN.fullmatch(line):
        return Explain(case=found["case"])
    return Refusal(why=f"this is no command: {USAGE}")


def _first_line(body: str) -> str:
    return body.split("\n", 1)[0].rstrip("\r ")


def spoken_by_a_person(event: Commented) -> bool:
    """A new comment on a pull request, typed by a person: not edited, not by a bot, not through an app."""
    return event.action == "created" and event.on_pull and event.human and not event.by_app


def refusal(command: Command, pull: Pull, author: str, hub: Hub) -> Refusal | None:
    """Why this person may not do this to this pull request now; None when they may. HubError when it cannot be told."""
    role = hub.role(author)
    if role not in (MAINTAINERS if isinstance(command, Overrule) else WRITERS):
        return Refusal(why=f"the role {role!r} may not do this")
    if isinstance(command, Overrule) and author == pull.author and role != "admin":
        return Refusal(why="overriding one's own pull request takes an admin")
    if not pull.open:
        return Refusal(why="the pull request is closed")
    if not isinstance(command, Explain) and command.sha != pull.head_sha:
        return Refusal(why=f"the head of the pull request is {pull.head_sha}, not {command.sha}")
    return None


def override(command: Overrule, author: str, pull: Pull, role: str) -> Override:
    """The override as it is written down."""
    own = author == pull.author
    return Override(by=author, role=role, reason=command.reason, sha=command.sha, own=own)


def standing_override(pull: Pull, hub: Hub, sha: str) -> Override | None:
    """The override of this very commit that a person with the right role wrote and nobody edited since.

    The comments of the pull request are the record: a status could be set by anybody who may push, and our own
    comment could be edited. The newest valid one counts; roles are asked again.
    """
    for comment in reversed(hub.comments(pull.number)):
        if comment.edited or not comment.human or comment.ours or not addressed(comment.body):
            continue
        command = parse(comment.body)
        if not isinstance(command, Overrule) or command.sha != sha:
            continue
        if refusal(command, pull, comment.author, hub) is None:
            return override(command, comment.author, pull, hub.role(comment.author))
    return None
