from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.word_diff import Edit, alike, marked, word_diff

TEXT = st.lists(st.sampled_from(["one", "two", "three", " ", "\n", "four,", "  "]), max_size=12).map("".join)


@given(TEXT, TEXT)
def test_word_diff__any_two_texts__can_be_put_together_again(base, head):
    edits = word_diff(base, head)
    assert "".join(edit.text for edit in edits if edit.kind != "new") == base
    assert "".join(edit.text for edit in edits if edit.kind != "gone") == head
    assert all(edit.text for edit in edits)


def test_word_diff__one_word__is_the_only_one_marked():
    edits = word_diff("covered for 24 months from now", "covered for 12 months from now")
    assert [(edit.kind, edit.text.strip()) for edit in edits] == [
        ("same", "covered for"),
        ("gone", "24"),
        ("new", "12"),
        ("same", "months from now"),
    ]


def test_word_diff__little_in_common__is_one_gone_and_one_new():
    edits = word_diff("yes, of course", "I cannot help with that")
    assert [edit.kind for edit in edits] == ["gone", "new"]
    assert not alike(edits)
    assert not alike(word_diff("a b c d", "d c b a"))


def test_word_diff__equal_or_empty__has_no_marks():
    assert word_diff("same", "same") == (Edit(kind="same", text="same"),)
    assert word_diff("", "") == ()
    assert [edit.kind for edit in word_diff("", "new")] == ["new"]


def test_marked__a_space_inside_a_mark__moves_behind_it():
    assert marked(word_diff("one two three four five", "one two more three five")) == (
        "one two {+more+} three [-four-] five"
    )
