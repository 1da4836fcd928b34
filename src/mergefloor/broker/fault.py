"""A status that is no success, as what the child is told and what the run makes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mergefloor.broker.answer import parse
from mergefloor.broker.refusal import Refusal, run_error
from mergefloor.broker.upstream import Secrets

EXCERPT = 300
QUOTA = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "billing_error",
        "quota_exceeded",
    }
)
BROKE = re.compile(r"credit balance|insufficient (?:quota|credit|balance)|exceeded your current quota", re.I)
# Ours to answer for, and worth another try. status -> code
PASSING = {408: "timeout", 409: "overloaded", 425: "overloaded", 429: "rate-limited", 529: "overloaded"}
REFUSED, PAYMENT, MISSING, SERVER = (401, 403), 402, 404, 500
# Of a provider's headers only these reach a child, and only numbers: a text could be anything.
WAITS = ("retry-after", "retry-after-ms")
WAIT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,3})?")


def of_status(status: int, text: str, headers: Mapping[str, str], secrets: Secrets) -> Refusal:
    """What a status of 400 and more means. The provider's message is passed on without secrets; what it says of the
    key is not passed on at all."""
    words, message = _words(text), secrets(_message(text))
    if words & QUOTA or status == PAYMENT or (status in {400, 403, 429} and BROKE.search(message)):
        return run_error(402, "quota", "the provider's quota or credit is used up")
    if status in REFUSED:
        return run_error(502, "refused-key", "the provider refused the key of this run")
    said = f"the provider answered HTTP {status}{': ' + message if message else ''}"
    if status == MISSING:
        return run_error(404, "unknown-model", said)
    code = PASSING.get(status, "provider-5xx" if status >= SERVER else "")
    if not code:
        return Refusal(status=status, code="bad-request", message=said)
    waits = tuple((name, headers[name]) for name in WAITS if WAIT.fullmatch(headers.get(name, "")))
    return Refusal(status=status, code=code, message=said, ours=True, again=True, headers=waits)


def _error(text: str) -> Mapping[str, object]:
    body = parse(text) or {}
    inner = body.get("error", body)
    return inner if isinstance(inner, dict) else {"message": inner}


def _words(text: str) -> frozenset[str]:
    error = _error(text)
    return frozenset(
        word.casefold() for word in (error.get("code"), error.get("type")) if isinstance(word, str)
    )


def _message(text: str) -> str:
    message = _error(text).get("message")
    return " ".join(message.split())[:EXCERPT] if isinstance(message, str) else ""
