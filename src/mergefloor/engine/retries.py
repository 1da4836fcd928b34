"""Whether to try again and when: a decision without a clock or a network."""

from __future__ import annotations

from random import Random

from mergefloor.core.types import Failure
from mergefloor.engine.limits import Limits

# What may be different a moment later. Everything else is an answer, if an unwelcome one.
RETRYABLE = frozenset(
    {"rate-limited", "timeout", "connection", "provider-5xx", "overloaded", "unreadable-reply"}
)


class Retries:
    """The retries of one run: full jitter, and a token bucket that an outage empties (R06).

    Jitter: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015.
    """

    def __init__(self, limits: Limits, rng: Random) -> None:
        self._limits, self._rng = limits, rng
        self._tokens = limits.spare

    def called(self) -> None:
        """A new call was begun."""
        self._earn(self._limits.earn)

    def succeeded(self) -> None:
        """A call got an answer: the provider is alive, so retries are worth their money again."""
        self._earn(self._limits.earn_good)

    def delay(self, failure: Failure, tries: int, left: float) -> float | None:
        """Seconds to wait before the next try after `tries` of them, None to give up. `left`: seconds of the run."""
        if failure.code not in RETRYABLE or failure.fatal or tries >= self._limits.attempts:
            return None
        asked = failure.wait_s or 0.0
        jitter = self._rng.uniform(0.0, min(self._limits.cap, self._limits.backoff * 2 ** (tries - 1)))
        # On top of what was asked for, not instead: else everybody comes back in the same millisecond.
        wait = asked + jitter
        if asked > self._limits.longest_wait or wait > left or self._tokens < 1.0:
            return None
        self._tokens -= 1.0
        return wait

    def _earn(self, tokens: float) -> None:
        self._tokens = min(self._tokens + tokens, self._limits.spare)
