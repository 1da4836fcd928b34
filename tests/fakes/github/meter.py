"""How often a token has called: the hourly limit and the one on writing."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable

from tests.fakes.github.access import Limits
from tests.fakes.github.wire import DOCS, Refusal, Request

WINDOW = 3600


class Meter:
    """Counts requests by token. `now`: seconds since 1970, as the client's clock sees them."""

    def __init__(self, limits: Limits, now: Callable[[], float]) -> None:
        self._limits, self._now, self._lock = limits, now, threading.Lock()
        self._used: dict[str, int] = defaultdict(int)
        self._ends: dict[str, float] = {}
        self._writes: dict[str, deque[float]] = defaultdict(deque)

    def count(self, request: Request, *, writes: bool) -> dict[str, str]:
        """Count one request and return its x-ratelimit headers; Refusal when it is one too many."""
        with self._lock:
            now = self._now()
            if now >= self._ends.get(request.token, 0):
                self._ends[request.token], self._used[request.token] = now + WINDOW, 0
            limit = self._limits.per_hour
            self._used[request.token] += 1
            headers = self.headers(request.token)
            if limit is not None and self._used[request.token] > limit:
                raise Refusal(403, "API rate limit exceeded for installation.", headers=headers)
            if writes:
                self._write(request.token, now, headers)
            return headers

    def headers(self, token: str) -> dict[str, str]:
        """The headers as they are now."""
        limit = self._limits.per_hour or 15_000
        used = min(self._used[token], limit)
        return {
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(limit - used),
            "x-ratelimit-used": str(used),
            "x-ratelimit-reset": str(self.reset(token)),
            "x-ratelimit-resource": "core",
        }

    def reset(self, token: str) -> int:
        """When the token's hour ends, in seconds since 1970."""
        return int(self._ends.get(token, self._now() + WINDOW))

    def _write(self, token: str, now: float, headers: dict[str, str]) -> None:
        recent, limit = self._writes[token], self._limits.writes_per_minute
        while recent and recent[0] <= now - 60:
            recent.popleft()
        if limit is not None and len(recent) >= limit:
            wait = {"Retry-After": str(int(recent[0] + 60 - now) + 1)}
            about = f"{DOCS}/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"
            message = (
                "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
            )
            raise Refusal(403, message, headers=headers | wait, about=about)
        recent.append(now)
