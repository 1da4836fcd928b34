import pytest

from mergefloor.errors import InputError
from mergefloor.loading import split_front_matter


def test_front_matter__present__body_and_lines_are_kept() -> None:
    block, body, first = split_front_matter(
        "p.md", b"---\r\nversion: 1.10\r\nmodel: x\r\n---\r\nHello\r\n---\r\nyou\r\n"
    )
    assert block is not None
    assert block.value == {"version": 1.1, "model": "x"}
    assert (block.line("model"), block.text("version")) == (3, "1.10")
    assert (body, first) == ("Hello\r\n---\r\nyou\r\n", 5)


@pytest.mark.parametrize("text", ["Hello", "", "\n---\na: 1\n---\n", "--- \nx"[4:], "----\nx\n---\n", "---"])
def test_front_matter__absent__whole_text_is_body(text: str) -> None:
    assert split_front_matter("p.md", text.encode()) == (None, text, 1)


def test_front_matter__empty__is_an_empty_mapping() -> None:
    block, body, first = split_front_matter("p.md", b"---\n---\nHello")
    assert block is not None
    assert (block.value, block.line("version"), body, first) == ({}, 1, "Hello", 3)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"---\na: 1\n", "p.md:1: the front matter is not closed; end it with a line `---`"),
        (b"---\nHello\n---\n", "p.md:2: the front matter is not a mapping"),
        (b"---\na: 1\nb: [\n---\nx", "p.md:3: not valid YAML"),
        (b"---\na: 1\na: 2\n---\nx", "p.md:3: duplicate key 'a' (first on line 2)"),
        (b"\xff", "p.md:1: byte 0xff is not valid UTF-8"),
    ],
)
def test_front_matter__broken__is_told_with_the_line_of_the_file(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        split_front_matter("p.md", data)
    assert str(caught.value).startswith(says)


def test_front_matter__closed_at_the_end_of_the_file__body_is_empty() -> None:
    assert split_front_matter("p.md", b"---\na: 1\n---")[1] == ""
