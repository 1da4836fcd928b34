"""JSON as RFC 8259 means it, from text that a model wrote: anything that two parsers could read differently is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from mergefloor.core.types import Json

MAX_DEPTH = 40
MAX_DIGITS = 300  # more would overflow a double
MAX_TRIES = 200  # an output of 10^5 brackets must not be parsed 10^5 times


@dataclass(frozen=True, slots=True, kw_only=True)
class NotJson:
    """Why a text is not one strict JSON value."""

    why: str


class _Refused(ValueError):
    """Well-formed, but ambiguous or out of range."""


def parse(text: str) -> Json | NotJson:
    """The whole text as one JSON value: no NaN, no duplicate keys, no lone surrogates, at most 40 levels."""
    return _decode(text.strip(" \t\n\r"))


def first_value(text: str) -> Json | NotJson:
    """The first JSON value in prose: the whole text, else the first fenced block, else the first object or array."""
    whole = parse(text)
    if not isinstance(whole, NotJson):
        return whole
    fenced = _fenced(text)
    if fenced is not None:
        return parse(fenced)
    for start in _openings(text):
        try:
            _, end = json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        # Only what the strict parser accepts counts; a sloppy first value is not skipped for a later one.
        return parse(text[start:end])
    return NotJson(why="no JSON object, array or fenced block")


def identity(value: Json) -> str:
    """One text for equal JSON values: 1 and 1.0 are equal, 1 and true are not, key order does not count."""
    return json.dumps(_plain_numbers(value), ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _decode(text: str) -> Json | NotJson:
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_constant,
            parse_float=_finite,
            parse_int=_bounded,
        )
    except json.JSONDecodeError as error:
        return NotJson(why=f"{error.msg} at character {error.pos}")
    except RecursionError:
        return NotJson(why=f"nested deeper than {MAX_DEPTH} levels")
    except _Refused as error:
        return NotJson(why=str(error))
    return _sound(value)


def _sound(value: Json) -> Json | NotJson:
    for depth, item in _walk(value):
        if depth > MAX_DEPTH and isinstance(item, dict | list):
            return NotJson(why=f"nested deeper than {MAX_DEPTH} levels")
        keys = list(item) if isinstance(item, dict) else [item] if isinstance(item, str) else []
        if any("\ud800" <= char <= "\udfff" for key in keys if not key.isascii() for char in key):
            return NotJson(why="a lone surrogate")
    return value


def _walk(value: Json) -> Iterator[tuple[int, Json]]:
    stack: list[tuple[int, Json]] = [(1, value)]
    while stack:
        depth, item = stack.pop()
        yield depth, item
        if depth <= MAX_DEPTH and isinstance(item, dict | list):
            inner = item.values() if isinstance(item, dict) else item
            stack.extend((depth + 1, each) for each in inner)


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _Refused("a key occurs twice in one object")
    return value


def _constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Refused("a number is out of range")
    return number


def _bounded(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise _Refused("a number is out of range")
    return int(digits)


def _openings(text: str) -> list[int]:
    return [index for index, char in enumerate(text) if char in "{["][:MAX_TRIES]


def _fenced(text: str) -> str | None:
    """The inside of the first closed fenced block that says json or nothing."""
    info: str | None = None
    inside: list[str] = []
    for line in text.split("\n"):
        mark = line.strip()
        if not mark.startswith("```"):
            inside.append(line)
        elif info is None:
            info, inside = mark.strip("`").strip().lower(), []
        elif info in ("", "json"):
            return "\n".join(inside)
        else:
            info = None
    return None


def _plain_numbers(value: Json) -> Json:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain_numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain_numbers(item) for key, item in value.items()}
    return value
