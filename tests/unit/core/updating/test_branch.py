"""The branch's name: always one that git takes, and one a pair of models."""

from __future__ import annotations

import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.updating.branch import branch_of


def test_branch_of__two_plain_names__is_readable() -> None:
    found = branch_of("openai/gpt-4-0613", "openai/gpt-5-2026-01-01")
    assert found == "mergefloor/update/openai-gpt-4-0613-to-openai-gpt-5-2026-01-01"


@pytest.mark.parametrize(
    "name", ["a/..", "a/x.lock", "a/.x.", "a/x~^:?*[\\ y", "a/\u202ex", "a/" + "x" * 300, "/"]
)
def test_branch_of__names_that_git_refuses__are_mended_and_marked(name: str) -> None:
    found = branch_of(name, "b/c")
    assert subprocess.run(["git", "check-ref-format", f"refs/heads/{found}"], check=False).returncode == 0
    assert found != branch_of(name.replace("~", "!") + "~", "b/c")
    assert len(found) < 200


@given(st.text(max_size=100), st.text(max_size=100))
def test_branch_of__anything__is_a_ref(old: str, new: str) -> None:
    found = branch_of(old, new)
    assert re.fullmatch(r"mergefloor/update/[A-Za-z0-9._-]+", found)
    assert ".." not in found
    assert not found.endswith((".", ".lock"))
