from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.unit.graders.builders import JUDGE, TOOLBOX, Grading, reply_of, spec_of, subject_of

from mergefloor.core.keys import ask_key
from mergefloor.core.ports import Asks, Reply, Toolbox
from mergefloor.core.types import AnyGrade, Failure, Finish, Grade, GradeMissing, Json, Output, Request
from mergefloor.graders import build, check

RUBRIC: dict[str, Json] = {"rubric": "It names Paris."}
THREE: dict[str, Json] = {"checks": ["Names Paris.", "Is polite.", "Is short."]}
CHOICES: dict[str, Json] = {"rubric": "How good?", "choices": {"good": 1, "fair": 0.5, "bad": 0}}
ANSWER = "Paris, of course."


def step(options: dict[str, Json], *replies: Reply, toolbox: Toolbox = TOOLBOX) -> Asks | AnyGrade:
    return build(spec_of("judge", options), toolbox).step(subject_of(ANSWER), replies)


def said(text: str) -> Output:
    return Output(text=text)


def test_judge__first_step__asks_once_with_schema_and_parameters() -> None:
    asked = step(RUBRIC)
    assert isinstance(asked, Asks)
    (ask,) = asked.asks
    assert ask.kind == "judge"
    assert isinstance(ask.request, Request)
    assert (ask.request.model, ask.request.params) == (JUDGE, {"max_tokens": 900})
    assert [message.role for message in ask.request.messages] == ["system", "user"]
    assert ask.request.response_schema is not None
    text = json.dumps(ask.request.response_schema)
    assert text.index('"reason"') < text.index('"evidence"') < text.index('"pass"')


@pytest.mark.parametrize("verdict", [True, False])
def test_judge__readable_reply__is_the_grade(grade: Grading, verdict: bool) -> None:
    result = grade("judge", ANSWER, said(reply_of(verdict, evidence=("Paris",), reason="Because.")), **RUBRIC)
    assert isinstance(result, Grade)
    assert (result.passed, result.score, result.judged) == (verdict, float(verdict), True)
    assert result.evidence == ("Paris",)
    assert "the judge says 'Because.'" in result.reason


@pytest.mark.parametrize(
    ("passes", "threshold", "score", "passed"),
    [
        ((True, True, True), None, 1.0, True),
        ((True, True, False), None, 2 / 3, False),
        ((True, True, False), 0.66, 2 / 3, True),
        ((True, True, False), 0.67, 2 / 3, False),
        ((False, False, False), 0.1, 0.0, False),
    ],
)
def test_judge__several_checks__score_is_the_share_that_holds(
    grade: Grading, passes: tuple[bool, ...], threshold: float | None, score: float, passed: bool
) -> None:
    options = THREE if threshold is None else {**THREE, "threshold": threshold}
    result = grade("judge", ANSWER, said(reply_of(*passes)), **options)
    assert isinstance(result, Grade)
    assert (result.passed, result.score) == (passed, pytest.approx(score))


def test_judge__one_of_three_unmet__reason_names_it(grade: Grading) -> None:
    result = grade("judge", ANSWER, said(reply_of(True, False, True)), **THREE)
    assert isinstance(result, Grade)
    assert "2 of 3 met, c2 'Is polite.'" in result.reason


def choice(name: str) -> Output:
    row = {"id": "c1", "reason": "So.", "evidence": [], "choice": name}
    return said(json.dumps({"checks": [row]}))


@pytest.mark.parametrize(
    ("threshold", "name", "score", "passed", "gating"),
    [(None, "good", 1.0, True, False), (None, "fair", 0.5, False, False), (0.5, "fair", 0.5, True, True)],
)
def test_judge__choices__score_comes_from_the_table_and_gates_with_a_threshold_only(
    grade: Grading, threshold: float | None, name: str, score: float, passed: bool, gating: bool
) -> None:
    options = CHOICES if threshold is None else {**CHOICES, "threshold": threshold}
    result = grade("judge", ANSWER, choice(name), **options)
    assert isinstance(result, Grade)
    assert (result.score, result.passed, result.gating) == (score, passed, gating)


@pytest.mark.parametrize("name", ["Good", "10", "good, not bad", "goo", ""])
def test_judge__choice_outside_the_table__is_asked_again(name: str) -> None:
    assert isinstance(step(CHOICES, choice(name)), Asks)


def test_judge__choices_as_a_list__are_read_the_same(grade: Grading) -> None:
    rows: list[Json] = [{"choice": "good", "score": 1}, {"choice": "bad", "score": 0}]
    result = grade("judge", ANSWER, choice("good"), rubric="How good?", choices=rows)
    assert isinstance(result, Grade)
    assert result.score == 1.0


def test_judge__unreadable_reply__one_repair_ask_with_its_own_key_and_without_the_reply() -> None:
    first, second = step(RUBRIC), step(RUBRIC, said("PASS-MARK-77, certainly"))
    assert isinstance(first, Asks)
    assert isinstance(second, Asks)
    assert ask_key(first.asks[0]) != ask_key(second.asks[0])
    request = second.asks[0].request
    assert isinstance(request, Request)
    assert request != first.asks[0].request
    assert "PASS-MARK-77" not in str(request.messages)


def test_judge__two_unreadable_replies__is_missing(grade: Grading) -> None:
    result = grade("judge", ANSWER, said("yes"), said("yes!"), **RUBRIC)
    assert isinstance(result, GradeMissing)
    assert (result.failure.code, result.judged) == ("unreadable-judge", True)


def test_judge__repair_that_can_be_read__is_the_grade(grade: Grading) -> None:
    result = grade("judge", ANSWER, said("yes"), said(reply_of(True)), **RUBRIC)
    assert isinstance(result, Grade)
    assert result.passed


@pytest.mark.parametrize("finish", ["refusal", "filtered", "length", "empty"])
def test_judge__refusal_filter_or_cut_of_the_judge__is_missing_even_with_a_good_text(
    grade: Grading, finish: Finish
) -> None:
    result = grade("judge", ANSWER, Output(text=reply_of(True), finish=finish), **RUBRIC)
    assert isinstance(result, GradeMissing)
    assert result.failure.code == f"judge-{finish}"


def test_judge__failure__is_handed_on(grade: Grading) -> None:
    failure = Failure(stage="judge", code="timeout", message="120 s passed")
    result = grade("judge", ANSWER, failure, **RUBRIC)
    assert isinstance(result, GradeMissing)
    assert result.failure is failure


def test_judge__none_configured__is_missing_and_says_what_to_set() -> None:
    result = step(RUBRIC, toolbox=replace(TOOLBOX, judge=None))
    assert isinstance(result, GradeMissing)
    assert result.failure.code == "no-judge"
    assert "`judge.model`" in result.failure.message


@pytest.mark.parametrize(("verdict", "passed"), [(True, False), (False, True)])
def test_judge__negated__flips_the_verdict(grade: Grading, verdict: bool, passed: bool) -> None:
    result = grade("judge", ANSWER, said(reply_of(verdict)), negate=True, **RUBRIC)
    assert isinstance(result, Grade)
    assert (result.passed, result.score) == (passed, float(passed))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"rubric": " "},
        {"checks": ["a", ""]},
        {"checks": ["a"] * 51},
        {"rubric": "a", "threshold": 2},
        {"rubric": "a", "choices": {"good": 1}},
        {"rubric": "a", "choices": {"good": 2, "bad": 0}},
        {"rubric": "a", "choices": {"good": True, "bad": 0}},
        {"rubric": "a", "choices": [{"choice": "good"}, {"choice": "bad", "score": 0}]},
        {"rubric": "a", "choices": [{"choice": "x", "score": 1}, {"choice": "x", "score": 0}]},
        {"rubric": "a", "choices": "good"},
    ],
)
def test_check__rubric_threshold_or_choices_that_make_no_sense__is_a_problem(
    options: dict[str, Json],
) -> None:
    assert len(check(spec_of("judge", options))) == 1
