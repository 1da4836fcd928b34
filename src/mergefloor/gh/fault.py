"""What went wrong on GitHub, in one sentence: what, and what to do."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from http import HTTPStatus

from github import GithubException
from requests import RequestException
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectionError,
    ContentDecodingError,
    SSLError,
)
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, ReadTimeoutError

from mergefloor.core.types import Json
from mergefloor.errors import HubError
from mergefloor.gh.wire import Answer, Call, OutOfTime

# Everything that PyGithub, requests, urllib3 and a strange answer can end in.
EXPECTED = (
    GithubException,
    RequestException,
    HTTPError,
    OSError,
    ValueError,
    RuntimeError,
    AssertionError,
    AttributeError,
    TypeError,
    KeyError,
)
LONGEST = 300  # characters of what GitHub said
AGAIN = "run the job again; https://www.githubstatus.com says whether GitHub has an incident"
EXPIRED = "pass `github-token: ${{ github.token }}`, or a token that has not expired"
REFUSED = "read GitHub's reason; when it says nothing, run the job again"
SCOPE = "check `repository` and that the token may read it: `permissions: contents: read`"
# Types of GraphQL errors: the status that REST would give, and what to do.
GRAPHQL: dict[str, tuple[int, str]] = {
    "RATE_LIMITED": (429, "wait until the limit resets, an hour at the most, and run the job again"),
    "FORBIDDEN": (403, "grant what it needs under `permissions:` of the job"),
    "INSUFFICIENT_SCOPES": (403, "grant what it needs under `permissions:` of the job"),
    "NOT_FOUND": (404, SCOPE),
}
# What a refused request needs, by a part of its path; GitHub's own header is asked first.
PERMISSIONS: tuple[tuple[str, str], ...] = (
    ("/statuses/", "statuses: write"),
    ("/reactions", "pull-requests: write"),
    ("/comments", "pull-requests: write"),
    ("/pulls", "pull-requests: read"),
    ("/issues", "issues: read"),
    ("/collaborators/", "metadata: read"),
    ("/protection", "administration: read"),
    ("/rules", "metadata: read"),
    ("", "contents: read"),
)


def refused(call: Call, answer: Answer) -> HubError:
    """The error for an answer that is no success."""
    what, fix = _sentence(call, answer)
    lost = call.writes and answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return HubError(what, fix, status=answer.status, ambiguous=lost)


def broken(call: Call, error: BaseException) -> HubError:
    """The error for a call that ended without an answer."""
    if isinstance(error, OutOfTime):
        what = f"GitHub did not finish {call.shown} in time"
        return HubError(what, AGAIN, ambiguous=call.writes and error.seconds > 0)
    if isinstance(error, AssertionError | RuntimeError):
        what = f"GitHub sent {call.shown} elsewhere: {clean(str(error))!r}"
        return HubError(what, "check `GITHUB_API_URL`", ambiguous=call.writes)
    if not isinstance(error, OSError | HTTPError):
        return unreadable(call, f"cannot be used: {clean(str(error))!r}", 0)
    what = f"GitHub cannot be reached for {call.shown}: {_reason(error)}"
    fix = "check the network and its certificates" if isinstance(error, SSLError) else AGAIN
    return HubError(what, fix, ambiguous=call.writes and not _unsent(error))


def unreadable(call: Call, why: str, status: int = 200) -> HubError:
    """The error for an answer that says success and cannot be understood."""
    return HubError(f"GitHub's answer to {call.shown} {why}", AGAIN, status=status, ambiguous=call.writes)


def complaint(call: Call, errors: Json) -> HubError:
    """The error for a GraphQL answer with errors. GitHub's own trouble, mostly a timeout, has the status 502."""
    first = errors[0] if isinstance(errors, list) and errors else errors
    said = first if isinstance(first, Mapping) else {}
    kind, message = str(said.get("type") or ""), clean(str(said.get("message") or "no reason given"))
    trouble = message.lower().startswith("something went wrong")
    status, fix = (502, AGAIN) if trouble else GRAPHQL.get(kind, (422, REFUSED))
    return HubError(
        f"GitHub refuses {call.shown}: {message!r}", fix, status=status, ambiguous=call.writes and trouble
    )


def body_lost(error: BaseException) -> bool:
    """Whether the answer began and was cut: the one failure that the retry rules never see."""
    if isinstance(error, ChunkedEncodingError | ContentDecodingError):
        return True
    cause = error.args[0] if isinstance(error, ConnectionError) and error.args else None
    return isinstance(cause, ReadTimeoutError)


def clean(text: str) -> str:
    """Foreign text for a message: printable, one line, at most 300 characters."""
    flat = " ".join(text[: 4 * LONGEST].split())
    return "".join(char if char.isprintable() else "\ufffd" for char in flat)[:LONGEST]


def said(answer: Answer) -> str:
    """GitHub's own words in an error answer; "" when there are none."""
    try:
        value = json.loads(answer.text)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(value, dict) or not isinstance(value.get("message"), str):
        return ""
    details = value.get("errors")
    tail = f" {json.dumps(details, ensure_ascii=False)}" if details else ""
    return clean(value["message"] + tail)


def _sentence(call: Call, answer: Answer) -> tuple[str, str]:
    words = said(answer)
    quoted = f": {words!r}" if words else ""
    if answer.wait is not None:
        minutes = max(1, math.ceil(answer.wait / 60))
        plural = "" if minutes == 1 else "s"
        what = (
            f"GitHub's rate limit stops {call.shown} ({answer.status}); it ends in {minutes} minute{plural}"
        )
        return what, "run the job again after that, or run fewer jobs at once"
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return f"the token is refused by GitHub for {call.shown}{quoted}", EXPIRED
    if answer.status == HTTPStatus.FORBIDDEN:
        return f"the token may not do {call.shown}{quoted}", f"grant {_permission(call, answer)} to the job"
    if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return f"GitHub has nothing at {call.shown} ({answer.status}){quoted}", SCOPE
    if answer.status < HTTPStatus.BAD_REQUEST:
        return f"GitHub sends {call.shown} elsewhere ({answer.status})", "check whether the repository moved"
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"GitHub fails at {call.shown} with {answer.status}{quoted}", AGAIN
    return f"GitHub refuses {call.shown} with {answer.status}{quoted}", REFUSED


def _permission(call: Call, answer: Answer) -> str:
    """The permission to grant, as a workflow spells it: by GitHub's header, else by the path."""
    named = answer.headers.get("x-accepted-github-permissions", "").replace("_", "-")
    if named:
        choices = [one.strip().replace("=", ": ") for one in named.split(";") if one.strip()]
        return clean(" or ".join(f"`permissions: {one}`" for one in choices))
    granted = next(needed for part, needed in PERMISSIONS if part in call.url)
    if call.writes:
        granted = granted.replace(": read", ": write")
    return f"`permissions: {granted}`"


def _reason(error: BaseException) -> str:
    """Why a connection failed, without the names of classes that nobody knows."""
    cause = error.args[0] if error.args and isinstance(error, RequestException) else error
    cause = cause.reason if isinstance(cause, MaxRetryError) and cause.reason else cause
    return clean(str(cause)) or type(error).__name__


def _unsent(error: BaseException) -> bool:
    """Whether the connection never came about, so that nothing can have been done."""
    cause = error.args[0] if isinstance(error, RequestException) and error.args else error
    cause = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(cause, ConnectTimeoutError)
