"""The name of an event and its payload -> what happened. Pure; nothing in a payload is believed beyond its shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from mergefloor.core.activity import (
    Activity,
    Commented,
    Dispatched,
    GroupQueued,
    Other,
    Pull,
    PullChanged,
    PullTargeted,
    Pushed,
)
from mergefloor.runner.payload import Payload

DEPENDABOT = "dependabot[bot]"
GHOST = "ghost"  # whom GitHub shows in place of a deleted account
_GROUP_NUMBER = re.compile(r"(?:\A|/)pr-(\d{1,15})-[^/]*\Z")


def read_event(name: str, data: bytes, env: Mapping[str, str]) -> Activity:
    """What happened. `env` gives what a payload lacks: GITHUB_SHA and GITHUB_REF of a run by hand or by the clock.

    MergefloorError (exit 2) for a payload that is not JSON or lacks what GitHub documents.
    """
    reader = READERS.get(name)
    return Other(name=name) if reader is None else reader(Payload(name, data), env)


def _changed(payload: Payload, _env: Mapping[str, str]) -> Activity:
    return PullChanged(pull=_pull(payload))


def _targeted(payload: Payload, _env: Mapping[str, str]) -> Activity:
    retargeted = payload.find("changes", "base") is not None
    return PullTargeted(pull=_pull(payload), retargeted=retargeted)


def _pull(payload: Payload) -> Pull:
    author = _login(payload, "pull_request", "user")
    full_name = payload.find("pull_request", "head", "repo", "full_name")
    return Pull(
        number=payload.number("pull_request", "number"),
        head_sha=payload.sha("pull_request", "head", "sha"),
        head_ref=payload.text("pull_request", "head", "ref"),
        base_ref=payload.text("pull_request", "base", "ref"),
        base_sha=payload.sha("pull_request", "base", "sha"),
        author=author,
        head_repo=full_name if isinstance(full_name, str) else None,
        fork=_is_fork(payload),
        # The pull request's own author, not the actor of the run: whoever pushes to a branch changes the actor.
        bot=author == DEPENDABOT,
        open=payload.text("pull_request", "state") == "open",
    )


def _is_fork(payload: Payload) -> bool:
    """A head repository that was deleted was one. Names can be given away, ids cannot."""
    base = payload.number("pull_request", "base", "repo", "id")
    head = payload.find("pull_request", "head", "repo")
    return head is None or payload.number("pull_request", "head", "repo", "id") != base


def _login(payload: Payload, *keys: str) -> str:
    return GHOST if payload.find(*keys) is None else payload.text(*keys, "login")


def _queued(payload: Payload, _env: Mapping[str, str]) -> Activity:
    if payload.text("action") != "checks_requested":
        return Other(name="merge_group")
    head = payload.branch("merge_group", "head_ref")
    number = _GROUP_NUMBER.search(head)
    return GroupQueued(
        base_sha=payload.sha("merge_group", "base_sha"),
        head_sha=payload.sha("merge_group", "head_sha"),
        base_ref=payload.branch("merge_group", "base_ref"),
        head_ref=head,
        number=int(number[1]) if number else None,
    )


def _pushed(payload: Payload, _env: Mapping[str, str]) -> Activity:
    ref = payload.text("ref")
    return Pushed(
        sha=payload.sha("after"),
        ref=ref,
        default=ref == f"refs/heads/{payload.text('repository', 'default_branch')}",
        deleted=payload.flag("deleted"),
    )


def _dispatched(payload: Payload, env: Mapping[str, str]) -> Dispatched:
    """By hand. The payload names no commit: the runner's own is the one the workflow was read from."""
    told, ref = payload.find("repository", "default_branch"), env.get("GITHUB_REF", "")
    default = told if isinstance(told, str) else ref.removeprefix("refs/heads/")
    return Dispatched(
        sha=env.get("GITHUB_SHA", ""), ref=ref, default=ref == f"refs/heads/{default}", default_branch=default
    )


def _timed(payload: Payload, env: Mapping[str, str]) -> Activity:
    """By the clock: GitHub runs the workflow of the default branch, at its tip."""
    return replace(_dispatched(payload, env), clock=True)


def _commented(payload: Payload, _env: Mapping[str, str]) -> Activity:
    body = payload.find("comment", "body")
    return Commented(
        number=payload.number("issue", "number"),
        comment=payload.number("comment", "id"),
        author=_login(payload, "comment", "user"),
        body=body if isinstance(body, str) else "",
        on_pull=payload.find("issue", "pull_request") is not None,
        human=payload.find("comment", "user", "type") == "User",
        by_app=payload.find("comment", "performed_via_github_app") is not None,
        action=payload.text("action"),
    )


READERS: dict[str, Callable[[Payload, Mapping[str, str]], Activity]] = {
    "pull_request": _changed,
    "pull_request_target": _targeted,
    "merge_group": _queued,
    "push": _pushed,
    "workflow_dispatch": _dispatched,
    "schedule": _timed,
    "issue_comment": _commented,
}
