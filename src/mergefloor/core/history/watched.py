"""A metric of the history as the drift watch takes it, with the changes that were made on purpose marked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from mergefloor.core.drift.series import Reset, Run, Seen, Series
from mergefloor.core.history.entry import Entry
from mergefloor.core.history.history import History, Measured

SCHEDULED = ("scheduled",)


def runs_of(
    history: History, suite: str, metric: str, *, events: tuple[str, ...] = SCHEDULED
) -> tuple[Measured, ...]:
    """The runs that are compared: those whose cases have names, since the metric was last measured in another way
    (binary or score)."""
    measured = [each for each in history.series(suite, metric, events=events) if each.cases]
    return tuple(each for each in measured if each.reading.kind == measured[-1].reading.kind)


def watched(
    history: History, suite: str, metric: str, *, events: tuple[str, ...] = SCHEDULED
) -> Series | None:
    """The series of one metric; None where it was never measured."""
    runs = runs_of(history, suite, metric, events=events)
    if not runs:
        return None
    entries = [each.entry for each in runs]
    everything = history.of_suite(suite, events=events)
    return Series(
        suite=suite,
        metric=metric,
        kind=runs[-1].reading.kind,
        runs=tuple(map(_run, runs)),
        resets=(*resets(entries), *exchanged(runs), *acknowledged(everything, entries, metric)),
    )


def resets(entries: Sequence[Entry]) -> tuple[Reset, ...]:
    """Where a run was the first with another prompt, pin or judge: all of them were committed. A run that does not
    know one of them changes nothing."""
    known: dict[str, str] = {}
    found: list[Reset] = []
    for index, entry in enumerate(entries):
        facts = {why: fact for why, fact in _facts(entry) if fact is not None}
        found += [Reset(index=index, why=why) for why in facts if known.get(why, facts[why]) != facts[why]]
        known |= facts
    return tuple(found)


def exchanged(runs: Sequence[Measured]) -> tuple[Reset, ...]:
    """Where a run was the first with another golden set: it shares fewer than half of the smaller set's cases with
    the one before. Cases that are added, edited or removed make no other set: each is held against its own past."""
    pairs = enumerate(pairwise(runs), 1)
    return tuple(
        Reset(index=index, why="golden set")
        for index, (before, after) in pairs
        if 2 * len(before.cases.keys() & after.cases.keys()) < min(len(before.cases), len(after.cases))
    )


def acknowledged(everything: Sequence[Entry], measured: Sequence[Entry], metric: str) -> tuple[Reset, ...]:
    """Where a person's word begins a new baseline: at the first run with the metric that is not older than it."""
    ids = {entry.id: at for at, entry in enumerate(measured)}
    at, found = len(measured), []
    for entry in reversed(everything):
        at = ids.get(entry.id, at)
        if metric in entry.acknowledged:
            found.append(Reset(index=at, why="acknowledged"))
    return tuple(reversed(found))


def _facts(entry: Entry) -> tuple[tuple[str, str | None], ...]:
    prompt = entry.prompt
    return (
        ("prompt version", None if prompt is None else prompt.version),
        ("prompt", None if prompt is None else prompt.hash),
        ("pin", entry.model),
        ("embedding model", entry.embedding_model),
        ("judge epoch", entry.judging.epoch),
    )


def _run(measured: Measured) -> Run:
    cases = {
        key: None if point is None else Seen(point.value, point.draws)
        for key, point in measured.cases.items()
    }
    return Run(name=measured.entry.id, cases=cases)
