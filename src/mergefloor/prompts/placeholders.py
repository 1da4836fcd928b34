"""Variables that are replaced literally: `{{name}}` and `$name`. One pass, so a value is never rendered again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from mergefloor.core.types import Json

Fill: TypeAlias = "Callable[[str, Mapping[str, str]], str]"
LONGEST = 1024 * 1024
_BRACES = re.compile(r"\{\{[ \t]*([\w.-]{1,200})[ \t]*\}\}")
_DOLLARS = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<name>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)\}|(?P<lone>))", re.ASCII
)


class TooLongError(ValueError):
    """A filled text has more than LONGEST characters: many places times a long value."""


def brace_names(text: str) -> tuple[str, ...]:
    """The names in `{{name}}`, in order, each once."""
    return tuple(dict.fromkeys(match[1] for match in _BRACES.finditer(text)))


def fill_braces(text: str, values: Mapping[str, str]) -> str:
    """`{{name}}` and `{{ name }}` replaced; a name without a value stays as it is. Raises TooLongError."""
    return _fill(_BRACES, text, lambda match: values.get(match[1], match[0]))


def dollar_names(text: str) -> tuple[str, ...]:
    """The names in `$name` and `${name}`, in order, each once."""
    names = (match["name"] or match["braced"] for match in _DOLLARS.finditer(text))
    return tuple(dict.fromkeys(name for name in names if name))


def lone_dollars(text: str) -> Iterator[str]:
    """The beginnings of what follows where a `$` begins neither a variable nor `$$`."""
    for match in _DOLLARS.finditer(text):
        if match["lone"] is not None:
            yield text[match.start() : match.start() + 20].split("\n", maxsplit=1)[0]


def fill_dollars(text: str, values: Mapping[str, str]) -> str:
    """`$name`, `${name}` and `$$` replaced; a name without a value stays as it is. Raises TooLongError."""

    def one(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        return values.get(match["name"] or match["braced"] or "", match[0])

    return _fill(_DOLLARS, text, one)


def as_text(value: Json) -> str:
    """A value as it is put into a text: texts as they are, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def joined(texts: Sequence[str]) -> str:
    """Several texts as one, blank lines between."""
    return "\n\n".join(texts)


def _fill(pattern: re.Pattern[str], text: str, value_of: Callable[[re.Match[str]], str]) -> str:
    """Replace, but count first: a thousand places of a long value would not fit into memory."""
    length = len(text)

    def counted(match: re.Match[str]) -> str:
        nonlocal length
        value = value_of(match)
        length += len(value) - len(match[0])
        if length > LONGEST + len(text):
            raise TooLongError(f"the filled text has more than {LONGEST:,} characters")
        return value

    return pattern.sub(counted, text)
