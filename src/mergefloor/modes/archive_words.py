"""What is said about the branch of data, one sentence for one thing, with what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mergefloor.core.history.branch import BRANCH
from mergefloor.core.history.history import History
from mergefloor.core.place import Problem
from mergefloor.core.wording import count
from mergefloor.errors import InputError, MergefloorError
from mergefloor.modes.archive_memory import Memory

SHOWN = 5
NONE_YET = (
    f"There is no history yet: the branch `{BRANCH}` does not exist. The first scheduled run makes it; in a clone, "
    f"fetch it with `git fetch origin {BRANCH}:refs/remotes/origin/{BRANCH}`."
)


def unreadable(error: MergefloorError) -> str:
    """The branch is there or not: nobody knows."""
    return (
        f"The history cannot be read now: {error}. Nothing is concluded from it; what this run measures is kept in the "
        "cache and written when the branch can be."
    )


def deleted(memory: Memory) -> str:
    """It was there once."""
    lines = count(sum(mark.lines for mark in memory.seal.marks.values()), "line")
    return (
        f"The branch `{BRANCH}` was deleted, with {lines} that an earlier run saw. {_back(memory)} Otherwise "
        "this run begins a new one."
    )


def rewritten(lost: Sequence[str], memory: Memory) -> str:
    """What an earlier run saw is not there any more."""
    return (
        f"The branch `{BRANCH}` was rewritten by somebody else: {_some(lost)}. {_back(memory)} "
        "If it was meant, there is nothing to do: this is said once."
    )


def edited(what: str) -> str:
    """The branch's own seal does not hold."""
    return (
        f"On the branch `{BRANCH}` {what}: somebody else changed it. Put it back (`git log -p` on the branch), or delete "
        "`seal.json` there if it was meant."
    )


def unusable(error: InputError) -> str:
    """A path that holds no file."""
    return f"On the branch `{BRANCH}` {error}. It is left as it is."


def damage(problems: Sequence[Problem]) -> Iterator[str]:
    """Lines that are no entries."""
    if problems:
        lines = count(len(problems), "line")
        yield (
            f"{lines} of the history cannot be read and stay as they are: {_some([str(each) for each in problems])}."
        )


def newer(lines: Mapping[str, int]) -> Iterator[str]:
    """Lines of a later release, by path."""
    if lines:
        yield (
            f"A newer mergefloor wrote {count(sum(lines.values()), 'line')} of the history ({_some(sorted(lines))}), "
            "skipped here and kept there. Use one release in all workflows to see them."
        )


def nameless(history: History, why: Mapping[str, str]) -> Iterator[str]:
    """Entries whose cases have no names, so that no case can be followed through them."""
    wanted = {entry.case_set for entry in history.entries if entry.case_set is not None}
    lost = wanted - history.sets.keys()
    if lost:
        entries = count(sum(1 for e in history.entries if e.case_set in lost), "entry", "entries")
        files = [f"`{path}` {reason}" for path, reason in sorted(why.items())]
        reasons = f" ({_some(files)})" if files else " (their files under `sets/` are gone)"
        yield f"The cases of {entries} of the history have no names{reasons}: their totals count, their cases do not."


def forgotten(lost: int) -> str:
    """More could not be written than the cache keeps."""
    return f"{count(lost, 'line')} of history could not be written for too long and had to go; let the workflow write to `{BRANCH}`."


def _back(memory: Memory) -> str:
    return (
        f"`git fetch origin {memory.tip}`, then `git push --force origin FETCH_HEAD:refs/heads/{BRANCH}` brings them "
        "back, as long as GitHub keeps the commit."
    )


def _some(items: Sequence[str]) -> str:
    more = f"; and {len(items) - SHOWN:,} more" if len(items) > SHOWN else ""
    return "; ".join(items[:SHOWN]) + more
