"""What the drift watch gets of the history."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mergefloor.core.drift.series import Reset, Seen, Series
from mergefloor.core.history.case_set import CaseName, CaseSet
from mergefloor.core.history.entry import Entry, Judging, Point, PromptPin, Reading
from mergefloor.core.history.history import history_of
from mergefloor.core.history.watched import resets, watched

CASES = CaseSet(cases=(CaseName(id="a", content="1"), CaseName(id="b", content="2")))
READING = Reading(name="m", kind="score", value=0.5, cases=1, points=(Point(value=0.5, draws=3), None))
FIRST = Entry(
    id="1", at=1.0, sha="0", event="scheduled", suite="s", kind="regression", samples=3, readings=(READING,),
    case_set=CASES.hash, model="m1", prompt=PromptPin(path="p", version="1.0.0", hash="h1"),
    embedding_model="e1", golden="g1", judging=Judging(epoch="j1"),
)  # fmt: skip


def test_watched__scheduled_runs__have_cases_by_key() -> None:
    by_hand = replace(FIRST, id="2", at=2.0, event="push")
    history = history_of([FIRST, by_hand, replace(FIRST, id="3", at=3.0)], [CASES])
    series = watched(history, "s", "m")
    assert series is not None and series.kind == "score" and series.resets == ()
    assert [run.name for run in series.runs] == ["1", "3"]
    assert series.runs[0].cases == {"a@1": Seen(0.5, 3), "b@2": None}


def test_watched__another_kind_or_no_names__is_left_out() -> None:
    binary = replace(FIRST, readings=(replace(READING, kind="binary"),))
    nameless = replace(FIRST, id="2", at=2.0, case_set=None)
    history = history_of([binary, nameless, replace(FIRST, id="3", at=3.0)], [CASES])
    series = watched(history, "s", "m")
    assert series is not None and [run.name for run in series.runs] == ["3"]
    assert watched(history, "s", "never") is None
    assert watched(history_of([nameless]), "s", "m") is None


def test_resets__what_was_committed__begins_a_new_baseline() -> None:
    second = replace(FIRST, prompt=PromptPin(path="p", version="1.1.0", hash="h2"))
    unknown = replace(FIRST, model=None, prompt=None, embedding_model=None, golden=None, judging=Judging())
    last = replace(second, model="m2", embedding_model="e2", golden="g2", judging=Judging(epoch="j2"))
    found = resets([FIRST, FIRST, second, unknown, last])
    assert found == (
        Reset(index=2, why="prompt version"),
        Reset(index=2, why="prompt"),
        *(Reset(index=4, why=why) for why in ("pin", "embedding model", "judge epoch")),
    )


def of_cases(number: int, names: str, **but: Any) -> tuple[Entry, CaseSet]:
    """One run over cases of one letter each, all known."""
    cases = CaseSet(cases=tuple(CaseName(id=name, content="1") for name in names))
    point = Point(value=1.0, draws=1)
    reading = Reading(name="m", kind="score", value=1.0, cases=len(names), points=(point,) * len(names))
    entry = replace(FIRST, id=str(number), at=float(number), readings=(reading,), case_set=cases.hash)
    return replace(entry, **but), cases


def series(*runs: tuple[Entry, CaseSet]) -> Series:
    found = watched(history_of([entry for entry, _ in runs], [cases for _, cases in runs]), "s", "m")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "after", "another"),
    [
        ("abcd", "abcde", False),
        ("abcd", "cd", False),
        ("ab", "abcdefgh", False),
        ("abcd", "cdef", False),
        ("abcd", "defg", True),
        ("abcd", "wxyz", True),
    ],
)
def test_watched__another_golden_set__is_one_that_shares_less_than_half(
    before: str, after: str, another: bool
) -> None:
    found = series(of_cases(1, before), of_cases(2, after, golden="g2"))
    assert found.resets == ((Reset(index=1, why="golden set"),) if another else ())


def test_watched__acknowledged__begins_with_the_first_run_that_measured_it() -> None:
    blind = of_cases(3, "ab", readings=(), acknowledged=("m",))
    other = of_cases(2, "ab", acknowledged=("another",))
    assert series(of_cases(1, "ab"), other, blind, of_cases(4, "ab")).resets == (
        Reset(index=2, why="acknowledged"),
    )
    assert series(of_cases(1, "ab"), other, blind).resets == (Reset(index=2, why="acknowledged"),)
    twice = of_cases(2, "ab", acknowledged=("m",)), of_cases(3, "ab", acknowledged=("m",))
    assert [reset.index for reset in series(of_cases(1, "ab"), *twice).resets] == [1, 2]
