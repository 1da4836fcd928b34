"""What a Markdown reader makes of a comment: the CommonMark parser decides, not a regular expression of ours."""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>")
OURS = {"details", "summary", "code", "sub"}
LINKED = re.compile(r"(?i)https?://|www\.|\bgh-\d|(?<![\w`])@\w|#\d|\w@\w")
# Tags, direction marks, zero width: what a reviewer does not see and a machine reads (T59).
HIDDEN = re.compile("[\U000e0000-\U000e007f\u200b\u202a-\u202e\u2060-\u2069\ufeff]")
OUR_COMMENT = re.compile(r"<!-- mergefloor:[^<> ]+ -->|<!-- mergefloor-state \{[^<>]*\} -->")
COMMAND = re.compile(r"^\s*[/@]|^bors ")


@dataclass(frozen=True)
class Reading:
    """Text that is read as text, text in fences, every HTML tag, and tokens that must not exist."""

    plain: list[str]
    fenced: list[str]
    tags: list[tuple[str, str, str]]
    html: list[str]
    other: list[str]
    links: list[str]
    lines: list[str]


def read(markdown):
    reading = Reading([], [], [], [], [], [], markdown.splitlines())
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
            elif child.type == "link_open":
                reading.links.append(child.attrGet("href"))
            elif child.type != "code_inline":
                reading.other.append(child.type)
    return reading


def _html(content, reading):
    reading.html.append(content)
    reading.tags.extend(TAG.findall(content))
    reading.plain.append(re.sub(r"<code>[^<]*</code>|<[^<>]*>", "", content))


def assert_safe(markdown, canary, *, markers=1, links=frozenset(), limit=60_000):
    """No foreign text outside fences; no link, image, mention or HTML but ours; nothing is left open.

    `markers`: HTML comments that the first lines are; `links`: addresses of ours; `limit`: UTF-8 bytes.
    """
    reading = read(markdown)
    for text in reading.plain:
        assert canary not in text
        assert not LINKED.search(text), text
    assert {name for _, name, _ in reading.tags} <= OURS
    assert all(attributes in {"", " open"} for _, _, attributes in reading.tags)
    for name in OURS:
        opened = sum(tag == name and not slash for slash, tag, _ in reading.tags)
        assert opened == sum(tag == name and bool(slash) for slash, tag, _ in reading.tags), name
    assert markdown.count("<!--") == sum("<!--" in line for line in reading.lines[:markers])
    assert all(OUR_COMMENT.fullmatch(line) for line in reading.lines[:markers] if "<!--" in line)
    assert set(reading.links) <= set(links)
    assert not {"image", "s_open", "em_open", "code_block"} & set(reading.other)
    for line in reading.lines:
        assert not COMMAND.match(line), line
    assert not HIDDEN.search(markdown)
    assert len(markdown.encode()) <= limit
    return reading
