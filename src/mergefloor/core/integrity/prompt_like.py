"""Text that reads like a prompt, in files that no suite covers: code, data and documents (T31).

A guess by design: signs are weighed so that ordinary code and documents stay unflagged; a prompt that is written
like none of them stays unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_CODE = "py js ts jsx tsx mjs cjs go rb java kt cs php rs swift scala ex ipynb"
_DATA = "json jsonl yaml yml toml"
_PROSE = "md txt j2 jinja jinja2 hbs mustache prompt tmpl"
CODE, DATA, PROSE = (tuple(f".{ending}" for ending in group.split()) for group in (_CODE, _DATA, _PROSE))
LONGEST = 1_000_000  # characters of added text that are looked at
ENOUGH = 3  # weight of signs that makes a text a prompt
MOST_ORDERS = 2  # orders weigh one each; prose is full of them
LITERAL = 400  # characters of a text in code that are looked at
WORDS = 5  # a shorter text is a label

_ROLES = (
    "assistant|agent|expert|bot|chatbot|helper|analyst|translator|tutor|writer|editor|engineer|developer|classifier|"
    "reviewer|summari[sz]er|specialist|advisor|consultant|teacher|judge|evaluator|researcher|ai|llm|language model"
)
# Who the model is to be: the surest sign. Bounded repeats, so that no text makes the search slow.
_PERSONA = re.compile(
    rf"\b(?:you are|you're|act as|your role is to be)\s+(?:an?|the|our)\s+(?:[\w'-]{{1,30}},?\s+){{0,6}}?(?:{_ROLES})\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"""(?:["'`>|]|[:=][ \t]{0,4}|^)[ \t]{0,8}(?:\\n)?you are (?:an?|the|our|now)\s+\w""", re.I | re.M
)
_ORDER = re.compile(
    r"\b(?:you (?:must|should|will|always|never|can only|may only)\b|your (?:task|job|goal|answer|response|reply) |"
    r"(?:always|never|only) (?:answer|respond|reply|mention|output|say|give|reveal|make up)\b|"
    r"(?:answer|respond|reply) (?:in|with|only|to the|as|briefly|politely|concisely)\b|"
    r"do not (?:answer|mention|make up|invent|reveal|output|apologi[sz]e)\b|output only\b|think step by step|"
    r"if you (?:don't|do not) know\b|the user'?s? (?:question|message|input|query|asks)\b)",
    re.IGNORECASE,
)
_MESSAGE = re.compile(
    r"""role["']?\s{0,4}[:=]>?\s{0,4}["']?(?:system|developer)\b["']?[\s,}{-]{0,20}["']?content["']?\s{0,4}[:=]>?\s{0,4}""",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"""\b(?:system|developer|base|default|llm)_?(?:prompt|message|instructions?)(?:_?(?:text|template))?["']?"""
    r"""(?:\s{0,2}:\s{0,2}\w{1,20})?\s{0,4}[:=]\s{0,4}\(?\s{0,8}""",
    re.IGNORECASE,
)
_SYSTEM_KEY = re.compile(r"""^\s{0,20}["']?system["']?\s{0,2}:\s{0,4}""", re.IGNORECASE | re.MULTILINE)
_LITERAL = re.compile(r"""(?:[frbu]{0,2}("{3}|'{3}|["'`])|[|>][+-]?[ \t]*\n)""", re.IGNORECASE)
_REMARK = re.compile(r"^\s*(?:#|//|/?\*).*$", re.MULTILINE)
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def prompt_like(path: str, added: Sequence[str]) -> str | None:
    """The line that gives an added text away as a prompt; None where it reads like ordinary code or prose."""
    name = path.lower()
    text = "\n".join(added)[:LONGEST]
    if name.endswith(PROSE):
        text = _FENCED.sub("", text)
        signs = [*_spoken(text), *_orders(text)]
    elif name.endswith(CODE + DATA):
        text = _REMARK.sub("", text) if name.endswith(CODE) else text
        signs = [*_written(text, data=name.endswith(DATA)), *_orders(text)]
    else:
        return None
    if sum(weight for weight, _ in signs) < ENOUGH or signs[0][0] == 1:
        return None
    return _line_at(text, signs[0][1])


def _spoken(text: str) -> Iterator[tuple[int, int]]:
    """Prose speaks to a model when it says at the beginning of a line who the model is."""
    for match in _OPENING.finditer(text):
        persona = _PERSONA.match(text, text.lower().find("you are", match.start()))
        if persona is not None:
            yield 2, match.start()
            return


def _written(text: str, *, data: bool) -> Iterator[tuple[int, int]]:
    """Code and data hold a prompt in a text that opens with a persona, is a system message, or is named so."""
    opening = _OPENING.search(text)
    if opening is not None:
        yield (ENOUGH if _PERSONA.search(text, opening.start(), opening.end() + 200) else 2), opening.end()
    for pattern in (_MESSAGE, _NAMED, *([_SYSTEM_KEY] if data else [])):
        found = next((match for match in pattern.finditer(text) if _long(text, match.end(), data=data)), None)
        if found is not None:
            yield ENOUGH, found.end()


def _orders(text: str) -> Iterator[tuple[int, int]]:
    for count, match in enumerate(_ORDER.finditer(text)):
        if count == MOST_ORDERS:
            return
        yield 1, match.start()


def _long(text: str, at: int, *, data: bool) -> bool:
    """Whether a literal of several words begins here. In data, texts need no quotes."""
    opened = _LITERAL.match(text, at)
    if opened is None and not data:
        return False
    start = opened.end() if opened else at
    inner = text[start : start + LITERAL]
    mark = opened[1] if opened else "\n"
    return len((inner.partition(mark)[0] if mark else inner).split()) >= WORDS


def _line_at(text: str, at: int) -> str:
    start = text.rfind("\n", 0, at) + 1
    return text[start:].partition("\n")[0].strip()
