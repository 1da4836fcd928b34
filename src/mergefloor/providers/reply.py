"""Reading what came back, whatever it is. Every function is total: any bytes give a value (R02)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from mergefloor.core.types import Message, Usage

# More tokens than any context holds: a number above it is no count.
MAX_TOKENS = 10**9
CHARACTERS_A_TOKEN = 4


def parse(data: bytes) -> object:
    """JSON, strictly: no NaN, no infinity. None for anything else (HTML, a cut body, nesting without end)."""
    try:
        return json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def mapping(value: object) -> Mapping[str, object]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> Sequence[object]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else ()


def text(value: object) -> str:
    """The value if it is a string, else "". Half a surrogate pair becomes U+FFFD, so that it can be written."""
    if not isinstance(value, str):
        return ""
    if value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def count(value: object) -> int | None:
    """A number of tokens, None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MAX_TOKENS else None


def guess(sent: Sequence[Message], got: str) -> Usage:
    """Where a provider does not say what it counted: 4 characters a token, so that the budget still holds."""
    return Usage(
        input_tokens=sum(len(m.content) for m in sent) // CHARACTERS_A_TOKEN,
        output_tokens=len(got) // CHARACTERS_A_TOKEN,
    )


def _refuse(constant: str) -> object:
    raise ValueError(constant)
