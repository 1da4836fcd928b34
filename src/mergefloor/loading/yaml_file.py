"""YAML -> Document. Only the parser's events are used: its composer recurses in C and dies on deep nesting (T61)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NoReturn

import yaml

from mergefloor.core.types import Json
from mergefloor.errors import InputError
from mergefloor.loading.builder import Builder, short
from mergefloor.loading.document import Document
from mergefloor.loading.limits import CONFIG, Limits
from mergefloor.loading.scalars import Refused, resolve
from mergefloor.loading.text import decode, line_at

# libyaml's event parser keeps its states on the heap, so events may be counted as they come; the pure-Python
# parser does the same, ten times slower.
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# YAML 1.1 ends a line at U+0085, U+2028 and U+2029, which no editor shows: keys could hide behind them.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPE = "remove it, or write it as an escape in double quotes"
_HINTS = {
    "mapping values are not allowed": "put a text that contains `: ` in quotes, or correct the indentation",
    "cannot start any token": "indent with spaces, and put a text that starts with @, ` or % in quotes",
    "did not find expected key": "correct the indentation, or close the quotes",
    "could not find expected ':'": "write `key: value`",
    "did not find expected '-' indicator": "indent every entry of the list alike",
}


def load_yaml(path: str, data: bytes, *, limits: Limits = CONFIG) -> Document:
    """Read one YAML document: no anchors, aliases, tags or merge keys; string keys, each once. Raises InputError."""
    return parse_yaml(path, decode(path, data, limits), limits)


def parse_yaml(path: str, text: str, limits: Limits) -> Document:
    """Read YAML that was decoded already. Raises InputError."""
    if found := _UNPRINTABLE.search(text):
        what = f"the character U+{ord(found.group()):04X} is not allowed in YAML"
        raise InputError.at(path, line_at(text, found.start()), what, _ESCAPE)
    last = line_at(text, len(text.rstrip()))
    # Bytes, and the text is let go: one rare character makes it four times as large in memory.
    data = text.encode()
    del text
    builder = Builder(path, limits)
    documents = 0
    for event in _events(data, last, builder):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                builder.stop(_line(event), "a second document starts here", "keep one document in a file")
        else:
            _take(event, builder)
    return builder.done()


def _events(data: bytes, last: int, builder: Builder) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(data, Loader=_PARSER)
    except yaml.MarkedYAMLError as error:
        _refuse(error, last, builder)
    except yaml.YAMLError as error:
        builder.stop(1, f"not valid YAML: {str(error).splitlines()[0]}", "correct the file")


def _refuse(error: yaml.MarkedYAMLError, last: int, builder: Builder) -> NoReturn:
    problem = error.problem or error.context or "syntax error"
    # What is never closed is noticed at the end of the file, after its last line.
    line = min(error.problem_mark.line + 1, last) if error.problem_mark else last
    what = f"not valid YAML: {problem}"
    if error.context_mark and error.context_mark.line + 1 < line:
        what += f" {error.context} from line {error.context_mark.line + 1}"
    builder.stop(line, what, _hint(problem))


def _take(event: yaml.Event, builder: Builder) -> None:
    if isinstance(event, yaml.ScalarEvent):
        _check(event, builder)
        _scalar(event, builder)
    elif isinstance(event, yaml.MappingStartEvent):
        _check(event, builder)
        _open(event, {}, builder)
    elif isinstance(event, yaml.SequenceStartEvent):
        _check(event, builder)
        _open(event, [], builder)
    elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
        builder.close()
    elif isinstance(event, yaml.AliasEvent):
        builder.problem(_line(event), f"the alias *{event.anchor} is not allowed", "write the value out")
        _fill(event, builder)


def _check(event: yaml.ScalarEvent | yaml.CollectionStartEvent, builder: Builder) -> None:
    if event.anchor is not None:
        builder.problem(_line(event), f"the anchor &{event.anchor} is not allowed", "remove it")
    if event.tag is not None:
        builder.problem(_line(event), f"the tag {short(event.tag)} is not allowed", "remove it")


def _scalar(event: yaml.ScalarEvent, builder: Builder) -> None:
    text: str = event.value
    line = _line(event)
    if len(text) > builder.limits.scalar:
        builder.problem(
            line, f"a text has {len(text):,} characters", f"keep it under {builder.limits.scalar:,}"
        )
    if "\0" in text:
        builder.problem(line, "a text contains a NUL character", "remove it")
    value = resolve(text) if event.implicit[0] else text
    if builder.wants_key:
        _key(value, text, line, builder)
    elif isinstance(value, Refused):
        builder.problem(line, value.what, value.fix)
        builder.put(None, line)
    elif isinstance(value, float) or (isinstance(value, int) and str(value) != text):
        builder.put(value, line, "" if str(value) == text or isinstance(value, bool) else text)
    else:
        builder.put(value, line)


def _key(value: Json | Refused, text: str, line: int, builder: Builder) -> None:
    if not isinstance(value, str):
        builder.problem(line, f"the key {short(text)} is not text", f'write it in quotes: `"{text[:40]}":`')
    elif value == "<<":
        builder.problem(line, "the merge key << is not allowed", "write the entries out")
    builder.key(text, line)


def _open(event: yaml.CollectionStartEvent, value: dict[str, Json] | list[Json], builder: Builder) -> None:
    if builder.wants_key:
        builder.stop(
            _line(event),
            "a mapping or list is used as a key",
            "use text as the key; a text like `{{name}}` needs quotes",
        )
    builder.open(value, _line(event))


def _fill(event: yaml.Event, builder: Builder) -> None:
    if builder.wants_key:
        builder.key("", _line(event))
    else:
        builder.put(None, _line(event))


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark else 1


def _hint(problem: str) -> str:
    return next((hint for part, hint in _HINTS.items() if part in problem), "correct the syntax there")
