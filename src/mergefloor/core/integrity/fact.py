"""Something seen, in our words with foreign texts apart; and how it becomes evidence: cleaned, escaped, cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mergefloor.core.tampering import Action, Rule, Tampering

LONGEST = 300
QUOTE = 100
LEAD = 30
MARGIN = 2_000
ELLIPSIS = "\u2026"
Clean = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """`text` has a `{}` for each of `quotes`, which are foreign and whole; two quotes are a before and an after.

    `marked`: characters to be shown by their number, though they can be seen.
    """

    rule: Rule
    subject: str
    text: str
    quotes: tuple[str, ...] = ()
    suite: str = ""
    marked: frozenset[str] = frozenset()


def told(fact: Fact, action: Action, clean: Clean) -> Tampering:
    """The fact as the report has it."""
    return Tampering(
        rule=fact.rule,
        subject=_cut(escaped(clean(fact.subject)), LONGEST),
        evidence=_cut(fact.text.format(*_shown(fact, clean)), LONGEST),
        suite=fact.suite,
        action=action,
    )


def _shown(fact: Fact, clean: Clean) -> list[str]:
    """The quotes from a little before the place that matters. Cleaning comes before that cut: half a key is a leak.

    So the texts are first cut to windows that are much wider than what is shown.
    """
    rough = [max(0, at - MARGIN) for at in _places(fact.quotes, fact.marked)]
    windows = [
        clean(quote[start : start + 2 * MARGIN]) for quote, start in zip(fact.quotes, rough, strict=True)
    ]
    starts = [max(0, at - LEAD) for at in _places(windows, fact.marked)]
    found = []
    for window, start, skipped in zip(windows, starts, rough, strict=True):
        lead = ELLIPSIS if start or skipped else ""
        found.append(f"\u201c{_cut(lead + escaped(window[start:], fact.marked), QUOTE)}\u201d")
    return found


def _places(quotes: Sequence[str], marked: frozenset[str]) -> list[int]:
    """Where the quotes matter: at the first marked character, or where a before and an after part."""
    if marked:
        return [next((at for at, char in enumerate(quote) if char in marked), 0) for quote in quotes]
    if len(quotes) == 2:  # noqa: PLR2004 - before and after
        return [_shared(quotes)] * 2
    return [0] * len(quotes)


def escaped(text: str, marked: frozenset[str] = frozenset()) -> str:
    """The text with everything that cannot be seen, and the characters in `marked`, as `\\u{..}`."""
    return "".join(
        char if char.isprintable() and char not in marked else f"\\u{{{ord(char):X}}}" for char in text
    )


def _shared(texts: Sequence[str]) -> int:
    """How many characters two texts begin with alike."""
    first, second = texts
    return next(
        (at for at, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]),
        min(len(first), len(second)),
    )


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS
