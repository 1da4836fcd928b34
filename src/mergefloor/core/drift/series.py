"""The nouns of a drift watch: what scheduled runs measured, in order, and what was changed on purpose in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal, NamedTuple, TypeAlias

from mergefloor.core.wording import Kind

Direction: TypeAlias = Literal["worse", "better"]
State: TypeAlias = Literal["unready", "quiet", "raised", "confirmed", "recovered"]


class Seen(NamedTuple):
    """One case in one run: the mean of its `draws` outcomes, in [0, 1]."""

    mean: float
    draws: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run measured. `name` tells runs of a series apart for good (a commit with a date).

    `cases`: by an id that changes whenever the content of the case does; None where no outcome is known. Means that
    are not in [0, 1] count as unknown.
    """

    name: str
    cases: Mapping[str, Seen | None]

    def known(self) -> dict[str, Seen]:
        """The cases with an outcome."""
        return {
            case: seen
            for case, seen in self.cases.items()
            if seen is not None and 0 <= seen.mean <= 1 and seen.draws > 0
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """An acknowledged change: run `index` is the first that was made under it. `why`: `prompt version`, `pin`, ..."""

    index: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One metric of one suite over time, oldest run first. Higher is better."""

    suite: str
    metric: str
    kind: Kind
    runs: tuple[Run, ...]
    resets: tuple[Reset, ...] = ()

    def start(self) -> int:
        """The first run of the present baseline: that of the last acknowledged change."""
        return self.starts()[-1]

    def starts(self) -> tuple[int, ...]:
        """The first run of every baseline so far, in order. A change after the last run starts an empty one."""
        return tuple(sorted({0, *(min(max(0, reset.index), len(self.runs)) for reset in self.resets)}))

    def fingerprint(self, direction: Direction, start: int) -> str:
        """What an alert is known by for good: 16 hex digits of suite, metric, direction and the baseline's first run.

        A baseline without runs has no first run, and no alert either.
        """
        first = self.runs[start].name if start < len(self.runs) else ""
        return sha256("\0".join((self.suite, self.metric, direction, first)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a series is watched; docs/drift.md gives the reason for every number.

    `history`: runs that a case needs before it counts. `most_history`: runs after which its baseline grows no more.
    `lag`: runs that pass before a calm run joins the baseline. `weight`, `limit`: the EWMA's lambda and L. `slack`,
    `threshold`: the CUSUM's k and h. `most`: standard deviations that one run counts at most. `calm_runs`, `calm_share`: an alert closes once the EWMA was inside this share
    of its limit for so many runs. `least_cases`, `least_share`: under so many known cases, or so small a share of
    the run's cases, a run is skipped.
    """

    history: int = 20
    most_history: int = 60
    lag: int = 10
    weight: float = 0.2
    limit: float = 2.7
    slack: float = 0.5
    threshold: float = 5.0
    most: float = 6.0
    calm_runs: int = 3
    calm_share: float = 0.5
    least_cases: int = 5
    least_share: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One run on the chart. `z`: its standardised deviation from the baseline; `change`: the same in the metric's
    own unit, over `cases` cases. All None for a run that moves nothing, with the reason in `skipped`.

    `ewma` and `limit` are the EWMA and its two-sided limit after the run, `cusum` that of the drop.
    """

    index: int
    name: str
    cases: int = 0
    unresolved: int = 0
    change: float | None = None
    z: float | None = None
    ewma: float = 0.0
    limit: float | None = None
    cusum: float = 0.0
    skipped: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One direction's state. Indices are those of the series' runs, None for what has not happened.

    `raised`, `confirmed`, `recovered`: the runs at which the latest alert got there. `onset`: where the change most
    likely began (the run after the CUSUM was last at zero, Page 1954); `change`: the mean deviation from the
    baseline since then, in the metric's unit.
    """

    direction: Direction
    state: State
    fingerprint: str
    raised: int | None = None
    confirmed: int | None = None
    recovered: int | None = None
    onset: int | None = None
    change: float | None = None

    @property
    def open(self) -> bool:
        """Somebody should look."""
        return self.state in {"raised", "confirmed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What the series says as of its last run. Only `worse` is an alarm; `better` is told.

    `lacking`: runs of history that are missing before anything can be said (0: enough). `start`: the first run of
    the baseline, `reset` what it began with. `retired`: fingerprints of earlier baselines; alerts that still
    stand under them are over, acknowledged by what reset them.
    """

    worse: Alert
    better: Alert
    lacking: int
    start: int
    reset: Reset | None
    points: tuple[Point, ...]
    retired: tuple[str, ...] = field(default=())

    @property
    def state(self) -> State:
        """The state of the alarm."""
        return self.worse.state
