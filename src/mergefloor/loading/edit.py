"""One scalar of a YAML text replaced, or one key entered; every other byte stays.

Where a value stands is what the parser itself says, not a search. The edited text is read again, and must hold the
old value with that one key changed: a proof, not a hope.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Literal, NamedTuple

import yaml

from mergefloor.core.types import Json
from mergefloor.errors import InputError
from mergefloor.loading.document import Keys, child
from mergefloor.loading.front_matter import block_span
from mergefloor.loading.limits import PROMPT
from mergefloor.loading.text import BOM, decode, line_at
from mergefloor.loading.yaml_file import parse_yaml

BY_HAND = "make this edit by hand"


class _Node(NamedTuple):
    """One value of a YAML text: where it begins and ends, and where its key begins. `style`: of a text its quotes, of a
    mapping `{` or ""."""

    kind: Literal["text", "mapping", "list"]
    start: int
    end: int
    style: str
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """A file as an editor sees it: the YAML in it, and what stands before and after."""

    path: str
    mark: bytes
    before: str
    yaml: str
    after: str

    def value(self, text: str) -> Json:
        """What this YAML says. InputError."""
        return parse_yaml(self.path, text, PROMPT).value

    def refuse(self, position: int, what: str) -> InputError:
        """The error at a position of the YAML."""
        line = line_at(self.before + self.yaml, len(self.before) + position)
        return InputError.at(self.path, line, what, BY_HAND)

    def proven(self, text: str, expected: Json, position: int) -> bytes:
        """The whole file with this YAML in it. InputError where it does not say what was meant."""
        try:
            said = self.value(text)
        except InputError:
            said = None
        if said != expected:
            raise self.refuse(position, "the value cannot be written here without changing something else")
        return self.mark + (self.before + text + self.after).encode("utf-8")


def rewritten(path: str, data: bytes, keys: Keys, value: str, *, front: bool = False) -> bytes:
    """The file with another text at `keys`; quotes, comments, line ends and the byte order mark stay.

    `front`: the YAML is the front matter. InputError where nothing is written there, or where it is not one plain or
    quoted text.
    """
    file = _opened(path, data, front=front)
    before = file.value(file.yaml)
    found = dict(_nodes(file.yaml)).get(keys)
    if found is None or found.kind != "text":
        raise file.refuse(0, f"there is no text at `{'.'.join(map(str, keys))}`")
    if found.style in ("|", ">"):
        raise file.refuse(found.start, f"`{'.'.join(map(str, keys))}` is written as a block")
    new = file.yaml[: found.start] + _scalar(value, found.style) + file.yaml[found.end :]
    return file.proven(new, _with(before, keys, value), found.start)


def entered(path: str, data: bytes, keys: Keys, value: str, *, after: str) -> bytes:
    """The file with a new key in the mapping that holds `after`: on the next line, indented alike, or in a mapping in
    braces right before its first key. InputError where there is no such key, or one line cannot be told from the next.
    """
    file = _opened(path, data, front=False)
    before = file.value(file.yaml)
    nodes = dict(_nodes(file.yaml))
    mapping, sibling = nodes.get(keys[:-1]), nodes.get((*keys[:-1], after))
    if mapping is None or sibling is None:
        raise file.refuse(0, f"there is no `{'.'.join(map(str, (*keys[:-1], after)))}`")
    expected, name = _with(before, keys, value), str(keys[-1])
    if mapping.style:
        new, position = _into_braces(file.yaml, mapping.end, name, value)
    else:
        new, position = _below(file.yaml, sibling, name, value)
    return file.proven(new, expected, position)


def _opened(path: str, data: bytes, *, front: bool) -> _Text:
    text = decode(path, data, PROMPT)
    start, end = 0, len(text)
    if front:
        span = block_span(path, text)
        if span is None:
            raise InputError.at(path, 1, "there is no front matter", BY_HAND)
        start, end = span
    mark = BOM if data.startswith(BOM) else b""
    return _Text(path=path, mark=mark, before=text[:start], yaml=text[start:end], after=text[end:])


def _nodes(text: str) -> Iterator[tuple[Keys, _Node]]:
    """Every value with its path of keys. The text was read before, so that it is sound."""
    stack: list[
        list[str | int | None]
    ] = []  # a mapping's key at hand (None: one is to come), a list's next index
    key = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            stack.pop()
            _move_on(stack)
        elif isinstance(event, yaml.ScalarEvent):
            if stack and stack[-1] == [None]:
                stack[-1], key = [event.value], event.start_mark.index if event.start_mark else 0
                continue
            yield _here(stack), _node(event, "text", event.style or "", key)
            _move_on(stack)
        elif isinstance(event, yaml.MappingStartEvent):
            yield _here(stack), _node(event, "mapping", "{" if event.flow_style else "", key)
            stack.append([None])
        elif isinstance(event, yaml.SequenceStartEvent):
            yield _here(stack), _node(event, "list", "", key)
            stack.append([0])


def _here(stack: list[list[str | int | None]]) -> Keys:
    return tuple(key for level in stack for key in level if key is not None)


def _node(event: yaml.NodeEvent, kind: Literal["text", "mapping", "list"], style: str, key: int) -> _Node:
    start, end = event.start_mark, event.end_mark
    return _Node(kind, start.index if start else 0, end.index if end else 0, style, key)


def _move_on(stack: list[list[str | int | None]]) -> None:
    """The entry at hand is complete."""
    if stack:
        key = stack[-1][0]
        stack[-1] = [key + 1] if isinstance(key, int) else [None]


def _with(value: Json, keys: Keys, text: str) -> Json:
    """The value with a text at a path of keys; the mapping that holds it is there."""
    made = deepcopy(value)
    inner = made
    for key in keys[:-1]:
        inner = child(inner, key)
    last = keys[-1]
    if isinstance(inner, list) and isinstance(last, int):
        inner[last] = text
    elif isinstance(inner, dict):
        inner[str(last)] = text
    return made


def _scalar(value: str, style: str | None) -> str:
    if style == '"':
        return json.dumps(value, ensure_ascii=False)
    return "'" + value.replace("'", "''") + "'" if style == "'" else value


def _into_braces(text: str, opened: int, name: str, value: str) -> tuple[str, int]:
    """Before the first key of a mapping in braces, which stands as that one does."""
    first = opened + len(text[opened:]) - len(text[opened:].lstrip())
    gap = text[opened:first]
    style = '"' if text[first] == '"' else None
    entry = f"{_scalar(name, style)}: {_scalar(value, style)}," + (gap if "\n" in gap else " ")
    return text[:first] + entry + text[first:], first


def _below(text: str, sibling: _Node, name: str, value: str) -> tuple[str, int]:
    """On a line of its own below the one on which a value ends, as far in as that value's key."""
    rest = text.find("\n", sibling.end)
    stop = len(text) if rest < 0 else rest
    ending = "\r\n" if text[:stop].endswith("\r") or (rest < 0 and "\r\n" in text) else "\n"
    stop -= text[:stop].endswith("\r")
    indent = " " * (sibling.key - text.rfind("\n", 0, sibling.key) - 1)
    return f"{text[:stop]}{ending}{indent}{name}: {value}{text[stop:]}", stop
