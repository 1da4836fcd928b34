"""What a recording run left behind: how many stored runs each case has now, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.epoch import Epoch
from mergefloor.core.report import Cost
from mergefloor.core.types import Failure

# full: nothing is lacking. partial: some runs are stored, the next recording goes on. stalled: the budget does not
# pay for a single call. refused: no call to a model can succeed. judge: a planted verdict came back wrong.
Ending: TypeAlias = Literal["full", "partial", "stalled", "refused", "judge", "cancelled"]
EXIT_CODES: dict[Ending, Literal[0, 2]] = {
    "full": 0,
    "partial": 0,
    "stalled": 2,
    "refused": 2,
    "judge": 2,
    "cancelled": 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """What is still to be drawn: answers and their judged verdicts. `usd` None: no price is known.

    `bound`: no answer is there to go by, so `usd` is the most that it can cost and holds no judge.
    """

    answers: int = 0
    usd: float | None = 0.0
    bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteRecord:
    """One suite. `before`, `after`: how many cases have 0, 1, 2, ... stored runs; the last number is of full ones.

    `unkept`: draws of this suite whose answer may not be stored; `ungraded`: stored runs with a check that has no
    verdict; `pass_rate` over the known runs of every case, `interval` two-sided 90 %, in [0, 1].
    """

    name: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    calls: int
    cached_calls: int
    usd: float | None
    pass_rate: float | None
    interval: tuple[float, float] | None
    finish: Finish
    unkept: int = 0
    ungraded: int = 0

    @property
    def cases(self) -> int:
        """Golden cases of the suite."""
        return sum(self.after)

    @property
    def wanted(self) -> int:
        """Stored runs of a full history."""
        return self.cases * (len(self.after) - 1)


def runs(spread: tuple[int, ...]) -> int:
    """Stored runs in all."""
    return sum(number * cases for number, cases in enumerate(spread))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A recording run as a value. `failures`: why draws are not known; `planted`: judge canaries that were missed;
    `epoch`: stored outputs that had to be judged again; `unlabelled`: the file of labels that the config names and
    that is not there yet."""

    ref: str
    sha: str
    ending: Ending
    suites: tuple[SuiteRecord, ...]
    cost: Cost
    duration_s: float
    failures: tuple[Failure, ...] = ()
    planted: tuple[tuple[str, str], ...] = ()
    scripted: bool = False
    epoch: Epoch | None = None
    unlabelled: str | None = None

    @property
    def exit_code(self) -> Literal[0, 2]:
        """0 unless somebody must mend something: a default branch is not red because a provider is down."""
        return EXIT_CODES[self.ending]
