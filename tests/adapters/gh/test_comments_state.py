from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.activity import RunStamp
from mergefloor.gh.comment_state import CommentState, read_state, state_line

SHA = "a" * 40


@given(
    run=st.integers(0, 10**15),
    attempt=st.integers(1, 1_000),
    started=st.floats(0, 4e9, allow_nan=False),
    sha=st.text(st.characters(exclude_characters='"\\', max_codepoint=0x7F, min_codepoint=0x20), max_size=64),
)
def test_state__written__is_read_back(run: int, attempt: int, started: float, sha: str) -> None:
    line = state_line(sha, RunStamp(run=run, attempt=attempt, started=started))
    assert "\n" not in line
    assert read_state(line) == CommentState(sha=sha, run=run, attempt=attempt, started=round(started, 6))


def test_state__line__is_as_documented() -> None:
    line = state_line("abc", RunStamp(run=7, attempt=2, started=1790000000.5))
    assert line == (
        '<!-- mergefloor-state {"v":1,"sha":"abc","run":7,"attempt":2,"started":1790000000.5} -->'
    )


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "null",
        "[1]",
        '{"v":1}',
        '{"v":1,"sha":"a","run":1,"attempt":1}',
        '{"v":2,"sha":"a","run":1,"attempt":1,"started":1}',
        '{"v":"1","sha":"a","run":1,"attempt":1,"started":1}',
        '{"v":true,"sha":"a","run":1,"attempt":1,"started":1}',
        '{"v":1,"sha":"a","run":1,"attempt":1,"started":1,"more":1}',
        '{"v":1,"v":1,"sha":"a","run":1,"attempt":1,"started":1}',
        '{"v":1,"sha":1,"run":1,"attempt":1,"started":1}',
        '{"v":1,"sha":"a","run":"1","attempt":1,"started":1}',
        '{"v":1,"sha":"a","run":true,"attempt":1,"started":1}',
        '{"v":1,"sha":"a","run":1.5,"attempt":1,"started":1}',
        '{"v":1,"sha":"a","run":1,"attempt":1,"started":true}',
        '{"v":1,"sha":"a","run":1,"attempt":1,"started":"1"}',
        '{"v":1,"sha":"a","run":1,"attempt":1,"started":NaN}',
        '{"v":1,"sha":"a","run":1,"attempt":1,"started":Infinity}',
        '{"v":1,"sha":"a","run":1,"attempt":1,"started":1e999}',
        "{'v':1,'sha':'a','run':1,'attempt':1,'started':1}",
        '{"v":1,"sha":"a","run":1,"attempt":1,"started":1,}',
        '{"v":1,"sha":"\ud800","run":1,"attempt":1,"started":1}',
        '{"v":1,"sha":"' + "a" * 2_000 + '","run":1,"attempt":1,"started":1}',
    ],
)
def test_state__anything_else__is_no_state(inside: str) -> None:
    assert read_state(f"<!-- mergefloor-state {inside} -->") is None


@given(st.text(max_size=200))
def test_state__any_text__is_no_state_without_a_mark_and_never_an_error(text: str) -> None:
    assert read_state(text.replace("<", "")) is None
    found = read_state(f"<!-- mergefloor-state {text} -->")
    assert found is None or found.sha in text


def test_state__order__is_start_then_run_then_attempt() -> None:
    def order(started: float, run: int, attempt: int) -> tuple[float, int, int]:
        return CommentState(sha=SHA, started=started, run=run, attempt=attempt).order

    assert order(2, 1, 1) > order(1, 9, 9)
    assert order(1, 2, 1) > order(1, 1, 9)
    assert order(1, 1, 2) > order(1, 1, 1)
