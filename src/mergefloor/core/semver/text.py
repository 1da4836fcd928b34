"""Two versions of an instruction text -> what changed, as facts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mergefloor.core.semver.nouns import Fact
from mergefloor.core.semver.sentences import edits
from mergefloor.core.semver.wording import Weighty, changed_words, rewritten, tokens, weighty

_FIELD = re.compile(r"[\"']([A-Za-z_][\w-]{0,60})[\"']\s*:")
# A section that a text asks for by name is a field of the output to whoever reads it, person or program.
_SECTION = re.compile(
    r"\bsections?\s+(?:called|named|titled|labell?ed)\s*:?\s*"
    r"(?:[\"\u201c]([^\"\u201d\n]{1,60})[\"\u201d]|([A-Z][A-Z0-9 '\u2019&/-]{0,60}[A-Z0-9]))"
)
_JSON = re.compile(
    r"\b(?:output|return|respond|response|reply|answer|produce|generate|emit|write|give|print|format|valid)\w*\b[^\n]{0,80}\bjson\b"
    r"|\bjson\b[^\n]{0,40}\b(?:output|response|reply|answer|object|only|format)\b",
    re.IGNORECASE,
)
_SHOWN = 60
_WORDS = 6


def text_facts(before: str, after: str) -> Iterator[Fact]:
    """What a change of the instructions is. Nothing where the texts are the same bytes.

    A sentence that came or went is an instruction; so is one with three or more words of content changed. A changed
    number, negation, modal, unit or language, or a word turned into its opposite, weighs as much, however small the
    edit. What is left is other wording: blanks, punctuation, spelling, synonyms, order of sentences.
    """
    if before == after:
        return
    found = [*_format(before, after), *_sections(before, after), *_edits(*differing(before, after))]
    yield from found or [Fact(kind="wording", why=_quiet(before, after))]


def differing(before: str, after: str) -> tuple[str, str]:
    """The lines from the first to the last that differ."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    start, most = 0, min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return "".join(old[start : len(old) - end]), "".join(new[start : len(new) - end])


def _format(before: str, after: str) -> Iterator[Fact]:
    """JSON that a text asks for: the fields it names, and whether it asks for JSON at all."""
    old, new = dict.fromkeys(_FIELD.findall(before)), dict.fromkeys(_FIELD.findall(after))
    wanted = bool(_JSON.search(before)), bool(_JSON.search(after))
    if wanted[0] != wanted[1]:
        yield Fact(
            kind="output-format", why=f"the text {'no longer asks' if wanted[0] else 'now asks'} for JSON"
        )
        return
    gone, come = [name for name in old if name not in new], [name for name in new if name not in old]
    if gone:
        yield Fact(kind="output-field", why=f"the text no longer names the field {_names(gone)}")
    if come:
        yield Fact(kind="output-field-added", why=f"the text names a new field, {_names(come)}")


def _sections(before: str, after: str) -> Iterator[Fact]:
    old, new = _asked(before), _asked(after)
    gone, come = [name for name in old if name not in new], [name for name in new if name not in old]
    if gone:
        yield Fact(kind="output-field", why=f"the text no longer asks for the section {_names(gone)}")
    if come:
        yield Fact(kind="output-field-added", why=f"the text asks for a new section, {_names(come)}")


def _asked(text: str) -> dict[str, None]:
    return dict.fromkeys(quoted.strip() or plain for quoted, plain in _SECTION.findall(text))


def _edits(before: str, after: str) -> Iterator[Fact]:
    found = edits(before, after)
    yield from _told("added", found.added)
    yield from _told("removed", found.removed)
    for old, new in found.edited:
        words = tokens(old), tokens(new)
        heavy = weighty(*words)
        if heavy is not None:
            yield Fact(kind="weighty-words", why=_weighty(heavy, new))
        elif rewritten(*words):
            yield Fact(kind="instructions", why=f"instruction rewritten: {_short(old)} became {_short(new)}")


def _told(verb: str, texts: tuple[str, ...]) -> Iterator[Fact]:
    said = [text for text in texts if any(word[0].isalnum() for word in tokens(text))]
    if said:
        more = f" and {len(said) - 1:,} more" if len(said) > 1 else ""
        yield Fact(kind="instructions", why=f"instruction {verb}: {_short(said[0])}{more}")


def _weighty(heavy: Weighty, sentence: str) -> str:
    kinds = " and ".join(heavy.kinds)
    gone, come = (" ".join(words[:_WORDS]) for words in (heavy.before, heavy.after))
    if not gone:
        return f"{kinds} added: {_short(come)} in {_short(sentence)}"
    if not come:
        return f"{kinds} removed: {_short(gone)} before {_short(sentence)}"
    return f"{kinds} changed: {_short(gone)} became {_short(come)} in {_short(sentence)}"


def _quiet(before: str, after: str) -> str:
    """What is left when nothing weighs."""
    if before.split() == after.split():
        return "blanks or line ends changed"
    old, new = tokens(before), tokens(after)
    if old == new:
        return "capitals changed"
    gone, come = (" ".join(words[:_WORDS]) for words in changed_words(old, new))
    if not gone and not come:
        return "sentences or words changed places"
    if not gone or not come:
        return f"wording {'added' if come else 'removed'}: {_short(come or gone)}"
    return f"wording changed: {_short(gone)} became {_short(come)}"


def _names(fields: list[str]) -> str:
    more = f" and {len(fields) - 1:,} more" if len(fields) > 1 else ""
    return f"`{fields[0]}`{more}"


def _short(text: str) -> str:
    """A foreign text in quotes, on one line, cut."""
    line = " ".join(text.split())
    return f"\u201c{line if len(line) <= _SHOWN else line[: _SHOWN - 1] + chr(0x2026)}\u201d"
