"""What a scheduled run knows before it asks anybody: the history, what only the cache has of it, and our issues."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.effects import AppendHistory
from mergefloor.core.history.branch import append
from mergefloor.core.history.case_set import CaseSet, case_set_from
from mergefloor.core.history.entry import Entry
from mergefloor.core.history.history import History, history_of
from mergefloor.core.history.lines import read_lines
from mergefloor.core.hub import Hub, Issue
from mergefloor.core.wording import count
from mergefloor.errors import HubError
from mergefloor.modes.archive import IN_CLONE, Archive, extend, read_archive
from mergefloor.modes.world import World

DAY_S = 86_400.0
ASLEEP_DAYS = 60  # GitHub switches a schedule off in a public repository without activity for so long
MESSAGE = "Measured by a scheduled run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """`history`: with the lines that no run has seen on the branch yet. `issues`: of ours, about drift."""

    archive: Archive
    history: History
    issues: tuple[Issue, ...] = ()
    notes: tuple[str, ...] = ()


def read_past(world: World, hub: Hub | None, prefix: str) -> Past:
    """Read it. Nothing that is wrong with it raises. `prefix`: the beginning of the first line of the issues."""
    archive = (
        read_archive(world.repo, world.cache, refs=IN_CLONE)
        if world.data is None
        else read_archive(world.data, world.cache)
    )
    entries, sets = _unwritten(archive)
    history = history_of((*archive.history.entries, *entries), (*archive.history.sets.values(), *sets))
    issues, notes = _issues(hub, prefix)
    return Past(
        archive=archive,
        history=history,
        issues=issues,
        notes=(*archive.notes, *_waiting(entries), *_asleep(history, world.now()), *notes),
    )


def added(
    past: Past, entries: tuple[Entry, ...], sets: tuple[CaseSet, ...], world: World
) -> tuple[AppendHistory | None, tuple[str, ...]]:
    """What the branch lacks, and what to tell. An entry whose id is there already says nothing new."""
    there = {entry.id for entry in past.history.entries}
    new = [entry for entry in entries if entry.id not in there]
    if not new and not past.archive.unwritten:
        return None, ()
    return extend(world.cache, past.archive, append(new, sets if new else (), MESSAGE))


def _unwritten(archive: Archive) -> tuple[tuple[Entry, ...], tuple[CaseSet, ...]]:
    entries: list[Entry] = []
    sets: list[CaseSet] = []
    for path, line in archive.unwritten:
        found = case_set_from(path, line.encode())
        if isinstance(found, CaseSet):
            sets.append(found)
        else:
            entries += read_lines(path, line.encode()).entries
    return tuple(entries), tuple(sets)


def _waiting(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    if not entries:
        return ()
    be = "is" if len(entries) == 1 else "are"
    return (
        f"{count(len(entries), 'line')} of earlier runs {be} not on the branch of data, since it could not be written or was changed: "
        "kept in the cache, counted here, and added as soon as that can be.",
    )


def _asleep(history: History, now: float) -> tuple[str, ...]:
    """A schedule that slept. Nobody else tells: a run that never starts cannot."""
    scheduled = [entry.at for entry in history.entries if entry.event == "scheduled"]
    days = int((now - max(scheduled)) / DAY_S) if scheduled else 0
    if days < ASLEEP_DAYS:
        return ()
    return (
        f"The last scheduled run was {days} days ago. GitHub switches schedules off in public repositories without "
        "activity for 60 days: see Actions > the workflow > `Enable workflow`.",
    )


def _issues(hub: Hub | None, prefix: str) -> tuple[tuple[Issue, ...], tuple[str, ...]]:
    if hub is None:
        return (), ()
    try:
        return hub.issues(prefix), ()
    except HubError as error:
        return (), (
            f"Whether a person has acknowledged an alert cannot be told now ({error}); the next run asks again.",
        )
