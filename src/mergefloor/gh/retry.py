"""When a request to GitHub is sent again, and after how long.

    POST 5xx, reset     never: it may have been done (unless it is a read-only GraphQL question)
    other 5xx, reset    six times, with growing pauses, also PATCH, PUT and DELETE: doing those twice changes nothing
    never connected     six times, whatever the method: nothing was sent
    403 or 429, limit   after the time that GitHub names, else until the limit resets, else a minute
    403, no limit       never

PyGithub's own rules repeat a POST (which doubles comments), never repeat a PATCH, and wait up to an hour.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from github.Requester import Requester
from urllib3 import Retry
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.response import BaseHTTPResponse

from mergefloor.gh.wire import Answer, Patience, Refused

FORBIDDEN, TOO_MANY = HTTPStatus.FORBIDDEN.value, HTTPStatus.TOO_MANY_REQUESTS.value
LIMITED = frozenset({FORBIDDEN, TOO_MANY})
FAILING = frozenset({500, 502, 503, 504})
TRIES = 6
SECONDARY_WAIT = 60.0  # seconds; what GitHub asks for when it names no time
LONGEST_RETRY_AFTER = 7 * 24 * 3600  # seconds; only a bound for arithmetic, `Patience` decides


class GateRetry(Retry):
    """The table above. `patience` knows the call that is on its way; `pause`: seconds before the next try."""

    def __init__(self, *, patience: Patience, **options: Any) -> None:
        options = {"total": TRIES, "backoff_factor": 1, "allowed_methods": None, **options}
        options |= {"status_forcelist": LIMITED | FAILING, "retry_after_max": LONGEST_RETRY_AFTER}
        super().__init__(**options)
        self.patience = patience
        self.wait = 0.0

    def new(self, **options: Any) -> Self:
        """A copy for the next try."""
        return super().new(patience=self.patience, **options)

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Whether an answer of this status is looked at again by `increment`."""
        return status_code in LIMITED or (status_code in FAILING and self.patience.repeatable)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        """The rules for the next try. Raises `Refused` with the answer, or the error, when there is no next one."""
        if response is not None:
            return self._after_answer(method, url, response)
        if error is not None and not (self.patience.repeatable or self._is_connection_error(error)):
            raise error
        following = super().increment(method, url, None, error, _pool, _stacktrace)
        following.wait = following.get_backoff_time()
        if error is not None and following.wait >= self.patience.left():
            raise error
        self.patience.retries += 1
        return following

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        """Wait as `increment` decided."""
        self.patience.pause(self.wait)

    def _after_answer(self, method: str | None, url: str | None, response: BaseHTTPResponse) -> Self:
        answer = _read(response)
        limit = self._limit(answer)
        if answer.status in LIMITED and limit is None:
            raise Refused(answer)
        refused = Refused(Answer(status=answer.status, headers=answer.headers, text=answer.text, wait=limit))
        if limit is not None and limit > self.patience.longest_wait:
            raise refused
        try:
            following = super().increment(method, url, response)
        except MaxRetryError:
            raise refused from None
        following.wait = max(following.get_backoff_time(), limit or self._named(answer.headers) or 0.0)
        if following.wait >= self.patience.left():
            raise refused
        self.patience.retries += 1
        return following

    def _limit(self, answer: Answer) -> float | None:
        """Seconds until a rate limit ends; None when the answer is about something else."""
        if answer.status not in LIMITED:
            return None
        said = _message(answer.text)
        if (
            answer.status == FORBIDDEN
            and "retry-after" not in answer.headers
            and not Requester.isRateLimitError(said)
        ):
            return None
        named = self._named(answer.headers)
        if named is not None:
            return named
        reset = answer.headers.get("x-ratelimit-reset", "")
        used_up = answer.headers.get("x-ratelimit-remaining") == "0" or Requester.isPrimaryRateLimitError(
            said
        )
        if used_up and reset.isdecimal():
            # One more: nobody says when in that second the limit resets.
            until = max(0.0, int(reset) - self.patience.clocks.wall()) + 1
            return until if answer.status == FORBIDDEN else max(SECONDARY_WAIT, until)
        return SECONDARY_WAIT

    def _named(self, headers: Mapping[str, str]) -> float | None:
        """The seconds that `Retry-After` names; None when it is not there or cannot be read."""
        try:
            return self.parse_retry_after(headers["retry-after"])
        except (KeyError, HTTPError, ValueError, OverflowError):
            return None


def _read(response: BaseHTTPResponse) -> Answer:
    """The whole answer; reading it gives the connection back."""
    try:
        text = response.read(decode_content=True).decode("utf-8", "replace")
    except HTTPError:  # the status says enough, also without its explanation
        text = ""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status=response.status, headers=headers, text=text)


def _message(text: str) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    said = value.get("message") if isinstance(value, dict) else None
    return said if isinstance(said, str) else ""
