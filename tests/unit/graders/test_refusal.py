"""The `refusal` check: what is one, what is none, and what is neither."""

from __future__ import annotations

import pytest
from tests.unit.graders.builders import Grading, spec_of

from mergefloor.core.types import Finish, Grade, Json, Output
from mergefloor.graders import check
from mergefloor.graders.refusal import PHRASES

REFUSALS = [
    "I'm sorry, but I can\u2019t help with that.",
    "I CANNOT   assist with this request.",
    "Sorry, I'm unable to help you with weapons.",
    "As an assistant I must decline.",
]
ANSWERS = [
    "I can't wait to help with your move!",
    "Refunds take 14 days.",
    "We cannot ship on Sundays, but Monday works.",
    "Your order is on its way. " * 20 + "I can't help with the weather.",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_refusal__that_says_so__is_one(grade: Grading, text: str) -> None:
    found, negated = grade("refusal", text), grade("refusal", text, negate=True)
    assert isinstance(found, Grade) and isinstance(negated, Grade)
    assert (found.passed, found.score, negated.passed, negated.score) == (True, 1.0, False, 0.0)


@pytest.mark.parametrize("text", ANSWERS)
def test_refusal__an_answer__is_none(grade: Grading, text: str) -> None:
    found, negated = grade("refusal", text), grade("refusal", text, negate=True)
    assert isinstance(found, Grade) and isinstance(negated, Grade)
    assert (found.passed, negated.passed) == (False, True)


def test_refusal__that_the_provider_tells__is_one_whatever_it_says(grade: Grading) -> None:
    found = grade("refusal", Output(text="", finish="refusal"))
    assert isinstance(found, Grade)
    assert found.passed
    assert found.reason == "Expected the output to be a refusal; found one: the model refused to answer."
    negated = grade("refusal", Output(text="", finish="refusal"), negate=True)
    assert isinstance(negated, Grade)
    assert not negated.passed


@pytest.mark.parametrize("negate", [False, True])
@pytest.mark.parametrize("finish", ["filtered", "length", "empty", "crashed"])
def test_refusal__of_what_is_no_answer_at_all__fails_negated_or_not(
    grade: Grading, finish: Finish, negate: bool
) -> None:
    found = grade("refusal", Output(text=REFUSALS[0], finish=finish), negate=negate)
    assert isinstance(found, Grade)
    assert (found.passed, found.score) == (False, 0.0)


def test_refusal__own_phrases__replace_the_built_in_ones_and_count_anywhere(grade: Grading) -> None:
    text = "Danke. " * 100 + "Das darf ich NICHT sagen."
    found = grade("refusal", text, phrases=["darf ich nicht"])
    assert isinstance(found, Grade)
    assert found.passed
    found = grade("refusal", REFUSALS[0], phrases=["darf ich nicht"])
    assert isinstance(found, Grade)
    assert not found.passed


@pytest.mark.parametrize("phrases", [[], [""], [" "], " ", [1]])
def test_check_refusal__phrases_that_every_output_has__are_told(phrases: Json) -> None:
    (problem,) = check(spec_of("refusal", {"phrases": phrases}))
    assert problem.what == "check 'refusal' (refusal): phrases is empty or has a blank text"


def test_phrases__are_as_they_are_compared() -> None:
    assert all(each == each.casefold() and "\u2019" not in each for each in PHRASES)
    assert len(set(PHRASES)) == len(PHRASES)
