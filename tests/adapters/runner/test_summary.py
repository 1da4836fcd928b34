"""The page of a run: whole blocks, under the limit at which GitHub drops it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mergefloor.runner.summary import NOTE, blocks, fitted

PIECES = st.sampled_from(
    [
        "words\n", "\n", "```text\n", "```\n", "````\n", "~~~\n", "<details>\n", "</details>\n", "| a | b |\n", "# T\n",
        "  ```\n", "``` not ` a fence\n", "<details><summary>x</summary>\n",
    ]
)  # fmt: skip


def test_fitted__with_room__is_the_text() -> None:
    assert fitted("# Title\n\nwords\n\n\n", 1_000) == "# Title\n\nwords\n\n"
    assert fitted("  \n", 1_000) == ""


def test_fitted__without_room__ends_between_blocks_with_a_note() -> None:
    block = "```text\n\u2502 a\n\n\u2502 b\n```\n\n"
    found = fitted(block * 100, 1_000)
    assert len(found.encode()) <= 1_000
    assert found.endswith(NOTE)
    assert found.removesuffix(NOTE).replace(block, "") == ""


def test_fitted__a_fold__is_kept_or_left_whole() -> None:
    fold = "<details><summary>case</summary>\n\n```text\n\u2502 x\n```\n\n</details>\n\n"
    for room in range(300, 900, 7):
        found = fitted("verdict\n\n" + fold * 50, room)
        assert found.removesuffix(NOTE).removeprefix("verdict\n\n").replace(fold, "") == ""
    assert found.count("<details>") > 2


def test_blocks__a_longer_fence__is_not_closed_by_a_shorter_one() -> None:
    fenced = "````text\n```\n\nwords\n````\n\n"
    assert list(blocks(fenced + "after\n")) == [fenced, "after\n"]


def test_fitted__no_room_at_all__is_empty() -> None:
    assert fitted("words " * 100, 10) == ""
    assert fitted("words " * 100, -5) == ""
    assert fitted("words " * 100, len(NOTE)) == NOTE


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join), st.integers(0, 400))
def test_fitted__any_markdown__fits_and_closes_its_fences(text: str, room: int) -> None:
    assert "".join(blocks(text)) == text
    found = fitted(text, room)
    assert len(found.encode()) <= room
    if found.endswith(NOTE):
        kept = found.removesuffix(NOTE)
        assert text.startswith(kept)
        # The note is a paragraph of its own: not inside a fence that the cut left open.
        last = MarkdownIt().parse(found)[-3:]
        assert [token.type for token in last] == ["paragraph_open", "inline", "paragraph_close"]
        assert last[1].content == NOTE.strip()
