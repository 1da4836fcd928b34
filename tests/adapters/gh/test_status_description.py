from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.gh.description import description


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_description__that_fits__stays() -> None:
    assert description("x" * 140) == "x" * 140
    assert description("Do not merge: 12 of 200 cases broke") == "Do not merge: 12 of 200 cases broke"


def test_description__too_long__is_cut_at_a_word() -> None:
    cut = description("evaluation " * 30)
    assert cut == "evaluation " * 11 + "evaluation…"
    assert units(cut) == 132
    assert units(description("metric " * 30)) == 140


def test_description__word_ends_exactly_there__is_kept_whole() -> None:
    assert description("x" * 139 + " more") == "x" * 139 + "…"


def test_description__punctuation_before_the_cut__goes() -> None:
    assert description("x" * 120 + ", " + "y" * 60) == "x" * 120 + "…"


def test_description__one_long_word__is_cut_inside() -> None:
    assert description("x" * 300) == "x" * 139 + "…"
    assert description("ab " + "x" * 300) == "ab " + "x" * 136 + "…"


def test_description__pairs__are_counted_twice_and_never_split() -> None:
    cut = description("x" + "\U0001f600" * 100)
    assert cut == "x" + "\U0001f600" * 69 + "…"
    assert units(cut) == 140


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\r\ntwo\tthree\x1b[31m", "one two three [31m"),
        ("a\u202eb\u200bc\u2066d", "abcd"),
        ("half \ud83d here", "half \ufffd here"),
        ("  \n ", ""),
        ("a\u2028b\x00c", "a b c"),
    ],
)
def test_description__what_a_line_must_not_hold__is_taken_out(text: str, shown: str) -> None:
    assert description(text) == shown


@given(st.text(st.characters(), max_size=400))
def test_description__of_any_text__is_one_line_that_github_takes(text: str) -> None:
    made = description(text)
    assert units(made) <= 140
    made.encode()
    assert not {unicodedata.category(c) for c in made} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert made == made.strip()
    assert description(made) == made
