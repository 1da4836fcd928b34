"""A validator's errors -> our problems, each with the line of the very entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from mergefloor.core.types import Json, Problem
from mergefloor.golden.wording import NOUNS, Sentence, sentence, wrong_type
from mergefloor.loading import Document
from mergefloor.loading.document import Keys, child


def problems_of(error: ValidationError, document: Document, *prefix: str | int) -> tuple[Problem, ...]:
    """One problem an entry; `prefix` is where in the document the validated data lies."""
    data = document.at(*prefix)
    grouped: dict[Keys, list[Any]] = {}
    for each in error.errors(include_url=False):
        grouped.setdefault(_located(data, each["loc"], each["type"]), []).append(each)
    found = []
    for keys, errors in grouped.items():
        for what, fix in _sentences(keys, errors, grouped):
            place = document.place(*prefix, *keys)
            found.append(Problem(place=place, what=f"{_named(keys, prefix)} {what}", fix=fix))
    return tuple(sorted(found, key=lambda problem: problem.place.line))


def _located(data: Json, loc: Sequence[str | int], kind: str) -> Keys:
    """The path of an error without the names of union members, which stand in `loc` but not in the file."""
    keys: list[str | int] = []
    for part in loc:
        try:
            data = child(data, part)
        except KeyError:
            continue
        keys.append(part)
    return (*keys, loc[-1]) if kind == "missing" else tuple(keys)


def _sentences(keys: Keys, errors: Sequence[Any], grouped: dict[Keys, list[Any]]) -> list[Sentence]:
    types = [NOUNS[each["type"]] for each in errors if each["type"] in NOUNS]
    others = [each for each in errors if each["type"] not in NOUNS]
    told = [
        sentence(e["type"], {"key": keys[-1] if keys else "", **e.get("ctx", {})}, e["input"]) for e in others
    ]
    # A union that failed on the inside of its mapping also says that the entry is no text: not worth telling.
    deeper = any(len(other) > len(keys) and other[: len(keys)] == keys for other in grouped)
    if types and not others and not deeper:
        told.append(wrong_type(types, errors[0]["input"]))
    return list(dict.fromkeys(told))


def _named(keys: Keys, prefix: Keys) -> str:
    name = ""
    for key in keys or _tail(prefix):
        name += f"[{key + 1}]" if isinstance(key, int) else f".{key}" if name else str(key)
    return f"`{name}`" if name else "the file"


def _tail(prefix: Keys) -> Keys:
    """The last named part of a path: `graders[2]` rather than `[2]`."""
    start = max((index for index, key in enumerate(prefix) if isinstance(key, str)), default=0)
    return prefix[start:]
