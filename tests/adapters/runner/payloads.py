"""The smallest payloads that GitHub's own description of its events allows, built from it; then what a test says."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from functools import cache
from typing import Any

from githubkit.webhooks import parse_obj
from githubkit_schemas.v2026_03_10 import models
from pydantic import BaseModel

HEAD, BASE, GROUP = "a" * 40, "b" * 40, "c" * 40
MODELS = {
    ("pull_request", "opened"): "WebhookPullRequestOpened",
    ("pull_request", "synchronize"): "WebhookPullRequestSynchronize",
    ("pull_request", "edited"): "WebhookPullRequestEdited",
    ("pull_request", "ready_for_review"): "WebhookPullRequestReadyForReview",
    ("pull_request", "closed"): "WebhookPullRequestClosed",
    ("merge_group", "checks_requested"): "WebhookMergeGroupChecksRequested",
    ("merge_group", "destroyed"): "WebhookMergeGroupDestroyed",
    ("push", ""): "WebhookPush",
    ("workflow_dispatch", ""): "WebhookWorkflowDispatch",
    ("issue_comment", "created"): "WebhookIssueCommentCreated",
    ("issue_comment", "edited"): "WebhookIssueCommentEdited",
}
_SIMPLE = {str: "text", int: 7, bool: False, float: 1.0, datetime: "2026-11-21T09:00:00Z"}


def payload(event: str, action: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """A payload with `said` (dotted paths) in it, checked against the models. A path may lead to a missing mapping."""
    found = deepcopy(_smallest(MODELS[event, action]))
    if action:
        found["action"] = action
    for path, value in said.items():
        *way, last = path.split(".")
        place = found
        for key in way:
            if not isinstance(place.get(key), dict):
                place[key] = {}
            place = place[key]
        place[last] = value
    parse_obj(event, deepcopy(found))
    return found


def pull(action: str = "synchronize", **said: Any) -> dict[str, Any]:
    """A pull request of this repository; `said` with `__` for a dot, below `pull_request`."""
    usual = {
        "number": 12,
        "state": "open",
        "head.sha": HEAD,
        "head.ref": "better-words",
        "head.repo.id": 1,
        "head.repo.full_name": "octo/app",
        "base.sha": BASE,
        "base.ref": "main",
        "base.repo.id": 1,
        "base.repo.full_name": "octo/app",
        "user.login": "mona",
    }
    told = {**usual, **{key.replace("__", "."): value for key, value in said.items()}}
    if told.get("head.repo", 0) is None:
        told = {key: value for key, value in told.items() if not key.startswith("head.repo.")}
    return payload("pull_request", action, {f"pull_request.{key}": value for key, value in told.items()})


@cache
def _smallest(model: str) -> dict[str, Any]:
    found = _of(getattr(models, model))
    assert isinstance(found, dict)
    return found


def _of(kind: Any) -> Any:
    """The smallest JSON of a type: of a model its required fields, of a union its first arm that is not null."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _of(inner[0])
    if origin is typing.Literal:
        return inner[0]
    if origin in (typing.Union, types.UnionType):
        return _of(next(arm for arm in inner if arm is not type(None) and "Unset" not in str(arm)))
    if origin is list:
        return []
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = kind.model_fields.items()
        return {info.alias or name: _of(info.annotation) for name, info in fields if info.is_required()}
    return _SIMPLE.get(kind, {})
