"""How long and how often the engine tries. The defaults are the bars of R06 and R07."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Times in seconds.

    `call`: time on the wire of one call, all its tries together; `attempts`: tries of one call; `backoff`, `cap`:
    full jitter between tries draws from [0, min(cap, backoff * 2^n)]; `longest_wait`: a retry-after above it is
    not waited for; `spare`, `earn`: retries that a run may make before anything has succeeded: `spare` and
    `earn` for each call, so a total outage costs 1.1 x calls + 100 requests; `earn_good`: what each success adds.
    """

    call: float = 120.0
    attempts: int = 5
    backoff: float = 0.5
    cap: float = 20.0
    longest_wait: float = 120.0
    spare: float = 100.0
    earn: float = 0.1
    earn_good: float = 1.0
