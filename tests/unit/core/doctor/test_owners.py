"""Who owns a file, as CODEOWNERS says it (T23): the last line that matches counts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.doctor.owners import Owners, covers, read_owners, unowned


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("*", ["a", "x/y/z.js"], []),
        ("*.yml", ["mergefloor.yml", ".github/workflows/a.yml"], ["a.yaml", "yml"]),
        ("/mergefloor.yml", ["mergefloor.yml"], ["sub/mergefloor.yml"]),
        ("mergefloor.yml", ["mergefloor.yml", "sub/mergefloor.yml"], ["xmergefloor.yml"]),
        ("/evals/", ["evals/a.yaml", "evals/b/c.yaml"], ["evals", "x/evals/a.yaml"]),
        ("evals/", ["evals/a.yaml", "x/evals/a.yaml"], ["evals"]),
        ("/evals", ["evals", "evals/a.yaml"], ["evals2/a.yaml"]),
        ("evals/*", ["evals/a.yaml"], ["evals/b/c.yaml", "x/evals/a.yaml"]),
        ("/*", ["a"], ["a/b"]),
        ("/evals/**", ["evals/a", "evals/b/c"], ["evals"]),
        ("**/workflows", ["workflows/a", ".github/workflows/a"], ["workflow/a"]),
        (".github/**/*.yml", [".github/a.yml", ".github/x/y/a.yml"], ["a.yml", ".github/a.yaml"]),
        ("**", ["a", "b/c"], []),
        ("/a?c/[x]", ["abc/[x]"], ["abc/x", "ac/[x]"]),
        ("/", [], ["a", "a/b"]),
    ],
)
def test_covers__as_gitignore_means_it(pattern: str, yes: list[str], no: list[str]) -> None:
    assert [path for path in yes if not covers(pattern, path)] == []
    assert [path for path in no if covers(pattern, path)] == []


def test_owners__last_match_wins_and_a_line_without_owners_takes_away() -> None:
    owners = read_owners(
        "CODEOWNERS",
        "# everybody\n*  @acme/all # yes\n\n/evals/ @ada eve@example.org\n/evals/free/\n/with\\ space/ @bo\n",
    )
    assert owners.owned("README.md")
    assert owners.owned("evals/a.yaml")
    assert not owners.owned("evals/free/a.yaml")
    assert owners.owned("with space/a")
    assert not read_owners("CODEOWNERS", "# nothing\n").owned("a")


def test_unowned__names_the_files_and_the_lines_to_write() -> None:
    watched = {"/mergefloor.yml": ["mergefloor.yml"], "/evals/": [f"evals/{n}.yaml" for n in range(5)]}
    (finding,) = unowned(None, watched)
    assert (finding.rule, finding.level) == ("no-code-owners", "warning")
    assert "mergefloor.yml, evals/0.yaml, evals/1.yaml and 3 more" in finding.what
    assert finding.fix.splitlines() == [
        "write in .github/CODEOWNERS",
        "/mergefloor.yml @OWNER",
        "/evals/ @OWNER",
    ]
    half = Owners(path="CODEOWNERS", rules=(("/evals/", True),))
    (finding,) = unowned(half, watched)
    assert finding.fix.splitlines() == ["write in CODEOWNERS", "/mergefloor.yml @OWNER"]
    assert not list(unowned(Owners(path="CODEOWNERS", rules=(("*", True),)), watched))


def test_covers__hostile_pattern__no_backtracking() -> None:
    started = time.process_time()
    assert not covers("/".join(["**", "a*a*a*a*a*a*b"] * 200), "/".join(["a" * 200] * 100))
    assert time.process_time() - started < 5


@given(st.text(alphabet="a*?/[]\\. #@", max_size=20), st.text(alphabet="ab/.", min_size=1, max_size=12))
def test_read_owners__any_text__answers(line: str, path: str) -> None:
    assert read_owners("CODEOWNERS", line).owned(path) in {True, False}
