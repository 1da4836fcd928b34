"""A few stored verdicts, asked for again: what a stolen cache key could still forge (T25).

A signature proves who could write an entry, not that a judge said it. So five verdicts that this run took from the
cache are asked for anew. A judge may change its mind without anybody forging: only decisions are compared, and a
verdict differs only when three fresh calls agree with one another and not with it. One that differs widens the sample
to 25; at least two, and more than one in ten, convict. Then every stored verdict that is not this very workflow's is
dropped and asked for again: whoever has the key writes what he likes into `producer` too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from mergefloor import graders
from mergefloor.core.keys import is_verdict
from mergefloor.core.ports import Cache, Reply, Stored
from mergefloor.core.types import Output
from mergefloor.engine.answers import Inherited
from mergefloor.modes.world import Audit, Engine

FIRST, WIDE = 5, 25
CONVICTS, TOLERATED = 2, 0.1
VOTES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """How many stored verdicts were asked for again, and who had drawn those that no fresh call confirms."""

    examined: int = 0
    differing: tuple[str, ...] = ()

    @property
    def convicts(self) -> bool:
        """Whether so many differ that no stored verdict of others is believed."""
        return len(self.differing) >= CONVICTS and len(self.differing) > TOLERATED * self.examined


def audit(engine: Engine, terms: Audit) -> Audited:
    """Ask for some of the verdicts again that this run inherited from others."""
    foreign = [each for _, each in sorted(engine.inherited.items()) if each.producer != terms.origin]
    drawn = _drawn(foreign, terms.rng)
    first = _examined(drawn[:FIRST], engine)
    if not first.differing:
        return first
    more = _examined(drawn[FIRST:WIDE], engine)
    return Audited(examined=first.examined + more.examined, differing=first.differing + more.differing)


def foreign_verdicts(cache: Cache, terms: Audit) -> frozenset[str]:
    """The addresses of all stored verdicts of others: also of those that only the next look would have read."""
    return frozenset(
        key
        for key, entry in cache.entries()
        if isinstance(entry, Stored) and is_verdict(entry.components) and entry.producer != terms.origin
    )


def _drawn(foreign: Sequence[Inherited], rng: Random) -> list[Inherited]:
    return rng.sample(foreign, min(WIDE, len(foreign)))


def _examined(stored: Sequence[Inherited], engine: Engine) -> Audited:
    """Compare with one fresh call each; where that differs, with two more."""
    fresh = engine.anew([each.order for each in stored])
    doubted = [
        each
        for each, reply in zip(stored, fresh, strict=True)
        if _said(reply) not in (None, _said(each.answer))
    ]
    again = engine.anew([each.order for each in doubted for _ in range(VOTES - 1)])
    first = {id(each): reply for each, reply in zip(stored, fresh, strict=True)}
    votes = {
        id(each): {_said(first[id(each)]), *map(_said, again[(VOTES - 1) * i : (VOTES - 1) * (i + 1)])}
        for i, each in enumerate(doubted)
    }
    differing = tuple(each.producer for each in doubted if len(votes[id(each)]) == 1)
    return Audited(examined=sum(_said(reply) is not None for reply in fresh), differing=differing)


def _said(reply: Reply) -> object:
    return graders.decisions(reply.text) if isinstance(reply, Output) else None
