"""Texts that an answer must or must not contain, one by one, and which of them follow from others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mergefloor.core.types import GraderSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Needle:
    """`wanted`: one of `texts` must be there; else: not all of them may be there. `exact`: upper case counts."""

    texts: frozenset[str]
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
    if any(_implies(other, needle) for other in others):
        return True
    texts = [str(s.options.get("value")) for s in specs if s.kind == "equals" and s.gating and not s.negate]
    return any(_holds(needle, text) for text in texts)


def opposite(needle: Needle, others: Sequence[Needle]) -> Needle | None:
    """The needle that now asks for the contrary of this one."""
    folded = {text.casefold() for text in needle.texts}
    contrary = (other for other in others if other.wanted is not needle.wanted)
    return next((o for o in contrary if folded & {text.casefold() for text in o.texts}), None)


def _of(spec: GraderSpec) -> Iterator[Needle]:
    listed = spec.options.get("values")
    values = [str(value) for value in listed] if isinstance(listed, list) else []
    # All wanted, or none wanted: each text stands for itself. Else they stand or fall together.
    alone = (spec.options.get("mode") == "any") is spec.negate
    for texts in [[value] for value in values] if alone else [values]:
        yield Needle(
            texts=frozenset(texts),
            wanted=not spec.negate,
            exact=spec.options.get("case") is True,
            gating=spec.gating,
            check=spec.name,
        )


def _implies(now: Needle, then: Needle) -> bool:
    if now.wanted is not then.wanted or (then.gating and not now.gating):
        return False
    if now.wanted:
        fold = not then.exact
        return (now.exact or fold) and all(any(_in(t, n, fold) for t in then.texts) for n in now.texts)
    fold = not now.exact
    return (then.exact or fold) and all(any(_in(n, t, fold) for t in then.texts) for n in now.texts)


def _holds(needle: Needle, text: str) -> bool:
    found = [_in(each, text, not needle.exact) for each in needle.texts]
    return any(found) if needle.wanted else not all(found)


def _in(part: str, whole: str, fold: bool) -> bool:
    return part.casefold() in whole.casefold() if fold else part in whole
