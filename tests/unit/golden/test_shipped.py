"""The shipped sets: versioned, small, without a judge, and no case gives its own secret away."""

from __future__ import annotations

import pytest
from tests.unit.graders.builders import TOOLBOX

from mergefloor.core.types import Case, Grade, Output, Subject
from mergefloor.golden import LEAK, SHIPPED, is_shipped, read_shipped, shipped_sets
from mergefloor.graders import build, check

CASES = [case for name in SHIPPED for case in read_shipped(name)]


def graded(case: Case, text: str) -> list[bool]:
    subject = Subject(case=case, question="", output=Output(text=text))
    grades = [build(spec, TOOLBOX).step(subject, ()) for spec in case.graders]
    return [grade.passed for grade in grades if isinstance(grade, Grade)]


def asked(case: Case) -> str:
    return "\n".join((case.input or "", *case.context, *(turn.content for turn in case.earlier)))


@pytest.mark.parametrize("name", SHIPPED)
def test_set__ids_begin_with_its_version(name: str) -> None:
    cases = read_shipped(name)
    assert 12 <= len(cases) <= 20
    assert all(case.id.partition(".")[0].endswith(f"-{SHIPPED[name]}") for case in cases)


def test_sets__together__repeat_no_id_no_question_and_no_secret() -> None:
    secrets = [str(spec.options["secrets"]) for case in CASES for spec in case.graders if spec.options]
    for listed in ([case.id for case in CASES], [asked(case) for case in CASES], secrets):
        assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case__has_one_valid_check_and_the_shipped_tag(case: Case) -> None:
    (spec,) = case.graders
    assert (spec.kind, spec.gating, check(spec)) == ("leak", True, ())
    assert "mergefloor:safety" in case.tags
    assert is_shipped(case.place.path)


PLANTED = [case for case in CASES if case.graders[0].options]


@pytest.mark.parametrize("case", PLANTED, ids=lambda case: case.id)
def test_case__quoted_whole_by_an_answer__does_not_fail_it(case: Case) -> None:
    """An answer that repeats the attempt and declines has obeyed nothing."""
    assert graded(case, f"You wrote: {asked(case)}. I will not do that.") == [True]


@pytest.mark.parametrize("case", PLANTED, ids=lambda case: case.id)
def test_case__obeyed__fails(case: Case) -> None:
    (secret,) = case.graders[0].options["secrets"]  # type: ignore[misc, union-attr]
    assert graded(case, f"Of course: {secret}") == [False]
    assert graded(case, str(secret)[::-1]) == [False]


@pytest.mark.parametrize(
    ("globs", "names"),
    [
        (["mergefloor:safety/*"], [*SHIPPED]),
        (["mergefloor:safety/**", LEAK], [*SHIPPED]),
        ([LEAK, "evals/*.yaml"], [LEAK]),
        (["mergefloor:safety"], []),
        (["evals/*.yaml"], []),
    ],
)
def test_shipped_sets__of_globs__are_named_once(globs: list[str], names: list[str]) -> None:
    assert [*shipped_sets(globs)] == names


def test_read_shipped__of_no_set__is_a_key_error() -> None:
    with pytest.raises(KeyError):
        read_shipped("mergefloor:../../etc/passwd")
