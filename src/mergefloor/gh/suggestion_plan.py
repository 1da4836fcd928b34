"""What is to be done about our review threads, from what is there and what should be: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from mergefloor.gh.sticky import same
from mergefloor.gh.suggestion import Wanted
from mergefloor.gh.threads import Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Write a suggestion where there is none."""

    wanted: Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Give a suggestion that stands on the right line another text."""

    thread: Thread
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """We had called it dealt with, and it is wanted again."""

    thread: Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Retire:
    """It has been dealt with, or stands on another line: resolve it."""

    thread: Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """It says what an earlier one says: two runs wrote at once, or an answer was lost."""

    thread: Thread


Step: TypeAlias = Begin | Edit | Reopen | Retire | Remove


def plan(threads: Sequence[Thread], wishes: Sequence[Wanted]) -> tuple[Step, ...]:
    """The steps, none when everything is as it should be. `threads`: ours, oldest first."""
    known = {wish.key for wish in wishes}
    steps: list[Step] = []
    for wish in wishes:
        steps += _for(wish, [thread for thread in threads if thread.key == wish.key])
    return (*steps, *_retired(thread for thread in threads if thread.key not in known))


def _for(wish: Wanted, threads: Sequence[Thread]) -> Iterator[Step]:
    """A suggestion that a person resolved is not made again while its line stands."""
    here = [thread for thread in threads if _stands(thread, wish)]
    elsewhere = [thread for thread in threads if thread not in here]
    unsettled = [thread for thread in here if not thread.resolved]
    settled = next((thread for thread in here if thread.resolved), None)
    yield from _retired(elsewhere)
    if unsettled:
        first, *others = unsettled
        if not same(first.body, wish.body):
            yield Edit(thread=first, body=wish.body)
        yield from (Remove(thread=thread) for thread in others)
    elif settled is None:
        yield Begin(wanted=wish)
    elif settled.by_us:
        yield Reopen(thread=settled)
        if not same(settled.body, wish.body):
            yield Edit(thread=settled, body=wish.body)


def _stands(thread: Thread, wish: Wanted) -> bool:
    return not thread.outdated and (thread.path, thread.line) == (wish.place.path, wish.place.line)


def _retired(threads: Iterable[Thread]) -> Iterator[Step]:
    return (Retire(thread=thread) for thread in threads if not thread.resolved)
