"""GitHub's answers taken apart. A field that is missing or of another type is a HubError that names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, TypeAlias

from mergefloor.core.types import Json
from mergefloor.errors import HubError

Answer: TypeAlias = "Json | Mapping[str, Json]"
FIX = "run it again; if it stays, this version of GitHub answers in another shape than api.github.com"


def found(answer: Answer, *keys: str) -> Json:
    """The value at a path of keys; None where it is not, or something on the way is null."""
    value: Answer = answer
    for key in keys:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return dict(value) if isinstance(value, Mapping) else value


def text(answer: Answer, *keys: str) -> str:
    """The text at a path of keys. HubError when there is none."""
    value = found(answer, *keys)
    return value if isinstance(value, str) else _refuse("text", value, keys)


def whole(answer: Answer, *keys: str) -> int:
    """The whole number at a path of keys; GraphQL writes the large ones as texts. HubError when there is none."""
    value = found(answer, *keys)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else _refuse("number", value, keys)


def flag(answer: Answer, *keys: str) -> bool:
    """True or false at a path of keys. HubError when there is neither."""
    value = found(answer, *keys)
    return value if isinstance(value, bool) else _refuse("true or false", value, keys)


def row(answer: Json) -> dict[str, Json]:
    """An object. HubError when it is none."""
    return answer if isinstance(answer, dict) else _refuse("object", answer, ())


def rows(answer: Answer, *keys: str) -> list[Json]:
    """The list at a path of keys, without its nulls. HubError when there is none."""
    value = found(answer, *keys)
    if not isinstance(value, list):
        _refuse("list", value, keys)
    return [item for item in value if item is not None]


def _refuse(wanted: str, value: Json, keys: tuple[str, ...]) -> NoReturn:
    where = ".".join(keys) or "the answer"
    raise HubError(f"GitHub's answer has no {wanted} at {where!r}, but {type(value).__name__}", FIX)
