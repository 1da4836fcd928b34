"""Variables that are replaced literally: `{{name}}` and `$name`. One pass, so a value is never rendered again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from mergefloor.core.types import Json

Fill: TypeAlias = "Callable[[str, Mapping[str, str]], str]"
_BRACES = re.compile(r"\{\{[ \t]*([\w.-]{1,200})[ \t]*\}\}")
_DOLLARS = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<name>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)\}|(?P<lone>))", re.ASCII
)


def brace_names(text: str) -> tuple[str, ...]:
    """The names in `{{name}}`, in order, each once."""
    return tuple(dict.fromkeys(match[1] for match in _BRACES.finditer(text)))


def fill_braces(text: str, values: Mapping[str, str]) -> str:
    """`{{name}}` and `{{ name }}` replaced; a name without a value stays as it is."""
    return _BRACES.sub(lambda match: values.get(match[1], match[0]), text)


def dollar_names(text: str) -> tuple[str, ...]:
    """The names in `$name` and `${name}`, in order, each once."""
    names = (match["name"] or match["braced"] for match in _DOLLARS.finditer(text))
    return tuple(dict.fromkeys(name for name in names if name))


def lone_dollars(text: str) -> tuple[int, ...]:
    """Where a `$` begins neither a variable nor `$$`: lines of the text, from 0."""
    found = (match.start() for match in _DOLLARS.finditer(text) if match["lone"] is not None)
    return tuple(text.count("\n", 0, start) for start in found)


def fill_dollars(text: str, values: Mapping[str, str]) -> str:
    """`$name`, `${name}` and `$$` replaced; a name without a value stays as it is."""

    def one(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        return values.get(match["name"] or match["braced"] or "", match[0])

    return _DOLLARS.sub(one, text)


def as_text(value: Json) -> str:
    """A value as it is put into a text: texts as they are, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def joined(texts: Sequence[str]) -> str:
    """Several texts as one, blank lines between."""
    return "\n\n".join(texts)
