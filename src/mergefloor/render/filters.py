"""The three ways in which foreign text may enter a report (sink rules; T50-T53, T55, T57, T59).

    fence   model output, questions, reasons: a block of plain text that nothing can break out of
    cell    ids, paths, model names: one word of safe characters, everything else as `\\u{..}`
    said    a sentence of somebody else's inside one of ours: a piece of code
    log     lines of a terminal or of CI: prefixed, nothing unprintable, no workflow command
Sentences that mix our words with foreign names pass `prose`: no markup but `code`, no link, no mention.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata

WIDTH = 80
NAME_LIMIT = 120
PROSE_LIMIT = 400
SAID_LIMIT = 200
FENCE_PREFIX = "\u2502 "
LOG_PREFIX = "| "
TAB = "    "

# `recall@5` is the name of a metric; an @ that could begin a mention is not let through.
_NOT_CELL = re.compile(r"[^A-Za-z0-9._/@-]|(?<![A-Za-z0-9])@|@(?!\d)")
_NOT_CODE = re.compile(r"[^A-Za-z0-9 .,;:()%'\"+=?!/_{}$*\[\]-]")
# Letters and digits of every script; the four Hangul fillers are letters that nobody sees.
_NOT_SAID = re.compile(r"[^\w .,;:()%'\"+=?!/{}$*\[\]-]|[\u115f\u1160\u3164\uffa0]")
# In this order: what GitHub links without any markup (addresses, GH-12) and what begins a comment, what Markdown
# reads as markup, the rest.
_NOT_PROSE = re.compile(
    r"""(?P<link>:(?=//)|<(?=!)|(?<=[Ww]{3})\.|(?<=[Gg][Hh])-(?=\d))
      |(?P<markup>[\\*_\[\]<>|~&$]|\A[-+=])
      |(?P<other>[^A-Za-z0-9 .,;:()%'"+=?!/{}\u2192\u2212\u00b7\u2026\u2013\u2265\u2264-])""",
    re.VERBOSE,
)
_ORDINAL = re.compile(r"\A(\d+)([.)])(?=\s|\Z)")
_BREAK = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_UNUSUAL = re.compile(r"[^\x20-\x7e\n]")
_BACKTICKS = re.compile(r"`+")
_COMMAND = re.compile(r":(?=:)|##(?=\[)")
# Joiners shape letters and emoji; every other character without a shape of its own is shown by its number.
_JOINERS = frozenset("\u200c\u200d")
_SELECTORS = range(0xE0000, 0xE0200)


def escaped(text: str) -> str:
    """Every character as `\\u{hex}`."""
    return "".join(f"\\u{{{ord(character):x}}}" for character in text)


def cell(text: str, limit: int = NAME_LIMIT) -> str:
    """A name for a table, a heading or a summary: letters, digits and `. _ / -`; about `limit` characters."""
    shown = _NOT_CELL.sub(lambda match: escaped(match[0]), text[:limit])
    if len(shown) > limit:
        return f"{shown[: limit + 1].rpartition(chr(92))[0]}..."
    return f"{shown}..." if len(text) > limit else shown or "-"


def code(text: str) -> str:
    """What a code span may hold: plain ASCII, no backtick, no HTML."""
    return _NOT_CODE.sub(lambda match: escaped(match[0]), text)


def said(text: str, limit: int = SAID_LIMIT) -> str:
    """What a code span may hold of a foreign sentence: one line, letters of every script, `limit` characters or so."""
    line = " ".join((text if len(text) <= limit else f"{text[:limit]}...").split()).replace("`", "'")
    shown = _NOT_SAID.sub(lambda match: escaped(match[0]), line)
    if len(shown) > 2 * limit:
        shown = f"{shown[: 2 * limit].rpartition(chr(92))[0]}..."
    return shown.strip() or "-"


def prose(text: str, limit: int = PROSE_LIMIT) -> str:
    """A sentence for Markdown: `code` in backticks stays code; the rest can be no markup, link or mention.

    At most 2 * `limit` characters come out: what is mostly escapes is cut shorter.
    """
    shown = _prose(text, limit)
    while len(shown) > 2 * limit and len(text) > 1:
        text = text[: len(text) // 2 if len(text) <= limit else limit]
        shown = _prose(text, limit)
    return shown


def _prose(text: str, limit: int) -> str:
    cut = " ".join((text if len(text) <= limit else f"{text[:limit]}...").split())
    parts = cut.split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = [f"{parts[-2]}'{parts[-1]}"]
    return "".join(_prose_part(part, index % 2 == 1) for index, part in enumerate(parts))


def _prose_part(text: str, is_code: bool) -> str:
    if is_code:
        return f"`{code(text)}`" if text.strip() else ""
    return _ORDINAL.sub(r"\1\\\2", _NOT_PROSE.sub(_prose_character, text))


def _prose_character(match: re.Match[str]) -> str:
    return f"\\{match[0]}" if match["markup"] else escaped(match[0])


def fence(text: str, width: int = WIDTH) -> str:
    """A fenced block of plain text, each line prefixed, wrapped at `width`, the fence longer than any run inside."""
    shown = visible(text).replace("<!--", "<! --")
    lines = [f"{FENCE_PREFIX}{row}".rstrip() for line in shown.split("\n") for row in _wrapped(line, width)]
    ticks = "`" * max(3, 1 + max(map(len, _BACKTICKS.findall(shown)), default=0))
    return "\n".join((f"{ticks}text", *lines, ticks))


def visible(text: str) -> str:
    """Text in which every character shows: one kind of line break, no control, what is hidden as `\\u{..}`."""
    return _UNUSUAL.sub(lambda match: _visible(match[0]), _BREAK.sub("\n", text))


def _visible(character: str) -> str:
    if character == "\n" or character in _JOINERS:
        return character
    if character == "\t":
        return TAB
    category = unicodedata.category(character)
    if category in {"Cc", "Cs"}:
        return "\ufffd"
    hidden = category in {"Cf", "Co", "Cn"} or ord(character) in _SELECTORS
    return escaped(character) if hidden else character


def _wrapped(line: str, width: int) -> list[str]:
    """At least one row a line; long words are cut, since GitHub does not wrap code."""
    return textwrap.wrap(line, width, replace_whitespace=False, break_on_hyphens=False) or [""]


def log(text: str, width: int | None = None) -> str:
    """Foreign text for a log: every line prefixed, so that it can neither command nor pass for ours."""
    lines = _BREAK.sub("\n", text).split("\n")
    rows = (row for line in lines for row in (_wrapped(inline(line), width) if width else [inline(line)]))
    return "\n".join(f"{LOG_PREFIX}{row}" for row in rows)


def inline(text: str) -> str:
    """One line for a log: what cannot be printed is written as `\\u{..}`, `::` and `##[` are broken."""
    shown = "".join(c if c.isprintable() else " " if c == "\t" else escaped(c) for c in text)
    return _COMMAND.sub(lambda match: match[0] + "\\", shown)
