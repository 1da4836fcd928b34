"""Texts that an answer must or must not contain, one by one, and which of them follow from others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mergefloor.core.types import GraderSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Needle:
    """`wanted`: one of `texts` must be there; else: not all of them may be there. `exact`: upper case counts.

    `folded`: the texts without upper case.
    """

    texts: frozenset[str]
    folded: frozenset[str]
    wanted: bool
    exact: bool
    gating: bool
    check: str

    def words(self) -> str:
        """The texts as they are quoted."""
        return ", ".join(sorted(self.texts))


def needles(specs: Sequence[GraderSpec]) -> tuple[Needle, ...]:
    """Every needle of every `contains` check."""
    return tuple(needle for spec in specs if spec.kind == "contains" for needle in _of(spec))


def follows(needle: Needle, others: Sequence[Needle], specs: Sequence[GraderSpec]) -> bool:
    """Whether an answer that satisfies the others, or is the one exact text that `specs` ask for, satisfies it."""
    if needle in others or any(_implies(other, needle) for other in others):
        return True
    texts = [str(s.options.get("value")) for s in specs if s.kind == "equals" and s.gating and not s.negate]
    return any(_holds(needle, text) for text in texts)


def opposite(needle: Needle, others: Sequence[Needle]) -> Needle | None:
    """The needle that now asks for the contrary of this one."""
    contrary = (other for other in others if other.wanted is not needle.wanted)
    return next((other for other in contrary if needle.folded & other.folded), None)


def _of(spec: GraderSpec) -> Iterator[Needle]:
    listed = spec.options.get("values")
    values = [str(value) for value in listed] if isinstance(listed, list) else []
    # All wanted, or none wanted: each text stands for itself. Else they stand or fall together.
    alone = (spec.options.get("mode") == "any") is spec.negate
    for texts in [[value] for value in values] if alone else [values]:
        yield Needle(
            texts=frozenset(texts),
            folded=frozenset(text.casefold() for text in texts),
            wanted=not spec.negate,
            exact=spec.options.get("case") is True,
            gating=spec.gating,
            check=spec.name,
        )


def _implies(now: Needle, then: Needle) -> bool:
    """Whether the new needle asks for all that the old one did: a longer text wanted, a shorter one unwanted."""
    if now.wanted is not then.wanted or (then.gating and not now.gating):
        return False
    asks, asked = (now, then) if now.wanted else (then, now)
    if asked.exact and not asks.exact:
        return False
    news, olds = (now.texts, then.texts) if asked.exact else (now.folded, then.folded)
    if now.wanted:
        return all(any(old in new for old in olds) for new in news)
    return all(any(new in old for old in olds) for new in news)


def _holds(needle: Needle, text: str) -> bool:
    whole = text if needle.exact else text.casefold()
    found = [part in whole for part in (needle.texts if needle.exact else needle.folded)]
    return any(found) if needle.wanted else not all(found)
