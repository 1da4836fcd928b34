"""What goes over the wire: a request as it arrived, a reply as it will be sent, and the record of both."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

DOCS = "https://docs.github.com/rest"


@dataclass(slots=True, kw_only=True)
class Request:
    """One request. `path`: below the API's root, without the query, as sent (`/repos/acme/shop/pulls/1`, `/graphql`)."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    token: str
    number: int

    @property
    def body(self) -> Any:
        """The JSON that was sent; None when nothing was."""
        return json.loads(self.raw) if self.raw else None


@dataclass(slots=True, kw_only=True)
class Reply:
    """One answer. `body`: anything JSON can say; `text` wins over it and is sent as HTML."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None

    def encoded(self) -> bytes:
        """The bytes of the body; none for 204 and 304."""
        if self.text is not None:
            return self.text.encode()
        if self.status in (204, 304):
            return b""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(slots=True, kw_only=True)
class Recorded:
    """One request that was answered (`status`), broken off (0) or is still waiting (None)."""

    method: str
    path: str
    query: dict[str, str]
    token: str
    body: Any
    status: int | None = None
    fault: str = ""
    answer: Any = None

    def __str__(self) -> str:
        question = f"?{urlencode(self.query)}" if self.query else ""
        return (
            f"{self.method} {self.path}{question} -> {self.status}{f' ({self.fault})' if self.fault else ''}"
        )


class Refusal(Exception):
    """GitHub says no: a status and the words it uses."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Any = None,
        headers: dict[str, str] | None = None,
        about: str = DOCS,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.errors, self.about = status, message, errors, about
        self.headers = headers or {}

    @property
    def reply(self) -> Reply:
        """The refusal as an answer."""
        body = {"message": self.message, "documentation_url": self.about, "status": str(self.status)}
        if self.errors is not None:
            body["errors"] = self.errors
        return Reply(status=self.status, body=body, headers=dict(self.headers))


def not_found() -> Refusal:
    """404, in GitHub's words."""
    return Refusal(404, "Not Found")


def invalid(resource: str, field_name: str, message: str, code: str = "custom") -> Refusal:
    """422 with one error that names the field."""
    error = {"resource": resource, "field": field_name, "code": code, "message": message}
    return Refusal(422, "Validation Failed", errors=[error])


def page_of(
    request: Request, items: list[Any], here: str, per_page: int = 30, cap: int | None = None
) -> Reply:
    """One page of a list with its Link header. `here`: the list's own URL; `cap`: rows beyond it do not exist."""
    size = max(1, min(int(request.query.get("per_page") or per_page), 100))
    page = max(1, int(request.query.get("page") or 1))
    items = items if cap is None else items[:cap]
    pages = max(1, -(-len(items) // size))
    others = {"prev": page - 1 if page > 1 else 0, "next": page + 1 if page < pages else 0}
    others |= {"last": pages if page < pages else 0, "first": 1 if page > 1 else 0}
    rest = {key: value for key, value in request.query.items() if key != "page"}
    links = [f'<{here}?{urlencode(rest | {"page": n})}>; rel="{rel}"' for rel, n in others.items() if n]
    headers = {"Link": ", ".join(links)} if links else {}
    return Reply(status=200, body=items[(page - 1) * size : page * size], headers=headers)
