"""The history as a mode reads it from the branch of data, and everything about it that a person should know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mergefloor.core.effects import AppendHistory
from mergefloor.core.history.branch import BRANCH, month_paths, set_paths
from mergefloor.core.history.case_set import CaseSet, case_set_from
from mergefloor.core.history.history import History, history_of
from mergefloor.core.history.lines import Lines, filled, read_lines
from mergefloor.core.history.seal import SEAL, Mark, Seal, seal_from, seal_of
from mergefloor.core.ports import Cache, Repo, Snapshot
from mergefloor.errors import HubError, InputError, NoSuchRef, RepositoryError
from mergefloor.modes.archive_memory import Line, Memory, keep_lines, kept_lines, remember, remembered
from mergefloor.modes.archive_words import (
    NONE_YET,
    damage,
    deleted,
    edited,
    forgotten,
    nameless,
    newer,
    rewritten,
    unreadable,
    unusable,
)

ON_GITHUB = (BRANCH,)
IN_CLONE = (f"origin/{BRANCH}", BRANCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What was read. `notes`: what to tell a person, in sentences. `complete` False: the branch could not be read, so
    that nothing may be concluded from what is missing. `first`: there is no branch, and there never was one.

    `unwritten`: lines of earlier runs that are not on the branch. `memory`: what to remember of it.
    """

    history: History = field(default_factory=History)
    notes: tuple[str, ...] = ()
    complete: bool = True
    first: bool = False
    unwritten: tuple[Line, ...] = ()
    memory: Memory = field(default_factory=Memory)


def read_archive(
    repo: Repo, cache: Cache, *, refs: Sequence[str] = ON_GITHUB, since: float | None = None
) -> Archive:
    """Read the branch. `refs`: where it is looked for, ON_GITHUB or IN_CLONE; `since`: whole months from this moment
    on (seconds since 1970), None for all. Nothing that is wrong with it raises."""
    memory, kept = remembered(cache), kept_lines(cache)
    try:
        snapshot = _found(repo, refs)
        if snapshot is None:
            return _absent(memory, kept)
        return _read(snapshot, memory, kept, since)
    except (RepositoryError, HubError) as error:
        return Archive(notes=(unreadable(error),), complete=False, unwritten=kept, memory=memory)


def extend(cache: Cache, archive: Archive, effect: AppendHistory) -> tuple[AppendHistory, tuple[str, ...]]:
    """The effect together with what earlier runs could not write, and what to tell. All of it is kept in the cache
    until a later run sees it on the branch; so is what the branch holds now."""
    lines = tuple(dict.fromkeys((*archive.unwritten, *effect.lines)))
    lost = keep_lines(cache, lines)
    if archive.complete and not archive.first:
        remember(cache, archive.memory)
    return replace(effect, lines=lines), (forgotten(lost),) if lost else ()


def _found(repo: Repo, refs: Sequence[str]) -> Snapshot | None:
    for ref in refs:
        try:
            return repo.snapshot(ref)
        except NoSuchRef:
            continue
    return None


def _absent(memory: Memory, kept: tuple[Line, ...]) -> Archive:
    if memory.tip:
        return Archive(notes=(deleted(memory),), unwritten=kept)
    return Archive(notes=(NONE_YET,), first=True, unwritten=kept)


def _read(snapshot: Snapshot, memory: Memory, kept: tuple[Line, ...], since: float | None) -> Archive:
    months, unusable_months = _texts(snapshot, month_paths(snapshot.files, since))
    sets, unusable_sets = _texts(snapshot, set_paths(snapshot.files))
    read = {path: read_lines(path, data) for path, data in months.items()}
    known = {path: case_set_from(path, data) for path, data in sets.items()}
    history = history_of(
        (entry for lines in read.values() for entry in lines.entries),
        (each for each in known.values() if isinstance(each, CaseSet)),
    )
    notes = (
        *unusable_months,
        *unusable_sets,
        *_of_lines(read),
        *nameless(history, {path: why for path, why in known.items() if isinstance(why, str)}),
        *_of_people(snapshot, months, memory),
    )
    there = {(path, line) for path, data in (months | sets).items() for _, line in filled(data)}
    return Archive(
        history=history,
        notes=notes,
        unwritten=tuple((path, line) for path, line in kept if (path, line.encode()) not in there),
        memory=Memory(
            tip=snapshot.sha, seal=Seal(marks={**_elsewhere(memory, snapshot), **seal_of(months).marks})
        ),
    )


def _texts(snapshot: Snapshot, paths: Iterable[str]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The bytes of files, and a sentence for each that is none."""
    found: dict[str, bytes] = {}
    said: list[str] = []
    for path in paths:
        try:
            found[path] = snapshot.read(path)
        except InputError as error:
            said.append(unusable(error))
    return found, tuple(said)


def _of_lines(read: Mapping[str, Lines]) -> tuple[str, ...]:
    problems = [problem for lines in read.values() for problem in lines.damaged]
    later = {path: lines.newer for path, lines in read.items() if lines.newer}
    return (*damage(problems), *newer(later))


def _of_people(snapshot: Snapshot, months: Mapping[str, bytes], memory: Memory) -> tuple[str, ...]:
    """What others than mergefloor did to the files, against the branch's own seal and against our memory."""
    gone = {path: None for path in memory.seal.marks if path not in snapshot.files}
    lost = memory.seal.broken({**months, **gone})
    sealed, unsealed = _texts(snapshot, [SEAL] if SEAL in snapshot.files else [])
    seal = (seal_from(sealed[SEAL]) if sealed else None) or Seal()
    missing = {path: None for path in seal.marks if path not in snapshot.files}
    broken = seal.broken({**months, **missing})
    told = [edited(each) for each in broken if each not in lost]
    return (*([rewritten(lost, memory)] if lost else []), *told, *unsealed)


def _elsewhere(memory: Memory, snapshot: Snapshot) -> dict[str, Mark]:
    return {path: mark for path, mark in memory.seal.marks.items() if path in snapshot.files}
