"""Text files with a YAML block between `---` lines at the top."""

from __future__ import annotations

import re

from mergefloor.errors import InputError
from mergefloor.loading.document import Document
from mergefloor.loading.limits import PROMPT, Limits
from mergefloor.loading.text import decode, line_at
from mergefloor.loading.yaml_file import parse_yaml

_OPENS = re.compile(r"---[ \t]*\r?\n")
_CLOSES = re.compile(r"^---[ \t]*\r?(?:\n|\Z)", re.MULTILINE)


def split_front_matter(
    path: str, data: bytes, *, limits: Limits = PROMPT
) -> tuple[Document | None, str, int]:
    """The front matter (None when there is none), the body with its line ends kept, and the body's first line.

    An empty block is an empty mapping. Raises InputError when the block is not closed or not a mapping.
    """
    text = decode(path, data, limits)
    found = _block(path, text)
    if found is None:
        return None, text, 1
    start, end, body = found
    block = parse_yaml(path, "\n" + text[start:end], limits)
    if block.value is None:
        block = Document(path=path, value={}, lines={(): 1})
    if not isinstance(block.value, dict):
        what = "the front matter is not a mapping"
        raise InputError.at(path, 2, what, "write `key: value` lines, or begin the file without `---`")
    return block, text[body:], line_at(text, body)


def block_span(path: str, text: str) -> tuple[int, int] | None:
    """Where the YAML of the front matter begins and ends; None when there is none. InputError when it is not closed."""
    found = _block(path, text)
    return None if found is None else found[:2]


def _block(path: str, text: str) -> tuple[int, int, int] | None:
    """Where the YAML begins, where it ends, and where the body begins."""
    opening = _OPENS.match(text)
    if opening is None:
        return None
    closing = _CLOSES.search(text, opening.end())
    if closing is None:
        raise InputError.at(path, 1, "the front matter is not closed", "end it with a line `---`")
    return opening.end(), closing.start(), closing.end()
