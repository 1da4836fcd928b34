"""One number of a suite along its time axis: a metric with its interval, or what a run took."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal, TypeAlias

from mergefloor.core.history.entry import Entry, Kind, Reading
from mergefloor.core.settings import PASS_RATE
from mergefloor.core.weekly.slots import Slot

Group: TypeAlias = Literal["outcome", "retrieval", "score"]
RETRIEVAL = ("hit_rate", "recall", "precision", "mrr", "ndcg", "map")
LARGEST = 1e9  # of dollars, tokens and seconds; a line that holds more is not believed


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A metric in a slot: the mean of its runs, and of the ends of their 95 % intervals. The same cases run every
    time, so several runs make no interval narrower. `cases`: known ones of the last run."""

    value: float
    low: float | None
    high: float | None
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A metric over the slots of its suite; None where no run of a slot knows it."""

    name: str
    kind: Kind
    group: Group
    levels: tuple[Level | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What runs took and how well was judged, over the slots: means over the runs of a slot that know it."""

    name: str
    values: tuple[float | None, ...]


USES: dict[str, Callable[[Entry], float | None]] = {
    "usd": lambda entry: entry.spend.usd,
    "in": lambda entry: entry.spend.input_tokens,
    "out": lambda entry: entry.spend.output_tokens,
    "p50": lambda entry: entry.pace.p50,
    "p95": lambda entry: entry.pace.p95,
    "p99": lambda entry: entry.pace.p99,
    "length": lambda entry: entry.length,
    "unresolved": lambda entry: entry.unresolved,
    "agreement": lambda entry: entry.judging.agreement,
    "kappa": lambda entry: entry.judging.kappa,
}
SHARES = ("agreement", "kappa")


def group_of(name: str) -> Group:
    """Where a metric is shown: `recall@5` of any grader is about retrieval."""
    if name == PASS_RATE:
        return "outcome"
    bare = name.rpartition("/")[2].partition("@")[0]
    return "retrieval" if bare.rpartition(".")[2] in RETRIEVAL else "score"


def trend(name: str, axis: Sequence[Slot]) -> Trend:
    """A metric along the axis, as it is measured now: runs that measured it in another way are unknown."""
    readings = [[_reading(entry, name) for entry in slot.entries] for slot in axis]
    kinds = [each.kind for found in readings for each in found if each is not None]
    kind = kinds[-1] if kinds else "score"
    return Trend(name=name, kind=kind, group=group_of(name), levels=tuple(_level(r, kind) for r in readings))


def use(name: str, axis: Iterable[Slot]) -> Use:
    """One row of USES along the axis."""
    return Use(name=name, values=tuple(mean(known(name, slot.entries)) for slot in axis))


def known(name: str, entries: Iterable[Entry]) -> list[float]:
    """What the runs that know it say of one row of USES."""
    least, most = (-1.0, 1.0) if name in SHARES else (0.0, LARGEST)
    found = (USES[name](entry) for entry in entries)
    return [float(value) for value in found if value is not None and least <= value <= most]


def mean(values: Sequence[float]) -> float | None:
    """None of nothing."""
    return fsum(values) / len(values) if values else None


def level_of(readings: Iterable[Reading]) -> Level | None:
    """The mean of several runs; None where none is known."""
    found = [each for each in readings if each.value is not None and 0 <= each.value <= 1]
    value = mean([each.value for each in found if each.value is not None])
    if value is None:
        return None
    low, high = mean(_ends(found, "low")), mean(_ends(found, "high"))
    within = low is not None and high is not None and low <= value <= high
    return Level(
        value=value, low=low if within else None, high=high if within else None, cases=found[-1].cases
    )


def _level(readings: Iterable[Reading | None], kind: Kind) -> Level | None:
    return level_of(each for each in readings if each is not None and each.kind == kind)


def _reading(entry: Entry, name: str) -> Reading | None:
    return entry.reading(name)


def _ends(readings: Iterable[Reading], end: Literal["low", "high"]) -> list[float]:
    found = (each.low if end == "low" else each.high for each in readings)
    return [value for value in found if value is not None and 0 <= value <= 1]
