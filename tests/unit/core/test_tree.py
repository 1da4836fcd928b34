from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mergefloor.core.ports import Change, TreeEntry
from mergefloor.core.tree import LARGEST, compare, readable, shown
from mergefloor.core.types import Problem


def entry(blob="0" * 40, mode="100644", size=1):
    return TreeEntry(mode=mode, blob=blob, size=size)


PIECES = st.sampled_from(
    ["..", ".", "", "/", "a", "b", "A", "prompts", "a.md", "\0", "\n", "-rf", ":(glob)", "*", "é"]
)
PATHS = st.one_of(
    st.lists(PIECES, max_size=6).map("/".join), st.lists(PIECES, max_size=4).map("".join), st.text()
)


@given(PATHS)
@settings(max_examples=1000, deadline=None)
def test_readable__any_path__exact_entry_or_problem(path):
    """T07: a path is a key of the listing or nothing; no part of it is ever resolved."""
    files = {name: entry() for name in ("a", "prompts/a.md", "A", "-rf")}
    found = readable(files, path)
    if path in files:
        assert found is files[path]
        return
    assert isinstance(found, Problem)
    assert "is not in the repository" in str(found)
    assert "\n" not in str(found)


@pytest.mark.parametrize(
    ("given_entry", "why"),
    [
        (entry(mode="120000"), "is a symbolic link"),
        (entry(mode="160000"), "is a submodule"),
        (entry(mode="040000"), "has mode 040000"),
        (entry(mode="100664"), "has mode 100664"),
        (entry(size=LARGEST + 1), "has 52,428,801 bytes"),
    ],
)
def test_readable__no_regular_file_of_fair_size__problem_before_a_byte_is_read(given_entry, why):
    found = readable({"odd": given_entry}, "odd")
    assert isinstance(found, Problem)
    assert why in found.what


def test_readable__executable_of_the_largest_size__entry():
    assert readable({"x": entry(mode="100755", size=LARGEST)}, "x").size == LARGEST


def test_compare__every_kind_of_change__in_path_order_without_renames():
    base = {"same": entry(), "old.md": entry("1" * 40), "edit": entry("2" * 40), "mode": entry("3" * 40)}
    head = {
        "same": entry(),
        "new.md": entry("1" * 40),
        "edit": entry("4" * 40),
        "mode": entry("3" * 40, mode="100755"),
    }
    assert compare(base, head) == (
        Change(path="edit", kind="modified"),
        Change(path="mode", kind="modified"),
        Change(path="new.md", kind="added"),
        Change(path="old.md", kind="deleted"),
    )


def test_compare__change_in_file_3_500__found():
    """T33: whole trees, no list with a cap."""
    base = {f"f{n:04}": entry() for n in range(4000)}
    head = {**base, "f3500": entry("5" * 40)}
    assert compare(base, head) == (Change(path="f3500", kind="modified"),)


def test_shown__path_that_would_break_a_line__escaped():
    assert shown("a\nb") == "a\\nb"
    assert shown("é/ü.md") == "é/ü.md"
