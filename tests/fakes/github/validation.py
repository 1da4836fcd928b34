"""Every body, in and out, against the models that githubkit generated from GitHub's own description of its API."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from tests.fakes.github.routes import Route
from tests.fakes.github.wire import Reply, Request


class Violation(Exception):
    """A request or an answer that GitHub's description does not allow. `status`: 422 where GitHub refuses it as well."""

    def __init__(self, what: str, status: int = 500) -> None:
        super().__init__(what)
        self.status = status


def check_request(route: Route, request: Request) -> None:
    """Raise Violation when the query or the body is not what this endpoint takes; unknown keys are refused too."""
    place = f"{request.method} {request.path}"
    if extra := set(request.query) - set(route.queries):
        raise Violation(f"{place}: unknown query parameters {sorted(extra)}, it takes {list(route.queries)}")
    for key, highest in (("per_page", 100), ("page", 10**9)):
        value = request.query.get(key, "1")
        if not value.isdigit() or not 1 <= int(value) <= highest:
            raise Violation(f"{place}: {key}={value}, it goes from 1 to {highest}")
    if route.takes is None:
        if request.raw.strip() not in (b"", b"{}"):
            raise Violation(f"{place}: takes no body, got {request.raw[:200]!r}")
        return
    _check_body(route.takes, request, place)


def check_reply(route: Route, reply: Reply, place: str) -> None:
    """Raise Violation when our own answer is not what GitHub would send."""
    if reply.status == 204 or reply.status >= 300:
        return
    for row in reply.body if isinstance(reply.body, list) else [reply.body]:
        _validate(route.gives, json.dumps(row).encode(), f"the answer to {place}")


def _check_body(model: str, request: Request, place: str) -> None:
    kind = request.headers.get("content-type", "")
    if not kind.startswith("application/json"):
        raise Violation(f"{place}: content-type {kind!r}, send application/json")
    _validate((model,), request.raw, place, status=422)
    if not isinstance(request.body, dict):
        raise Violation(f"{place}: the body is no object")
    _no_extra(_model(model), request.body, place)


def _no_extra(model: Any, body: dict[str, Any], place: str) -> None:
    fields = {info.alias or name: info for name, info in model.model_fields.items()}
    if extra := set(body) - set(fields):
        raise Violation(f"{place}: unknown keys {sorted(extra)}, it takes {sorted(fields)}")
    for name, value in body.items():
        for row in value if isinstance(value, list) else [value]:
            if isinstance(row, dict) and (inner := _inner(fields[name].annotation)) is not None:
                _no_extra(inner, row, f"{place} {name}")


def _inner(annotation: Any) -> Any:
    if hasattr(annotation, "model_fields"):
        return annotation
    found = [_inner(part) for part in getattr(annotation, "__args__", ())]
    return next((model for model in found if model is not None), None)


def _validate(models: tuple[str, ...], data: bytes, place: str, *, status: int = 500) -> None:
    from pydantic import ValidationError

    problems = []
    for name in models:
        try:
            _model(name).model_validate_json(data)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[:3]
            problems.append(f"{name}: {first}")
        else:
            return
    raise Violation(f"{place}: {'; '.join(problems[:4])}", status)


@cache
def _model(name: str) -> Any:
    from githubkit_schemas.latest import models

    return getattr(models, name)
