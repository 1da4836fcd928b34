"""The `retrieval` check: what it grades, when it passes, and when it cannot say."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from tests.unit.graders.builders import TOOLBOX, spec_of, subject_of

from mergefloor.core.types import AnyGrade, Document, Finish, Grade, GradeMissing, Json, Output
from mergefloor.graders import build, check


def graded(
    ids: list[str] | None,
    *,
    wanted: dict[str, float] | None = None,
    finish: Finish = "stop",
    text: str = "",
    negate: bool = False,
    **options: Json,
) -> AnyGrade:
    documents = None if ids is None else tuple(Document(id=each) for each in ids)
    subject = subject_of(Output(text=text, finish=finish, documents=documents))
    subject = replace(subject, case=replace(subject.case, relevant=wanted or {}))
    spec = spec_of("retrieval", {"metric": "recall", "k": 2, **options}, negate=negate)
    grade = build(spec, TOOLBOX).step(subject, ())
    assert isinstance(grade, Grade | GradeMissing)
    return grade


TWO = {"a": 1.0, "b": 1.0}


@pytest.mark.parametrize(
    ("ids", "options", "passed", "score"),
    [
        (["a", "b"], {}, True, 1.0),
        (["x", "b"], {}, True, 0.5),
        (["x", "y", "a"], {}, False, 0.0),
        ([], {}, False, 0.0),
        (["x", "b"], {"threshold": 0.5}, True, 0.5),
        (["x", "b"], {"threshold": 0.51}, False, 0.5),
        (["x", "b"], {"metric": "mrr"}, True, 0.5),
        (["x", "b"], {"metric": "mrr", "threshold": 1}, False, 0.5),
        (["x", "b"], {"metric": "hit_rate"}, True, 1.0),
        (["x", "b"], {"metric": "precision"}, True, 0.5),
        (["a", "a", "b"], {}, True, 1.0),
        (["a#1", "a#2", "b#1"], {"id_separator": "#"}, True, 1.0),
        (["a#1", "a#2", "b#1"], {}, False, 0.0),
        (["x", "z"], {"relevant": ["z"]}, True, 1.0),
        (["a", "b"], {"relevant": {"z": 2}}, False, 0.0),
    ],
)
def test_retrieval__ranking__has_its_score_and_passes_with_any_hit_or_from_the_threshold_on(
    ids: list[str], options: dict[str, Json], passed: bool, score: float
) -> None:
    grade = graded(ids, wanted=TWO, **options)
    assert isinstance(grade, Grade)
    assert (grade.passed, grade.score) == (passed, score)


def test_retrieval__gains__weigh_in_ndcg() -> None:
    better = graded(["b", "a"], wanted={"a": 1.0, "b": 3.0}, metric="ndcg")
    worse = graded(["a", "b"], wanted={"a": 1.0, "b": 3.0}, metric="ndcg")
    assert isinstance(better, Grade) and isinstance(worse, Grade)
    assert better.score == 1.0 > worse.score


def test_retrieval__no_documents_told__is_missing_with_what_to_do() -> None:
    grade = graded(None, wanted=TWO, text="Paris.")
    assert isinstance(grade, GradeMissing)
    assert grade.failure.code == "no-documents"
    assert "evals/a.yaml:7" in grade.failure.message
    assert "let the target return `documents`" in grade.failure.message


@pytest.mark.parametrize("negate", [False, True])
@pytest.mark.parametrize("ids", [[], ["a"]])
def test_retrieval__nothing_relevant__is_undefined_and_missing(ids: list[str], negate: bool) -> None:
    grade = graded(ids, negate=negate)
    assert isinstance(grade, GradeMissing)
    assert grade.failure.code == "no-relevant"


@pytest.mark.parametrize("finish", [each for each in get_args(Finish) if each != "crashed"])
def test_retrieval__however_the_text_ended__the_documents_count(finish: Finish) -> None:
    grade = graded(["a"], wanted=TWO, finish=finish)
    assert isinstance(grade, Grade)
    assert grade.score == 0.5


@pytest.mark.parametrize("ids", [None, ["a", "b"]])
@pytest.mark.parametrize("negate", [False, True])
def test_retrieval__of_a_crash__fails_negated_or_not(ids: list[str] | None, negate: bool) -> None:
    grade = graded(ids, wanted=TWO, finish="crashed", negate=negate)
    assert isinstance(grade, Grade)
    assert (grade.passed, grade.score) == (False, 0.0)


def test_retrieval__negated__passes_when_none_is_found_but_not_when_nothing_is_retrieved() -> None:
    other, found, nothing = (graded(ids, wanted=TWO, negate=True) for ids in (["x"], ["a"], []))
    assert isinstance(other, Grade) and isinstance(found, Grade) and isinstance(nothing, Grade)
    assert (other.passed, other.score) == (True, 1.0)
    assert (found.passed, found.score) == (False, 0.5)
    assert (nothing.passed, nothing.score) == (False, 0.0)


def test_retrieval__reason__says_what_was_wanted_and_at_which_ranks_it_is() -> None:
    grade = graded(["x", "b"], wanted=TWO)
    assert isinstance(grade, Grade)
    assert grade.reason == (
        "Expected the output to retrieve 'a' or 'b' among the first 2; found 'b at rank 2', so recall is 0.500."
    )
    grade = graded(["x", "b"], wanted=TWO, threshold=1)
    assert isinstance(grade, Grade)
    assert grade.reason.startswith("Expected the output to reach recall@2 of 1 for 'a' and 'b'; found ")
    grade = graded([], wanted={f"d{n}": 1.0 for n in range(9)})
    assert isinstance(grade, Grade)
    assert "'d4' or 4 more among the first 2; found no documents" in grade.reason


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"metric": "recal"}, "metric is 'recal'"),
        ({"metric": None}, "metric is None"),
        ({"metric": "recall", "k": 0}, "k is 0"),
        ({"metric": "recall", "k": True}, "k is True"),
        ({"metric": "recall", "k": 1.5}, "k is 1.5"),
        ({"metric": "mrr", "threshold": 0}, "threshold is 0"),
        ({"metric": "mrr", "threshold": 1.5}, "threshold is 1.5"),
        ({"metric": "mrr", "threshold": float("nan")}, "threshold is nan"),
        ({"metric": "mrr", "id_separator": ""}, "id_separator is ''"),
        ({"metric": "mrr", "relevant": {"a": 0}}, "relevant is neither ids nor gains"),
        ({"metric": "mrr", "relevant": [1]}, "relevant is neither ids nor gains"),
    ],
)
def test_check_retrieval__options_that_make_no_sense__are_told(options: dict[str, Json], says: str) -> None:
    (problem,) = check(spec_of("retrieval", options))
    assert says in problem.what
