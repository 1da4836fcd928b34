import pytest

from mergefloor.core.types import Place
from mergefloor.loading import Document, load_yaml

DOCUMENT = load_yaml("a.yml", b"a:\n  - b: 1\n  - c\n")


@pytest.mark.parametrize(
    ("keys", "line"),
    [((), 1), (("a", 0, "b"), 2), (("a", 0, "zz"), 2), (("a", 1, "deeper"), 3), (("a", 9), 1), (("zz",), 1)],
)
def test_line__unknown_entry__is_its_nearest_ancestor(keys: tuple[str | int, ...], line: int) -> None:
    assert DOCUMENT.line(*keys) == line
    assert DOCUMENT.place(*keys) == Place(path="a.yml", line=line)


@pytest.mark.parametrize("keys", [("b",), ("a", 2), ("a", -1), ("a", "0"), ("a", 0, "b", 0), (0,)])
def test_at__no_such_entry__key_error(keys: tuple[str | int, ...]) -> None:
    with pytest.raises(KeyError):
        DOCUMENT.at(*keys)
    assert keys not in DOCUMENT.lines


def test_document__lines_as_a_plain_mapping__work_too() -> None:
    row = Document(path="a.csv", value={"a": "1"}, lines={(): 9})
    assert (row.line("a"), row.text("a")) == (9, "1")
