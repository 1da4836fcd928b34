"""Which script a letter belongs to, and which letters of other scripts look like Latin ones."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Letters that most typefaces draw like Latin ones (Unicode TS 39 calls them confusable), case by case.
CYRILLIC = frozenset("аеорсухіјѕһԁԛԝѵүӏԍ" + "АВЕКМНОРСТХУЅІЈҮԌԚԜӀ")
GREEK_ALWAYS = frozenset("ο" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
# These also stand for quantities and kinds (TNFα, νmax): they deceive only between Latin letters.
GREEK_BETWEEN = frozenset("αινρυγκ")
LATIN = frozenset("aceijopsxy" + "ABCEHIJKMOPSTXY")
# Scripts that no word shares with Latin letters, so that any mixture is meant to deceive.
NEVER_MIXED = frozenset({"ARMENIAN", "CHEROKEE", "COPTIC", "DESERET", "LISU", "OSAGE", "TIFINAGH", "OLD"})


_EMOJI_TOO = frozenset("#*0123456789\u203c\u2049\u3030\u303d\u2139\ufe0f\u20e3")
_SYMBOLS = ("So", "Sm", "Sk")
_WITH_JOINERS = (
    "ARABIC SYRIAC MONGOLIAN NKO DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU KANNADA MALAYALAM "
    "SINHALA MYANMAR KHMER TIBETAN THAI LAO BALINESE JAVANESE SUNDANESE TAI CHAM MEETEI NEWA TIRHUTA MODI "
    "SHARADA GRANTHA CHAKMA PHAGS-PA MANDAIC MANICHAEAN SOGDIAN HANIFI ADLAM BATAK LEPCHA LIMBU KAITHI"
)
_JOINING = frozenset(_WITH_JOINERS.split())


@lru_cache(maxsize=8192)
def script_of(char: str) -> str:
    """The first word of a character's name: LATIN, CYRILLIC, GREEK, MATHEMATICAL; "" for no character."""
    return unicodedata.name(char, "").partition(" ")[0] if char else ""


def joins(char: str) -> bool:
    """Whether a character's script shapes its letters with joiners, or breaks words without spaces."""
    return script_of(char) in _JOINING


def pictorial(char: str) -> bool:
    """Whether a character is a symbol that can be drawn as an emoji."""
    return bool(char) and (unicodedata.category(char) in _SYMBOLS or char in _EMOJI_TOO)
