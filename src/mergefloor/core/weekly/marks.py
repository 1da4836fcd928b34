"""What changed when: runs that were the first under another prompt, pin, golden set or judge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core.history.entry import Entry
from mergefloor.core.weekly.days import day_of

Fact: TypeAlias = Literal[
    "prompt version",
    "prompt",
    "pin",
    "embedding model",
    "index",
    "golden set",
    "judge",
    "judge epoch",
    "class",
    "acknowledged",
]
HASHES: frozenset[Fact] = frozenset({"prompt", "golden set", "judge epoch"})
DIGITS = 7  # of a hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One fact of a suite from one run to the next that knows it. `day`: of the first run under it."""

    day: int
    at: float
    fact: Fact
    old: str
    new: str


def marks(entries: Iterable[Entry]) -> tuple[Mark, ...]:
    """All changes, oldest first. A run that does not know a fact changes nothing. A prompt whose version changed
    with its text is one change."""
    known: dict[Fact, str] = {}
    found: list[Mark] = []
    for entry in entries:
        facts: dict[Fact, str] = {fact: value for fact, value in _facts(entry) if value is not None}
        changed = [fact for fact in facts if known.get(fact, facts[fact]) != facts[fact]]
        if "prompt version" in changed and "prompt" in changed:
            changed.remove("prompt")
        found += [
            Mark(day=day_of(entry.at), at=entry.at, fact=fact, old=_told(fact, known), new=_told(fact, facts))
            for fact in changed
        ]
        known |= facts
        found += [_accepted(entry)] if entry.acknowledged else []
    return tuple(found)


def _accepted(entry: Entry) -> Mark:
    """A person's word that a change of these metrics is meant."""
    return Mark(
        day=day_of(entry.at), at=entry.at, fact="acknowledged", old="", new=", ".join(entry.acknowledged)
    )


def _facts(entry: Entry) -> tuple[tuple[Fact, str | None], ...]:
    prompt, judging = entry.prompt, entry.judging
    return (
        ("prompt version", None if prompt is None else prompt.version),
        ("prompt", None if prompt is None else prompt.hash),
        ("pin", entry.model),
        ("embedding model", entry.embedding_model),
        ("index", entry.index_built),
        ("golden set", entry.golden),
        ("judge", judging.model),
        ("judge epoch", judging.epoch),
        ("class", entry.kind),
    )


def _told(fact: Fact, facts: dict[Fact, str]) -> str:
    return facts[fact][:DIGITS] if fact in HASHES else facts[fact]
