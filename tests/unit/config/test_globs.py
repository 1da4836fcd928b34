"""The globs of golden and watch."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mergefloor.config import matches, select

TABLE = [
    ("a.yaml", "a.yaml", True),
    ("a.yaml", "A.yaml", False),
    ("*.yaml", "a.yaml", True),
    ("*.yaml", "d/a.yaml", False),
    ("*.yaml", ".hidden.yaml", True),
    ("*.yaml", "a.yaml.bak", False),
    ("evals/*.yaml", "evals/a.yaml", True),
    ("evals/*.yaml", "evals/d/a.yaml", False),
    ("evals/*/x", "evals//x", True),
    ("src/rag/**", "src/rag/a.py", True),
    ("src/rag/**", "src/rag/d/e/a.py", True),
    ("src/rag/**", "src/rag", True),
    ("src/rag/**", "src/ragged/a.py", False),
    ("**/a.md", "a.md", True),
    ("**/a.md", "x/y/a.md", True),
    ("**/a.md", "x/ya.md", False),
    ("a/**/b/**/c", "a/b/c", True),
    ("a/**/b/**/c", "a/1/b/2/3/b/4/c", True),
    ("a/**/b/**/c", "a/1/c", False),
    ("**", "any/thing", True),
    ("a**b", "axxb", True),
    ("a**b", "a/b", False),
    ("?.md", "a.md", True),
    ("?.md", ".md", False),
    ("?.md", "é.md", True),
    ("a?b", "a/b", False),
    ("[abc].md", "b.md", True),
    ("[a-c]x[0-9]", "bx7", True),
    ("[a-c].md", "d.md", False),
    ("[!a-c].md", "d.md", True),
    ("[^a-c].md", "a.md", False),
    ("[]x].md", "].md", True),
    ("[!]].md", "].md", False),
    ("[a-].md", "-.md", True),
    ("[.md", "[.md", True),
    ("[*]", "*", True),
    ("[*]", "a", False),
    ("a.b", "axb", False),
    ("(a|b)+", "(a|b)+", True),
    ("", "a", False),
]


@pytest.mark.parametrize(("pattern", "path", "expected"), TABLE)
def test_matches__table(pattern, path, expected):
    assert matches(pattern, path) is expected


def test_select__each_path_once_in_order():
    paths = ["b.yaml", "evals/z.yaml", "evals/a.yaml", "evals/a.csv"]
    assert select(["evals/*", "**/*.yaml"], paths) == (
        "b.yaml",
        "evals/a.csv",
        "evals/a.yaml",
        "evals/z.yaml",
    )
    assert select([], paths) == ()


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 400 + "b", "a" * 800),
        ("**/a/" * 150 + "b", "a/" * 400 + "c"),
        ("**/*a*a*a*a*a/" * 20 + "b", ("a" * 40 + "/") * 60),
        ("[a-z]*" * 200 + "!", "q" * 800),
    ],
)
def test_matches__patterns_made_to_blow_up__at_once(pattern, path):
    start = time.process_time()
    assert not matches(pattern, path)
    assert time.process_time() - start < 2


def oracle(pattern: str, path: str) -> bool:
    """The same language as a regular expression, without sets."""
    expression = ""
    parts = pattern.split("/")
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if part == "**":
            expression += "(?:[^/]+(?:/|$))*" if last else "(?:[^/]+/)*"
        else:
            inner = "".join({"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char)) for char in part)
            expression += inner if last else inner + "/"
    return re.fullmatch(expression, path) is not None


@given(
    st.lists(st.sampled_from(["**", "*", "a", "b", "a*", "*b", "?", "a?b*"]), min_size=1, max_size=5),
    st.lists(st.sampled_from(["a", "b", "ab", "aab", "bb", "axb"]), min_size=1, max_size=5),
)
@settings(max_examples=1500, deadline=None)
def test_matches__agrees_with_a_regular_expression(pattern, path):
    if pattern[-1] == "**" and len(pattern) > 1:
        pattern = [*pattern, "*"]  # a final `**` also names the folder itself, which the oracle does not say
    assert matches("/".join(pattern), "/".join(path)) is oracle("/".join(pattern), "/".join(path))
