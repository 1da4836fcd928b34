"""Characters that nobody sees and every model reads: zero-width, tag, direction and filler characters (T40)."""

from __future__ import annotations

import unicodedata

from mergefloor.core.integrity.scripts import joins, pictorial, script_of

ZERO_WIDTH_SPACE, NON_JOINER, JOINER = "\u200b", "\u200c", "\u200d"
_MARKS = frozenset("\u200e\u200f\u061c")  # direction marks: part of honest Hebrew and Arabic
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2028\u2029\u2800\u3164\uffa0")
_CONTROLS = frozenset("\t\r\f")
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
_TEXT_OR_EMOJI = frozenset("\ufe0e\ufe0f")
_FREE_VARIATION = frozenset("\u180b\u180c\u180d\u180f")
# Format characters that are drawn: Arabic number signs, Syriac, Kaithi, Egyptian quadrats.
_DRAWN = frozenset(
    map(chr, (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD))
) | frozenset(map(chr, range(0x13430, 0x13440)))
_BLACK_FLAG, _CANCEL = "\U0001f3f4", "\U000e007f"
_TAGS = (0xE0000, 0xE007F)
_FLAGS = frozenset({"gbeng", "gbsct", "gbwls"})
LONGEST_FLAG = 7  # characters
_VARIED = frozenset({"CJK", "KANGXI", "MYANMAR", "PHAGS-PA", "MANICHAEAN", "EGYPTIAN"})


def hidden(line: str) -> tuple[str, ...]:
    """The characters of one line that hide something, in order. Those that a script or an emoji needs are none."""
    present = frozenset(line)
    if not any(map(_suspect, present)):
        return ()
    leftward = any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in present - _MARKS)
    return tuple(
        char for at, char in enumerate(line) if _suspect(char) and not _needed(line, at, leftward=leftward)
    )


def _suspect(char: str) -> bool:
    if char in _BLANK or char in _SELECTORS or char in _FREE_VARIATION:
        return True
    category = unicodedata.category(char)
    return (category == "Cf" and char not in _DRAWN) or (category == "Cc" and char not in _CONTROLS)


def _needed(line: str, at: int, *, leftward: bool) -> bool:
    """Whether the character has its honest place here; `leftward`: the line has letters that run to the left."""
    char = line[at]
    before, after = line[at - 1 : at], line[at + 1 : at + 2]
    if char in _SELECTORS:
        return _selects(char, before)
    if char in _FREE_VARIATION:
        return script_of(before) == "MONGOLIAN"
    if char in _MARKS:
        return leftward and before not in _MARKS
    if char in (NON_JOINER, ZERO_WIDTH_SPACE):
        return joins(before) or joins(after)
    if char == JOINER:
        return joins(before) or (pictorial(before) and pictorial(after))
    if _TAGS[0] <= ord(char) <= _TAGS[1]:
        return _flag(line, at)
    return char == "\u2800" and "\u2801" <= (before or after) <= "\u28ff"


def _selects(char: str, before: str) -> bool:
    if char in _TEXT_OR_EMOJI:
        return pictorial(before) and before not in _SELECTORS
    return script_of(before) in _VARIED or (char == "\ufe00" and pictorial(before))


def _flag(line: str, at: int) -> bool:
    """The three flags that are written with tags: a black flag, letters, and a tag that ends them."""
    start = line.rfind(_BLACK_FLAG, max(0, at - LONGEST_FLAG), at)
    end = line.find(_CANCEL, at, at + LONGEST_FLAG)
    if start < 0 or end < 0:
        return False
    letters = "".join(chr(ord(char) & 0x7F) for char in line[start + 1 : end])
    return letters in _FLAGS
