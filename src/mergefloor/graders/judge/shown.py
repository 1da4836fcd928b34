"""How foreign text is shown to a judge: without invisible characters, as JSON that cannot close its delimiters."""

from __future__ import annotations

import json
import re
from unicodedata import normalize

from mergefloor.core.types import Json

MARK_OPEN, MARK_CLOSE = "<<<", ">>>"

# Directional marks and overrides, zero-width characters, soft hyphen, variation selectors, tag characters: what
# a person does not see and a model reads (T27; Hackett et al. 2025 at LLMSec on such smuggling).
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
SURROGATE = re.compile("[\ud800-\udfff]")
# JSON leaves these as they are, and some readers take them for the end of a line.
LINE_ENDS = {"\x7f": "\\u007f", "\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def visible(text: str) -> str:
    """The text without invisible characters; a lone surrogate, which UTF-8 does not have, becomes U+FFFD."""
    return SURROGATE.sub("\ufffd", INVISIBLE.sub("", text))


def quoted(value: Json) -> str:
    """A value as JSON on one line, in which neither `<<<` nor `>>>` can occur."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    for char, escape in LINE_ENDS.items():
        line = line.replace(char, escape)
    # Outside its strings JSON has no angle brackets, and inside them an escape means the same.
    return line.replace(MARK_OPEN, "\\u003c" * 3).replace(MARK_CLOSE, "\\u003e" * 3)


def squeezed(text: str) -> str:
    """The form in which a quote is looked up: visible, NFC, every run of white space one blank."""
    return " ".join(normalize("NFC", visible(text)).split())


def quotable(candidate: str) -> tuple[str, str]:
    """What a judge may quote: the candidate as text, and in the JSON form that the judge saw; both squeezed."""
    return squeezed(candidate), squeezed(quoted(visible(candidate))[1:-1])


def repeats(reply: str, passages: tuple[str, str]) -> bool:
    """Whether the whole reply stands in the data, white space aside: then its verdict is that of whoever wrote the data."""
    said = squeezed(reply).replace(" ", "")
    return any(said in passage.replace(" ", "") for passage in passages)
