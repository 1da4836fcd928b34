"""Text that reads like a prompt, in files that no suite covers: code, data and documents (T31).

A guess by design: the signs are chosen so that ordinary code and documents stay unflagged; a prompt that is written
like none of them stays unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mergefloor.core.integrity.prompt_signs import (
    ADDRESS,
    FENCED,
    HEADING,
    LITERAL,
    MESSAGE,
    NAMED,
    OPENING,
    ORDER,
    PERSONA,
    REMARK,
    SYSTEM_KEY,
)

_CODE = "py js ts jsx tsx mjs cjs go rb java kt cs php rs swift scala ex ipynb"
_PROSE = "md txt j2 jinja jinja2 hbs mustache prompt tmpl"
CODE, PROSE = (tuple(f".{end}" for end in ends.split()) for ends in (_CODE, _PROSE))
DATA = (".json", ".jsonl", ".yaml", ".yml", ".toml")
LONGEST = 1_000_000  # characters of added text that are looked at
BEGINNING = 600  # characters within which prose says to whom it speaks
PERSON = 200  # characters that a persona may take
SHOWN = 200  # characters of the evidence
LITERAL_PART = 400  # characters of a text in code that are looked at
WORDS = 5  # a shorter text is a label


def prompt_like(path: str, added: Sequence[str]) -> str | None:
    """The words that give an added text away as a prompt; None where it reads like ordinary code or prose."""
    name = path.lower()
    text = "\n".join(added)[:LONGEST]
    if name.endswith(PROSE):
        text = FENCED.sub("", text)
        at = _in_prose(text)
    elif name.endswith(CODE):
        text = REMARK.sub("", text)
        at = _in_code(text, data=False)
    else:
        at = _in_code(text, data=True) if name.endswith(DATA) else None
    return None if at is None else _words_at(text, at)


def _in_prose(text: str) -> int | None:
    """Prose speaks to a model when it begins with a persona, or addresses it under headings that set out a task."""
    start = text[:BEGINNING]
    persona = _persona(start)
    if persona is not None:
        return persona
    address = ADDRESS.search(start)
    orders = sum(1 for _ in zip(ORDER.finditer(text), range(2), strict=False))
    headings = sum(1 for _ in zip(HEADING.finditer(text), range(2), strict=False))
    return address.start() if address and headings and headings + orders >= 2 else None  # noqa: PLR2004 - both signs


def _in_code(text: str, *, data: bool) -> int | None:
    """Code and data hold a prompt in a text that opens with a persona, is a system message, or is named so."""
    persona = _persona(text)
    if persona is not None:
        return persona
    named = next(_named(text, data=data), None)
    if named is not None:
        return named
    opening = OPENING.search(text)
    orders = sum(1 for _ in zip(ORDER.finditer(text), range(1), strict=False))
    return opening.end() if opening and orders and "you" in opening[0].lower() else None


def _persona(text: str) -> int | None:
    """Where a text opens with who the model is."""
    for opening in OPENING.finditer(text):
        persona = PERSONA.search(text, opening.start(), opening.end() + PERSON)
        if persona is not None and persona.start() < opening.end():
            return persona.start()
    return None


def _named(text: str, *, data: bool) -> Iterator[int]:
    for pattern in (MESSAGE, NAMED, *([SYSTEM_KEY] if data else [])):
        for match in pattern.finditer(text):
            if _long(text, match.end(), data=data):
                yield match.end()


def _long(text: str, at: int, *, data: bool) -> bool:
    """Whether a literal of several words begins here. In data, texts need no quotes."""
    opened = LITERAL.match(text, at)
    if opened is None and not data:
        return False
    start = opened.end() if opened else at
    inner = text[start : start + LITERAL_PART]
    closing = (opened[1] if opened else "\n") or "\n\n"
    return len(inner.partition(closing)[0].split()) >= WORDS


def _words_at(text: str, at: int) -> str:
    start = text.rfind("\n", 0, at) + 1
    return " ".join(text[start : start + SHOWN].split())
