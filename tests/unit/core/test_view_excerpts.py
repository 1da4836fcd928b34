import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.excerpts import LIMIT, LINES, READ, difference, excerpt, readable


def same(text):
    return text


def without_key(text):
    return text.replace("KEY-123456", "*")


def test_excerpt__short_text__is_whole():
    assert excerpt("one\ntwo", same) == "one\ntwo"


def test_excerpt__long_text__is_cut_with_a_sign():
    assert excerpt("x" * 400, same) == "x" * LIMIT + "…"
    assert excerpt("x" * LIMIT, same) == "x" * LIMIT


def test_excerpt__many_lines__are_cut_with_a_sign():
    assert excerpt("a\n" * 50, same) == "a\n" * (LINES - 1) + "a…"


@pytest.mark.parametrize("place", [LIMIT - 4, READ - 4, READ - 1])
def test_excerpt__secret_across_a_cut__leaves_no_half(place):
    text = "y" * place + "KEY-123456" + "z" * 100
    assert "KEY" not in readable(text, without_key)
    assert "KEY" not in excerpt(text, without_key)


def test_excerpt__secrets_that_shrink_the_text__leave_no_half_at_the_end():
    text = "KEY-123456" * 1_999 + "x" * 4 + "KEY-12" + "3456 and more" * 10
    assert "KEY" not in excerpt(text, without_key)


def test_difference__a_word_changed__is_marked():
    found = difference(
        "yours is covered for 24 months from now", "yours is covered for 12 months from now", same
    )
    assert found.marked == "yours is covered for [-24-]{+12+} months from now"


def test_difference__word_added_and_word_gone__are_marked_with_their_space():
    found = difference("one two three four five", "one two more three five", same)
    assert found.marked == "one two {+more+} three [-four-] five"


def test_difference__little_in_common__is_two_texts():
    found = difference("yes, of course", "I cannot help with that", same)
    assert (found.base, found.head, found.marked) == ("yes, of course", "I cannot help with that", None)


def test_difference__equal_texts__have_no_marks():
    assert difference("same", "same", same).marked is None


def test_difference__far_inside__both_windows_show_it():
    common = "word " * 300
    found = difference(f"{common}old end", f"{common}new end", same)
    assert found.base.startswith("…word ")
    assert found.base.endswith("old end")
    assert found.head.endswith("new end")
    assert found.marked is not None
    assert found.marked.endswith("[-old-]{+new+} end")


def test_difference__no_space_before_it__starts_anyway():
    found = difference("a" * 500 + "b", "a" * 500 + "c", same)
    assert found.base == "…" + "a" * 60 + "b"


@given(st.text(max_size=900), st.text(max_size=900), st.text(max_size=900))
def test_difference__any_texts__are_bounded(common, base, head):
    found = difference(common + base, common + head, same)
    assert max(len(found.base), len(found.head)) <= LIMIT + 2
    assert found.marked is None or len(found.marked) <= 6 * LIMIT
