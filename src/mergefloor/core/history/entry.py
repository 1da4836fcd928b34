"""One run of one suite, as the history keeps it. What nobody knows is None, never 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.activity import RunStamp

VERSION = 1
Kind: TypeAlias = Literal["binary", "score"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One case in one run: the mean over its known draws, in [0, 1], and how many those were (at least 1).

    A line keeps passes for a binary metric and thousandths for a score, so a score comes back rounded.
    """

    value: float
    draws: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One metric of one run. `value`: the mean over the `cases` that are known; `low`, `high`: its 95 % interval.

    `points`: every case in the order of the entry's case set, None where no draw is known; () where none were kept.
    """

    name: str
    kind: Kind
    value: float | None
    cases: int
    low: float | None = None
    high: float | None = None
    points: tuple[Point | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptPin:
    """Which prompt ran: its file, its version as it was written, and the hash of its bytes."""

    path: str
    version: str | None = None
    hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What the run of the suite took: US dollars, calls that were paid for, and tokens as the provider counted."""

    usd: float | None = None
    calls: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds that a fresh answer took: percentiles."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Who judged, and how well: hash of the epoch (core/calibration), share of agreement with people, kappa."""

    model: str | None = None
    epoch: str | None = None
    agreement: float | None = None
    kappa: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One suite in one run.

    `id`: run, attempt and suite (`entry_id`): of two lines with one id the first counts. `at`: seconds since 1970,
    when the run started. `event`: what started it (`scheduled`, `push`, `model-update`, ...). `kind`: the suite's
    class (`regression`, `capability`, `safety`). `samples`: draws of each case that were made afresh in this run.
    `unresolved`: draws without an outcome. `case_set`: hash of the case ids (`CaseSet`), which gives the points their
    cases. `length`: mean characters of an output. `golden`: hash of the golden set's content. `index_built`: when the
    target's search index was built, ISO 8601. `acknowledged`: metrics whose standing alert a person had acknowledged
    when this run looked: their charts begin anew with it.
    """

    id: str
    at: float
    sha: str
    event: str
    suite: str
    kind: str
    samples: int
    readings: tuple[Reading, ...]
    unresolved: int = 0
    case_set: str | None = None
    model: str | None = None
    prompt: PromptPin | None = None
    golden: str | None = None
    embedding_model: str | None = None
    index_built: str | None = None
    judging: Judging = Judging()
    spend: Spend = Spend()
    length: float | None = None
    pace: Pace = Pace()
    acknowledged: tuple[str, ...] = ()

    def reading(self, metric: str) -> Reading | None:
        """One metric by its name; None where this run did not measure it."""
        return next((reading for reading in self.readings if reading.name == metric), None)


def entry_id(stamp: RunStamp, suite: str) -> str:
    """The key by which a repeated write is known: `17012345678.1/support-answers`."""
    return f"{stamp.run}.{stamp.attempt}/{suite}"
