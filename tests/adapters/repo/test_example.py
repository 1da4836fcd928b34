"""Examples: those that exist, those whose code can be imported, and the repository that one becomes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from mergefloor.errors import UsageError
from mergefloor.repo.example import build_example, check_example


def example(folder: Path, *, needs: str | None = None) -> Path:
    """Two steps: a file, and a change of it."""
    for step, text in (("01-first-things", "a\n"), ("02-second-thoughts", "b\n")):
        path = folder / "shop" / "commits" / step
        path.mkdir(parents=True)
        (path / "file.txt").write_text(text)
    if needs is not None:
        (folder / "shop/commits/01-first-things/requirements.in").write_text(needs)
    return folder / "shop"


def test_example__two_steps__a_branch_with_the_change(tmp_path: Path) -> None:
    source, target = example(tmp_path), tmp_path / "repo"
    target.mkdir()
    build_example(source, target, {"PATH": os.environ["PATH"]})
    told = subprocess.run(
        ["git", "log", "--format=%s", "main..change", "--"],
        cwd=target,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "second thoughts\n"


def test_example__an_unknown_name__names_those_there_are(tmp_path: Path) -> None:
    example(tmp_path)
    with pytest.raises(UsageError, match="there is no example 'shp'; the examples are shop"):
        check_example(tmp_path / "shp")


@pytest.mark.parametrize("needs", [None, "", "# nothing\n", "pytest\n", "pytest>=8  # here\nPyYAML==6\n"])
def test_example__whose_packages_are_installed__is_accepted(tmp_path: Path, needs: str | None) -> None:
    check_example(example(tmp_path, needs=needs))


def test_example__whose_packages_are_absent__names_them_and_what_to_type(tmp_path: Path) -> None:
    source = example(tmp_path, needs="pytest\nno-such-search>=1\nno.such.index==2\n")
    with pytest.raises(UsageError) as caught:
        check_example(source)
    assert caught.value.what == (
        "the code of the example 'shop' imports no-such-search, no.such.index, which is not installed"
    )
    assert "`make demo EXAMPLE=shop`" in caught.value.fix
