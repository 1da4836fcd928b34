"""A metric of the history as the drift watch takes it, with the changes that were made on purpose marked."""

from __future__ import annotations

from collections.abc import Sequence

from mergefloor.core.drift.series import Reset, Run, Seen, Series
from mergefloor.core.history.entry import Entry
from mergefloor.core.history.history import History, Measured

SCHEDULED = ("scheduled",)


def watched(
    history: History, suite: str, metric: str, *, events: tuple[str, ...] = SCHEDULED
) -> Series | None:
    """The series of one metric; None where it was never measured. Runs from before it was measured in another way
    (binary or score) are left out, and so are those whose cases have no names."""
    measured = [each for each in history.series(suite, metric, events=events) if each.cases]
    if not measured:
        return None
    kind = measured[-1].reading.kind
    alike = [each for each in measured if each.reading.kind == kind]
    return Series(
        suite=suite, metric=metric, kind=kind, runs=tuple(map(_run, alike)), resets=resets(_entries(alike))
    )


def resets(entries: Sequence[Entry]) -> tuple[Reset, ...]:
    """Where a run was the first with another prompt, pin, golden set or judge: all of them were committed. A run that
    does not know one of them changes nothing."""
    known: dict[str, str] = {}
    found: list[Reset] = []
    for index, entry in enumerate(entries):
        facts = {why: fact for why, fact in _facts(entry) if fact is not None}
        found += [Reset(index=index, why=why) for why in facts if known.get(why, facts[why]) != facts[why]]
        known |= facts
    return tuple(found)


def _facts(entry: Entry) -> tuple[tuple[str, str | None], ...]:
    prompt = entry.prompt
    return (
        ("prompt version", None if prompt is None else prompt.version),
        ("prompt", None if prompt is None else prompt.hash),
        ("pin", entry.model),
        ("embedding model", entry.embedding_model),
        ("golden set", entry.golden),
        ("judge epoch", entry.judging.epoch),
    )


def _run(measured: Measured) -> Run:
    cases = {
        key: None if point is None else Seen(point.value, point.draws)
        for key, point in measured.cases.items()
    }
    return Run(name=measured.entry.id, cases=cases)


def _entries(measured: Sequence[Measured]) -> list[Entry]:
    return [each.entry for each in measured]
