from __future__ import annotations

import pytest
from tests.unit.graders.builders import Grading, spec_of

from mergefloor.core.types import Grade, GradeMissing, Json
from mergefloor.graders import check

E_COMPOSED, E_DECOMPOSED = "caf\u00e9", "cafe\u0301"


@pytest.mark.parametrize(
    ("output", "options", "passed"),
    [
        ("Paris", {"value": "Paris"}, True),
        ("  Paris\n", {"value": "Paris "}, True),
        ("paris", {"value": "Paris"}, False),
        ("paris", {"value": "Paris", "case": False}, True),
        ("STRASSE", {"value": "straße", "case": False}, True),
        (E_DECOMPOSED, {"value": E_COMPOSED}, True),
        ("Paris.", {"value": "Paris"}, False),
        ('{"b": [1, 2.0], "a": null}', {"value": {"a": None, "b": [1.0, 2]}}, True),
        ('{"a": true}', {"value": {"a": 1}}, False),
        ("[2, 1]", {"value": [1, 2]}, False),
        ("7", {"value": 7}, True),
        ("seven", {"value": 7}, False),
        ('{"a": 1, "a": 1}', {"value": {"a": 1}}, False),
    ],
)
def test_equals__table__as_the_contract_says(
    grade: Grading, output: str, options: dict[str, Json], passed: bool
) -> None:
    result = grade("equals", output, **options)
    assert isinstance(result, Grade)
    assert (result.passed, result.score) == (passed, float(passed))


def test_equals__no_value__compares_with_the_cases_expected(grade: Grading) -> None:
    result = grade("equals", "Paris", expected="Paris ")
    assert isinstance(result, Grade)
    assert result.passed


def test_equals__neither_value_nor_expected__is_missing_and_says_what_to_add(grade: Grading) -> None:
    result = grade("equals", "Paris")
    assert isinstance(result, GradeMissing)
    assert result.failure.code == "no-reference"
    assert "evals/a.yaml:7" in result.failure.message


@pytest.mark.parametrize(
    ("output", "options", "passed"),
    [
        ("We refund in 14 DAYS", {"values": ["refund", "14 days"]}, True),
        ("We refund", {"values": ["refund", "14 days"]}, False),
        ("We refund", {"values": ["refund", "14 days"], "mode": "any"}, True),
        ("Nothing", {"values": ["refund", "14 days"], "mode": "any"}, False),
        ("Refund", {"values": ["refund"], "case": True}, False),
        (E_DECOMPOSED.upper(), {"values": [E_COMPOSED]}, True),
    ],
)
def test_contains__table__as_the_contract_says(
    grade: Grading, output: str, options: dict[str, Json], passed: bool
) -> None:
    result = grade("contains", output, **options)
    assert isinstance(result, Grade)
    assert result.passed is passed


def test_contains__negated_any__fails_on_one_forbidden_word(grade: Grading) -> None:
    values: list[Json] = ["guarantee", "promise"]
    bad = grade("contains", "We promise it", negate=True, mode="any", values=values)
    good = grade("contains", "We will see", negate=True, mode="any", values=values)
    assert isinstance(bad, Grade)
    assert isinstance(good, Grade)
    assert (bad.passed, bad.score, good.passed, good.score) == (False, 0.0, True, 1.0)
    assert bad.reason.startswith(
        "Expected the output not to contain any of 'guarantee', 'promise'; found 'promise'"
    )


def test_contains__twenty_values__reason_names_three(grade: Grading) -> None:
    result = grade("contains", "none", values=[f"value {n}" for n in range(20)])
    assert isinstance(result, Grade)
    assert "'value 2' and 17 more" in result.reason


@pytest.mark.parametrize(
    ("kind", "output", "options", "passed"),
    [
        ("starts_with", "\n Dear Ann,", {"value": "dear"}, True),
        ("starts_with", "Dear Ann,", {"value": "dear", "case": True}, False),
        ("starts_with", "Oh, dear", {"value": "dear"}, False),
        ("ends_with", "Yours, Bo\n", {"value": "BO"}, True),
        ("ends_with", "Yours, Bo", {"value": "BO", "case": True}, False),
        ("ends_with", "Bo, yours", {"value": "bo"}, False),
    ],
)
def test_affixes__table__outer_white_space_and_case_as_documented(
    grade: Grading, kind: str, output: str, options: dict[str, Json], passed: bool
) -> None:
    result = grade(kind, output, **options)
    assert isinstance(result, Grade)
    assert result.passed is passed


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("equals", {"value": "  "}),
        ("contains", {"values": []}),
        ("contains", {"values": ["a", ""]}),
        ("contains", {"values": ["a"], "mode": "most"}),
        ("starts_with", {}),
        ("ends_with", {"value": "\n"}),
    ],
)
def test_check__option_that_always_or_never_passes__is_a_problem_at_its_place(
    grade: Grading, kind: str, options: dict[str, Json]
) -> None:
    (problem, *_) = check(spec_of(kind, options))
    assert str(problem).startswith("mergefloor.yml:3: check")
    assert problem.fix
    result = grade(kind, "some output", **options)
    assert isinstance(result, GradeMissing)
    assert result.failure.code == "unusable-check"
