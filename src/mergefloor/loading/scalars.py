"""The core schema of YAML, narrowed: what a plain scalar means (T62)."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from mergefloor.core.types import Json

_WORDS: dict[str, Json] = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER_STARTS = frozenset("+-.0123456789")
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NON_FINITE = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
MAX_DIGITS = 16
MAX_NUMBER = 40


class Refused(NamedTuple):
    """A scalar that is a number but not one we take: why, and what to do."""

    what: str
    fix: str


def resolve(text: str) -> Json | Refused:
    """The value of a plain scalar: true, false, null, a decimal int, a finite float, else the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if _INT.match(text):
        return _integer(text)
    if _FLOAT.match(text):
        return _float(text)
    if _NON_FINITE.match(text):
        return Refused(
            f"the number {text} is not finite", "use a finite number, or put it in quotes if it is text"
        )
    return text


def _integer(text: str) -> int | Refused:
    if len(text.lstrip("+-")) > MAX_DIGITS:
        what = f"the whole number {text[:20]}... has more than {MAX_DIGITS} digits"
        return Refused(what, "put it in quotes if it is an identifier")
    return int(text)


def _float(text: str) -> float | Refused:
    if len(text) > MAX_NUMBER:
        return Refused(
            f"the number {text[:20]}... has more than {MAX_NUMBER} characters", "shorten it or quote it"
        )
    number = float(text)
    if math.isinf(number):
        return Refused(
            f"the number {text} is not finite", "use a finite number, or put it in quotes if it is text"
        )
    return number
