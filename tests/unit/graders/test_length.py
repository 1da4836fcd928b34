from __future__ import annotations

import pytest
from tests.unit.graders.builders import Grading, spec_of

from mergefloor.core.types import Grade, Json
from mergefloor.graders import check


@pytest.mark.parametrize(
    ("kind", "output", "options", "passed"),
    [
        ("words", "one two three", {"min": 3, "max": 3}, True),
        ("words", "one two", {"min": 3}, False),
        ("words", "one  two\nthree four", {"max": 3}, False),
        ("words", "well-known, isn't", {"max": 2}, True),
        ("chars", "  abc\n", {"min": 3, "max": 3}, True),
        ("chars", "abcd", {"max": 3}, False),
        ("chars", "ab", {"min": 3}, False),
        ("chars", "cafe\u0301", {"max": 4}, True),
    ],
)
def test_length__at_and_beside_the_limits__counts_as_documented(
    grade: Grading, kind: str, output: str, options: dict[str, Json], passed: bool
) -> None:
    result = grade(kind, output, **options)
    assert isinstance(result, Grade)
    assert result.passed is passed


def test_length__outside__reason_names_limit_and_count(grade: Grading) -> None:
    result = grade("words", "a b c", min=1, max=2)
    assert isinstance(result, Grade)
    assert result.reason == "Expected the output to have at least 1 and at most 2 words; found 3."


@pytest.mark.parametrize(
    "options", [{}, {"min": -1}, {"min": 1.5}, {"max": "3"}, {"max": True}, {"min": 3, "max": 2}, {"max": 0}]
)
def test_check__limits_that_make_no_sense__are_a_problem(options: dict[str, Json]) -> None:
    assert len(check(spec_of("words", options))) == 1
    assert len(check(spec_of("chars", options))) == 1
