"""One request to GitHub and its answer, as data, and the time that both may take."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Time as it arrives from outside: a clock that only goes forward, the time of day, and how to wait (seconds).

    `speed`: how many of these seconds pass while a socket waits for a real one.
    """

    steady: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    speed: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. `shown`: how messages name it; `query`: a GraphQL question, which may be asked again."""

    method: str
    url: str
    shown: str
    params: Mapping[str, str | int | bool] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    query: bool = False

    @property
    def writes(self) -> bool:
        """Whether the request changes something."""
        return self.method not in ("GET", "HEAD") and not self.query

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice does what sending it once does."""
        return self.query or self.method != "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. Header names are lower-case; `wait`: seconds until a rate limit ends, None when none was met."""

    status: int
    headers: Mapping[str, str]
    text: str
    wait: float | None = None


class Refused(Exception):
    """An answer that is not worth another try, carried out of the retry rules."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(f"GitHub answered {answer.status}")


class OutOfTime(Exception):
    """The time that was allowed is over. `seconds`: how long the call was waited for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"no answer within {seconds:.0f} s")


class Patience:
    """What the retry rules need to know of the call that is on its way, and how often they repeated it."""

    def __init__(self, clocks: Clocks, longest_wait: float) -> None:
        self.clocks, self.longest_wait = clocks, longest_wait
        self.deadline, self.repeatable, self.retries = math.inf, False, 0

    def begin(self, *, deadline: float, repeatable: bool) -> None:
        """A new call, to be over at `deadline` of the steady clock."""
        self.deadline, self.repeatable, self.retries = deadline, repeatable, 0

    def end(self) -> None:
        """Nothing may be repeated any more: whoever waited has left."""
        self.deadline = -math.inf

    def left(self) -> float:
        """Seconds until the deadline; negative when it has passed."""
        return self.deadline - self.clocks.steady()

    def pause(self, seconds: float) -> None:
        """Wait before another try. OutOfTime when the time is over then."""
        if seconds > 0:
            self.clocks.sleep(seconds)
        if self.left() <= 0:
            raise OutOfTime(seconds)
