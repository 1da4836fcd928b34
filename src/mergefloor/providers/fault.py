"""What a provider did instead of answering, as a value: a stable code, the cause, what to do, when to come back."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from mergefloor.core.types import Failure, Finish, Output

EXCERPT = 300

# Codes and types in an error's body that say more than its status. OpenAI, Azure and Anthropic, as documented.
QUOTA = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "billing_error",
        "quota_exceeded",
    }
)
UNKNOWN_MODEL = frozenset({"model_not_found", "invalid_model", "deployment_not_found"})
FILTER = frozenset({"content_filter", "content_policy_violation", "responsibleaipolicyviolation"})
OVERFLOW = frozenset({"context_length_exceeded", "request_too_large", "string_above_max_length"})
OVERLOADED = frozenset({"overloaded_error", "overloaded"})

# Where the code is silent the words must do.
BROKE = re.compile(r"credit balance|insufficient (?:quota|credit|balance)|exceeded your current quota", re.I)
TOO_LONG = re.compile(r"maximum context length|prompt is too long|context window|context size", re.I)

BAD_REQUEST, TIMEOUT, TOO_LARGE, TOO_MANY, OVERLOAD = 400, 408, 413, 429, 529
REFUSED, PAYMENT, MISSING = (401, 403), 402, 404
SERVER_ERRORS = range(500, 600)
TRY_AGAIN = {409: "overloaded", 425: "overloaded", 408: "timeout"}

# code -> (what to do, does it condemn the endpoint or model)
ADVICE: dict[str, tuple[str, bool]] = {
    "refused-key": ("check the key and what it may do", True),
    "quota": ("check billing and limits with the provider", True),
    "unknown-model": ("check the model's name", True),
    "bad-request": ("check the parameters and messages of the request", False),
    "rate-limited": ("lower the concurrency or raise the limit", False),
    "timeout": ("try again later", False),
    "overloaded": ("try again later", False),
    "provider-5xx": ("try again later", False),
    "unreadable-reply": ("check that the base URL is that of an API", False),
    "connection": ("check the network and the base URL", False),
}


def fault(code: str, what: str, *, wait_s: float | None = None) -> Failure:
    """A failure of the table above. The stage is the engine's to fill in."""
    advice, fatal = ADVICE[code]
    return Failure(stage="candidate", code=code, message=f"{what}; {advice}", fatal=fatal, wait_s=wait_s)


def of_status(status: int, body: object, headers: Mapping[str, str], name: str) -> Output | Failure:
    """An HTTP status of 300 or more. A filter and an overflow of the context are outcomes, not failures (R11)."""
    words, message = _words(body), _message(body)
    if finish := _outcome(status, words, message):
        return Output(text="", finish=finish, served_model=name)
    code = _code(status, words, message)
    wait = retry_after(headers) if code in {"rate-limited", "overloaded", "provider-5xx", "timeout"} else None
    return fault(code, f"{name}: HTTP {status}{': ' + message if message else ''}", wait_s=wait)


def _outcome(status: int, words: frozenset[str], message: str) -> Finish | None:
    if status not in {BAD_REQUEST, TOO_LARGE, 422} or words & QUOTA:
        return None
    if words & FILTER:
        return "filtered"
    if status == TOO_LARGE or words & OVERFLOW or TOO_LONG.search(message):
        return "length"
    return None


def _code(status: int, words: frozenset[str], message: str) -> str:
    if words & QUOTA or status == PAYMENT or (status in {400, 403, 429} and BROKE.search(message)):
        return "quota"
    if words & UNKNOWN_MODEL or status == MISSING:
        return "unknown-model"
    if status in REFUSED:
        return "refused-key"
    if status == TOO_MANY:
        return "rate-limited"
    if status == OVERLOAD or words & OVERLOADED:
        return "overloaded"
    return "provider-5xx" if status in SERVER_ERRORS else TRY_AGAIN.get(status, "bad-request")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the provider asks to wait, never negative. A date counts from the response's own date (R35)."""
    exact = _number(headers.get("retry-after-ms"))
    if exact is not None:
        return exact / 1000
    plain = headers.get("retry-after")
    seconds = _number(plain)
    if seconds is not None or plain is None:
        return seconds
    until, now = _date(plain), _date(headers.get("date", ""))
    if until is None or now is None:
        return None
    return max(0.0, (until - now).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return max(0.0, value) if math.isfinite(value) else None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else None


def _error(body: object) -> Mapping[str, object]:
    if not isinstance(body, dict):
        return {}
    inner = body.get("error", body)
    return inner if isinstance(inner, dict) else {"message": inner}


def _words(body: object) -> frozenset[str]:
    error = _error(body)
    inner = error.get("innererror")
    found = [error.get("code"), error.get("type"), inner.get("code") if isinstance(inner, dict) else None]
    return frozenset(word.casefold() for word in found if isinstance(word, str))


def _message(body: object) -> str:
    message = _error(body).get("message")
    return " ".join(message.split())[:EXCERPT] if isinstance(message, str) else ""
