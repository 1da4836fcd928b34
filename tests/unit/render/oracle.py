"""What a Markdown reader makes of a comment: the CommonMark parser decides, not a regular expression of ours."""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>")
OURS = {"details", "summary", "code", "sub"}
LINKED = re.compile(r"(?i)https?://|www\.|\bgh-\d|(?<![\w`])@\w|#\d|\w@\w")
COMMAND = re.compile(r"^\s*[/@]|^bors ")


@dataclass(frozen=True)
class Reading:
    """Text that is read as text, text in fences, every HTML tag, and tokens that must not exist."""

    plain: list[str]
    fenced: list[str]
    tags: list[tuple[str, str, str]]
    html: list[str]
    other: list[str]


def read(markdown):
    reading = Reading([], [], [], [], [])
    for token in PARSER.parse(markdown):
        if token.type == "fence":
            reading.fenced.append(token.content)
            assert token.info == "text"
        elif token.type == "html_block":
            _html(token.content, reading)
        elif token.type in {"code_block", "blockquote_open"}:
            reading.other.append(token.type)
        for child in token.children or ():
            if child.type == "text":
                reading.plain.append(child.content)
            elif child.type == "html_inline":
                _html(child.content, reading)
            elif child.type != "code_inline":
                reading.other.append(child.type)
    return reading


def _html(content, reading):
    reading.html.append(content)
    reading.tags.extend(TAG.findall(content))
    reading.plain.append(re.sub(r"<code>[^<]*</code>|<[^<>]*>", "", content))


def assert_safe(markdown, canary):
    """No foreign text outside fences; no link, image, mention or HTML but ours; nothing is left open."""
    reading = read(markdown)
    for text in reading.plain:
        assert canary not in text
        assert not LINKED.search(text), text
    assert {name for _, name, _ in reading.tags} <= OURS
    assert all(attributes in {"", " open"} for _, _, attributes in reading.tags)
    for name in OURS:
        opened = sum(tag == name and not slash for slash, tag, _ in reading.tags)
        assert opened == sum(tag == name and bool(slash) for slash, tag, _ in reading.tags), name
    assert not any("<!--" in html for html in reading.html[1:])
    assert not {"link_open", "image", "s_open", "em_open", "code_block"} & set(reading.other)
    for line in markdown.splitlines():
        assert not COMMAND.match(line), line
    assert len(markdown.encode()) <= 60_000
    return reading
