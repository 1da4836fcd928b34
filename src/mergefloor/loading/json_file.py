"""JSON -> Document. A loop over tokens, not a recursion: nesting costs memory of ours, never the C stack (T63)."""

from __future__ import annotations

import json
import math
import re
from typing import Literal, NamedTuple, TypeAlias

from mergefloor.core.types import Json
from mergefloor.loading.builder import Builder, short
from mergefloor.loading.document import Document
from mergefloor.loading.limits import DATA, Limits
from mergefloor.loading.text import decode

MAX_DIGITS = 18
MAX_NUMBER = 40
WIDEST_ESCAPE = 12  # characters that write a single one: a surrogate pair
_TOKEN = re.compile(
    r'[ \t\r]*+(?:(?P<string>"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+")'
    r"|(?P<mark>[\[\]{},:])|(?P<break>\n)|(?P<number>-?[0-9][0-9.eE+-]*+)|(?P<word>-?[A-Za-z]++)"
    r"|(?P<end>\Z)|(?P<bad>.))",
    re.DOTALL,
)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<float>(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS: dict[str, Json] = {"true": True, "false": False, "null": None}
_NON_FINITE = frozenset({"NaN", "Infinity", "-Infinity"})
_SCALARS = frozenset({"string", "number", "word"})

State: TypeAlias = Literal["value", "first value", "key", "first key", "colon", "next", "end"]
_WANTED: dict[State, str] = {
    "value": "a value",
    "first value": "a value or `]`",
    "key": "a key in double quotes",
    "first key": "a key in double quotes or `}`",
    "colon": "`:`",
    "next": "`,` or the closing bracket",
    "end": "the end of the file",
}


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def load_json(path: str, data: bytes, *, limits: Limits = DATA, line: int = 1) -> Document:
    """Read one JSON value with the line of every entry; `line` is the first one's. Raises InputError."""
    return parse_json(decode(path, data, limits), Builder(path, limits), line=line)


def parse_json(text: str, builder: Builder, *, line: int = 1) -> Document:
    """Read JSON that was decoded already and begins on `line`. Raises InputError."""
    state: State = "value"
    longest = builder.limits.scalar * WIDEST_ESCAPE
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "end"
        if kind == "break":
            line += 1
            continue
        if found.end() - found.start() > longest:
            builder.stop(line, "a text is too long", f"keep it under {builder.limits.scalar:,} characters")
        if kind == "end" and state == "end":
            break
        state = _step(state, _Token(kind, found[kind], line), builder)
    return builder.done()


def _step(state: State, token: _Token, builder: Builder) -> State:
    if state in ("value", "first value"):
        if token.text == "{":
            builder.open({}, token.line)
            return "first key"
        if token.text == "[":
            builder.open([], token.line)
            return "first value"
        if token.kind in _SCALARS:
            _scalar(token, builder)
            return _after(builder)
    elif token.kind == "string" and state in ("key", "first key"):
        builder.key(_string(token, builder), token.line)
        return "colon"
    elif token.text == ":" and state == "colon":
        return "value"
    elif token.text == "," and state == "next":
        return "key" if builder.inside == "mapping" else "value"
    if _closes(state, token, builder):
        builder.close()
        return _after(builder)
    return _refuse(state, token, builder)


def _closes(state: State, token: _Token, builder: Builder) -> bool:
    if token.text == "]":
        return state == "first value" or (state == "next" and builder.inside == "list")
    return token.text == "}" and (state == "first key" or (state == "next" and builder.inside == "mapping"))


def _after(builder: Builder) -> State:
    return "end" if builder.inside == "nothing" else "next"


def _refuse(state: State, token: _Token, builder: Builder) -> State:
    if token.text == '"':
        builder.stop(
            token.line,
            "not valid JSON: a string is not closed, or holds a tab or a line break",
            r"close it, or write \t and \n",
        )
    found = "the file ends" if token.kind == "end" else f"{short(token.text)} stands"
    builder.stop(
        token.line, f"not valid JSON: {found} where {_WANTED[state]} belongs", "correct the syntax there"
    )


def _scalar(token: _Token, builder: Builder) -> None:
    if token.kind == "string":
        builder.put(_string(token, builder), token.line)
    elif token.kind == "number":
        _number(token, builder)
    elif token.text in _WORDS:
        builder.put(_WORDS[token.text], token.line)
    elif token.text in _NON_FINITE:
        builder.problem(token.line, f"the number {token.text} is not finite", "use a finite number or null")
        builder.put(None, token.line)
    else:
        builder.stop(token.line, f"not valid JSON: {short(token.text)}", "put a text in double quotes")


def _string(token: _Token, builder: Builder) -> str:
    text = token.text[1:-1]
    if "\\" in text:
        text = _unescaped(token, builder)
    if len(text) > builder.limits.scalar:
        builder.problem(
            token.line, f"a text has {len(text):,} characters", f"keep it under {builder.limits.scalar:,}"
        )
    return text


def _unescaped(token: _Token, builder: Builder) -> str:
    try:
        text = str(json.loads(token.text))
    except ValueError:
        builder.stop(
            token.line, f"not valid JSON: a wrong escape in {short(token.text)}", r"write a backslash as `\\`"
        )
    if _SURROGATE.search(text):
        builder.problem(token.line, "a text contains half of a surrogate pair", "write the whole character")
    if "\0" in text:
        builder.problem(token.line, "a text contains a NUL character", "remove it")
    return text


def _number(token: _Token, builder: Builder) -> None:
    found = _NUMBER.match(token.text)
    if found is None:
        builder.stop(
            token.line, f"not valid JSON: {short(token.text)} is not a number", "correct it or quote it"
        )
    if not found.group("float"):
        _integer(token, builder)
    elif len(token.text) > MAX_NUMBER:
        builder.problem(
            token.line, f"a number has more than {MAX_NUMBER} characters", "shorten it or quote it"
        )
        builder.put(None, token.line)
    else:
        _float(token, builder)


def _integer(token: _Token, builder: Builder) -> None:
    if len(token.text.removeprefix("-")) > MAX_DIGITS:
        what = f"the whole number {token.text[:20]}... has more than {MAX_DIGITS} digits"
        builder.problem(token.line, what, "put it in quotes if it is an identifier")
        builder.put(None, token.line)
    else:
        builder.put(int(token.text), token.line)


def _float(token: _Token, builder: Builder) -> None:
    number = float(token.text)
    if math.isinf(number):
        builder.problem(token.line, f"the number {token.text} is not finite", "use a finite number or null")
        builder.put(None, token.line)
    else:
        builder.put(number, token.line, "" if str(number) == token.text else token.text)
