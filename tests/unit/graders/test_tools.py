"""The `tools` and `trajectory` checks: which calls, in which order, with which arguments, and how many."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.graders.builders import TOOLBOX, spec_of, subject_of

from mergefloor.core.types import AnyGrade, Finish, Grade, GradeMissing, Json, Output, ToolCall
from mergefloor.graders import build, check
from mergefloor.graders.tools import assigned, fits


def call(name: str, **arguments: Json) -> ToolCall:
    return ToolCall(name=name, arguments=arguments)


def graded(
    made: tuple[ToolCall, ...] | None,
    due: tuple[ToolCall, ...] = (),
    *,
    kind: str = "tools",
    text: str = "Done.",
    finish: Finish = "stop",
    negate: bool = False,
    **options: Json,
) -> AnyGrade:
    subject = subject_of(Output(text=text, finish=finish, tools=made))
    subject = replace(subject, case=replace(subject.case, expected_tools=due))
    grade = build(spec_of(kind, options, negate=negate), TOOLBOX).step(subject, ())
    assert isinstance(grade, Grade | GradeMissing)
    return grade


def passes(made: str, expected: str, **options: Json) -> bool:
    """Calls as letters: `abc`."""
    grade = graded(tuple(map(call, made)), tuple(map(call, expected)), **options)
    assert isinstance(grade, Grade)
    assert grade.score == float(grade.passed)
    return grade.passed


@pytest.mark.parametrize(
    ("made", "expected", "any_", "only", "subsequence", "exact"),
    [
        ("ab", "ab", True, True, True, True),
        ("ba", "ab", True, True, False, False),
        ("axb", "ab", True, False, True, False),
        ("bxa", "ab", True, False, False, False),
        ("a", "ab", False, False, False, False),
        ("a", "aa", False, False, False, False),
        ("aa", "a", True, False, True, False),
        ("aab", "aab", True, True, True, True),
        ("x", "a", False, False, False, False),
    ],
)
def test_tools__order_and_extra__table(
    made: str, expected: str, any_: bool, only: bool, subsequence: bool, exact: bool
) -> None:
    assert passes(made, expected) is any_
    assert passes(made, expected, extra="forbid") is only
    assert passes(made, expected, order="subsequence") is subsequence
    assert passes(made, expected, order="subsequence", extra="forbid") is exact
    assert passes(made, expected, order="exact") is exact


@pytest.mark.parametrize(
    ("wanted", "made", "same"),
    [
        ({}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": "1"}, False),
        ({"a": None}, {}, False),
        ({"a": None}, {"a": None}, True),
        ({"a": {"x": 1, "y": [1, 2]}}, {"a": {"y": [1, 2], "x": 1}}, True),
        ({"a": {"x": 1}}, {"a": {"x": 1, "y": 2}}, False),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
        ({"a": 1, "b": 2}, {"a": 1}, False),
    ],
)
def test_fits__arguments__those_named_are_equal_as_json(
    wanted: dict[str, Json], made: dict[str, Json], same: bool
) -> None:
    assert fits(ToolCall(name="t", arguments=wanted), ToolCall(name="t", arguments=made)) is same
    assert not fits(ToolCall(name="t", arguments=wanted), ToolCall(name="T", arguments=made))


def test_tools__a_call_that_fits_two_expectations__serves_one_alone() -> None:
    wanted = (call("t"), call("t", day=1))
    assert isinstance(found := graded((call("t", day=1), call("t", day=2)), wanted), Grade)
    assert found.passed, "the first expectation takes the second call"
    assert isinstance(found := graded((call("t", day=1),), wanted), Grade)
    assert not found.passed


CALLS = st.lists(
    st.builds(
        lambda name, arguments: ToolCall(name=name, arguments=arguments),
        st.sampled_from("ab"),
        st.dictionaries(st.sampled_from("xy"), st.integers(0, 1), max_size=2),
    ),
    max_size=4,
)


@given(CALLS, CALLS)
def test_assigned__any_calls__agrees_with_trying_every_arrangement(
    wanted: list[ToolCall], made: list[ToolCall]
) -> None:
    tried = any(
        all(fits(each, got) for each, got in zip(wanted, chosen, strict=True))
        for chosen in permutations(made, len(wanted))
    )
    assert assigned(wanted, made) is tried


def test_tools__expected_of_the_check__goes_before_the_cases() -> None:
    grade = graded((call("b", n=1),), (call("a"),), expected=[{"name": "b", "arguments": {"n": 1}}])
    assert isinstance(grade, Grade)
    assert grade.passed
    grade = graded((call("b"),), (call("a"),), expected=["c"])
    assert isinstance(grade, Grade)
    assert not grade.passed


def test_tools__negated__forbids_a_tool() -> None:
    for name, passed in (("search", True), ("delete", False)):
        grade = graded((call(name),), expected=["delete"], negate=True)
        assert isinstance(grade, Grade)
        assert grade.passed is passed


@pytest.mark.parametrize(
    ("kind", "options"), [("tools", {"expected": ["a"]}), ("trajectory", {"max_tools": 3})]
)
def test_tools__not_told__is_missing_with_what_to_do(kind: str, options: dict[str, Json]) -> None:
    grade = graded(None, kind=kind, **options)
    assert isinstance(grade, GradeMissing)
    assert grade.failure.code == "no-tools"
    assert "let the target return `tools`" in grade.failure.message


def test_tools__nothing_expected__is_missing() -> None:
    grade = graded((call("a"),))
    assert isinstance(grade, GradeMissing)
    assert grade.failure.code == "no-reference"


@pytest.mark.parametrize("negate", [False, True])
@pytest.mark.parametrize("kind", ["tools", "trajectory"])
@pytest.mark.parametrize("finish", [each for each in get_args(Finish) if each not in ("stop", "empty")])
def test_tools__of_an_answer_that_failed__fail_negated_or_not(
    kind: str, finish: Finish, negate: bool
) -> None:
    options: dict[str, Json] = {"expected": ["a"]} if kind == "tools" else {"max_tools": 3}
    grade = graded((call("a"),), kind=kind, finish=finish, negate=negate, **options)
    assert isinstance(grade, Grade)
    assert (grade.passed, grade.score) == (False, 0.0)


@pytest.mark.parametrize("finish", ["stop", "empty"])
def test_tools__an_agent_that_acts_without_a_word__is_graded(finish: Finish) -> None:
    grade = graded((call("a"),), (call("a"),), text="", finish=finish)
    assert isinstance(grade, Grade)
    assert grade.passed


def test_trajectory__an_agent_that_does_nothing_at_all__fails() -> None:
    grade = graded((), kind="trajectory", text="", max_tools=3)
    assert isinstance(grade, Grade)
    assert not grade.passed
    grade = graded((), kind="trajectory", text="No tool is needed.", max_tools=0)
    assert isinstance(grade, Grade)
    assert grade.passed


@pytest.mark.parametrize(("calls", "most", "passed"), [(2, 2, True), (3, 2, False), (1, 0, False)])
def test_trajectory__counts_every_call(calls: int, most: int, passed: bool) -> None:
    grade = graded((call("a"),) * calls, kind="trajectory", max_tools=most)
    assert isinstance(grade, Grade)
    assert grade.passed is passed
    assert grade.reason == f"Expected the output to call at most {most} tools; found {calls} calls."


def test_tools__reason__names_calls_and_arguments() -> None:
    grade = graded((call("a", n=1),), (call("b"), call("a")), order="exact")
    assert isinstance(grade, Grade)
    assert grade.reason == (
        "Expected the output to call 'b', 'a' in this order and nothing else; found 'a' with '{\"n\":1}'."
    )
    grade = graded((), (call("b"),))
    assert isinstance(grade, Grade)
    assert grade.reason.endswith("found no call.")
    grade = graded((call("z"),) * 11, (call("b"),))
    assert isinstance(grade, Grade)
    assert grade.reason.endswith("'z' and 3 more.")


@pytest.mark.parametrize(
    ("kind", "options", "says"),
    [
        ("tools", {"order": "sorted"}, "order is 'sorted'"),
        ("tools", {"extra": 1}, "extra is 1"),
        ("tools", {"expected": "a"}, "expected lists something else"),
        ("tools", {"expected": [{"name": 1}]}, "expected lists something else"),
        ("tools", {"expected": [{"name": "a", "arguments": []}]}, "expected lists something else"),
        ("tools", {"order": "exact", "extra": "allow"}, "order is exact and extra is allow"),
        ("trajectory", {}, "max_tools is None"),
        ("trajectory", {"max_tools": -1}, "max_tools is -1"),
        ("trajectory", {"max_tools": True}, "max_tools is True"),
    ],
)
def test_check__options_that_make_no_sense__are_told(kind: str, options: dict[str, Json], says: str) -> None:
    (problem,) = check(spec_of(kind, options))
    assert says in problem.what
