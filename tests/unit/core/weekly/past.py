"""A few runs of a few suites, day by day."""

from __future__ import annotations

from collections.abc import Sequence

from mergefloor.core.history.case_set import CaseName, CaseSet
from mergefloor.core.history.entry import Entry, Judging, Kind, Pace, Point, PromptPin, Reading, Spend
from mergefloor.core.history.history import History, history_of

TODAY = 20_778  # 2026-11-21
NOON = 43_200.0
NOW = TODAY * 86_400 + NOON


def cases(count: int) -> CaseSet:
    return CaseSet(cases=tuple(CaseName(id=f"c{number}", content="1") for number in range(count)))


def reading(
    values: Sequence[float | None], *, name: str = "pass_rate", kind: Kind = "binary", draws: int = 1
) -> Reading:
    known = [value for value in values if value is not None]
    mean = sum(known) / len(known) if known else None
    return Reading(
        name=name,
        kind=kind,
        value=mean,
        cases=len(known),
        low=None if mean is None else max(0.0, mean - 0.05),
        high=None if mean is None else min(1.0, mean + 0.05),
        points=tuple(None if value is None else Point(value=value, draws=draws) for value in values),
    )


def run(
    ago: int,
    values: Sequence[float | None] = (1.0,) * 10,
    *,
    suite: str = "support",
    model: str | None = "m/a",
    version: str | None = None,
    text: str | None = None,
    golden: str | None = None,
    kind: str = "regression",
    event: str = "scheduled",
    usd: float | None = 0.1,
    seconds: float | None = None,
    readings: Sequence[Reading] | None = None,
    judging: Judging | None = None,
    acknowledged: tuple[str, ...] = (),
    at: float | None = None,
) -> Entry:
    """The run of a suite so many days ago."""
    moment = (TODAY - ago) * 86_400 + NOON if at is None else at
    return Entry(
        id=f"{moment}/{suite}",
        at=moment,
        sha="0",
        event=event,
        suite=suite,
        kind=kind,
        samples=1,
        readings=tuple(readings) if readings is not None else (reading(values),),
        case_set=cases(len(values)).hash,
        model=model,
        prompt=None if version is None and text is None else PromptPin(path="p", version=version, hash=text),
        golden=golden,
        judging=judging or Judging(),
        spend=Spend(usd=usd),
        pace=Pace(p50=seconds, p95=seconds, p99=seconds),
        acknowledged=acknowledged,
    )


def past(*entries: Entry, sizes: Sequence[int] = (10, 40, 100)) -> History:
    return history_of(entries, [cases(size) for size in sizes])
