"""What goes wrong on the way to GitHub, as a plan: which request, how, and before or after GitHub did its part."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeAlias, get_args

from tests.fakes.github.graphql_pages import CURSOR
from tests.fakes.github.wire import DOCS, Reply, Request

Kind: TypeAlias = Literal[
    "401", "403", "403-primary", "403-secondary", "404", "409", "410", "422", "429", "500", "502", "503",
    "reset", "html", "cut", "lost-page", "lost-page-404", "hang", "drip", "graphql-error", "graphql-limit",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
WORDS = {
    "401": "Bad credentials",
    "403": "Resource not accessible by integration",
    "403-primary": "API rate limit exceeded for installation.",
    "403-secondary": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    "404": "Not Found",
    "409": "Git Repository is empty.",
    "410": "This resource is gone.",
    "422": "Validation Failed",
    "429": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    "500": "Server Error",
    "502": "Server Error",
    "503": "Service unavailable",
}
PAGE = "<!DOCTYPE html>\n<html><head><title>Unicorn! &middot; GitHub</title></head><body>busy</body></html>\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong, on the `nth` to `nth + times - 1` matching request.

    `path`: a pattern for the path below the API's root, `/graphql` included; `containing`: text that the body must have;
    `times`: None for ever; `after`: GitHub has done its part before the answer is lost; `retry_after`: seconds.
    `cut`, `drip` and `lost-page` let GitHub do its part always.
    """

    kind: Kind
    method: str = "*"
    path: str = "*"
    containing: str = ""
    nth: int = 1
    times: int | None = 1
    after: bool = False
    retry_after: float | None = None

    def matches(self, request: Request) -> bool:
        """Whether this request is of the kind that is counted."""
        if self.kind.startswith("lost-page") and not _further(request):
            return False
        fits = fnmatchcase(request.method, self.method) and fnmatchcase(request.path, self.path)
        return fits and self.containing.encode() in request.raw

    @property
    def late(self) -> bool:
        """Whether the request is carried out first."""
        return self.after or self.kind in ("cut", "drip", "lost-page", "lost-page-404")


@dataclass(slots=True)
class FaultPlan:
    """Faults in order: the first whose turn it is strikes. Every matching request counts, struck or not."""

    faults: Sequence[Fault] = ()
    _seen: dict[int, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request) -> Fault | None:
        """The fault that strikes this request, if any."""
        with self._lock:
            struck = None
            for at, fault in enumerate(self.faults):
                if not fault.matches(request):
                    continue
                seen = self._seen[at] = self._seen.get(at, 0) + 1
                due = seen >= fault.nth and (fault.times is None or seen < fault.nth + fault.times)
                struck = struck or (fault if due else None)
            return struck


Plan: TypeAlias = Callable[[Request], Fault | None]


def answer(fault: Fault, request: Request, done: Reply | None, reset: int) -> Reply:
    """What the client gets instead. `done`: GitHub's true answer when it did its part; `reset`: end of the hour."""
    wait = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
    if fault.kind == "html":
        return Reply(status=200, text=PAGE, headers=wait)
    if fault.kind == "graphql-error":
        error = {
            "message": "Something went wrong while executing your query. Please include `0000` when reporting."
        }
        return Reply(status=200, body={"data": None, "errors": [error]})
    if fault.kind == "graphql-limit":
        error = {"type": "RATE_LIMITED", "message": "API rate limit exceeded for installation."}
        return Reply(status=200, body={"errors": [error]})
    if fault.kind.startswith("lost-page"):
        return _lost(fault, request, done)
    if fault.kind == "403-primary":
        wait |= {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
    status = int(fault.kind[:3])
    body: dict[str, Any] = {"message": WORDS[fault.kind], "documentation_url": DOCS, "status": str(status)}
    if fault.kind == "422":
        body["errors"] = [{"resource": "Request", "field": "body", "code": "custom", "message": "is refused"}]
    if fault.kind in ("403-secondary", "429"):
        body["documentation_url"] += "/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"
    return Reply(status=status, body=body, headers=wait)


def _further(request: Request) -> bool:
    if request.path == "/graphql":
        variables = (request.body or {}).get("variables") or {}
        return any(str(value).startswith(CURSOR) for value in variables.values())
    return int(request.query.get("page") or 1) > 1


def _lost(fault: Fault, request: Request, done: Reply | None) -> Reply:
    assert done is not None
    if request.path == "/graphql":
        return Reply(status=done.status, body=_emptied(done.body), headers=done.headers)
    if fault.kind == "lost-page-404":
        return Reply(status=404, body={"message": "Not Found", "documentation_url": DOCS, "status": "404"})
    return Reply(status=200, body=[], headers=done.headers)


def _emptied(body: Any) -> Any:
    if isinstance(body, dict):
        lost: dict[str, Any] = {"nodes": []} if "pageInfo" in body and "nodes" in body else {}
        return {key: _emptied(value) for key, value in body.items()} | lost
    return [_emptied(row) for row in body] if isinstance(body, list) else body
