"""The judged measures of retrieval: both ways to write them, their names, what is refused, which cases they concern."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.golden.test_specs import problems, spec

from mergefloor.core.types import Case, GraderSpec, Place
from mergefloor.golden import concerns, default_name


@pytest.mark.parametrize(
    ("written", "name", "options"),
    [
        ("{type: rag, metric: faithfulness}", "faithfulness", {"metric": "faithfulness"}),
        ("{type: faithfulness}", "faithfulness", {"metric": "faithfulness"}),
        (
            "{type: answer_relevancy, strictness: 5, threshold: 0.8}",
            "answer_relevancy",
            {"metric": "answer_relevancy", "strictness": 5, "threshold": 0.8},
        ),
        (
            "{type: context_precision, reference: Paris., name: precision}",
            "precision",
            {"metric": "context_precision", "reference": "Paris."},
        ),
        ("{type: rag, metric: context_recall}", "context_recall", {"metric": "context_recall"}),
    ],
)
def test_spec__either_way_of_writing__has_one_normal_form(
    written: str, name: str, options: dict[str, Any]
) -> None:
    found = spec(written)
    assert (found.kind, found.name, found.options) == ("rag", name, options)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{type: rag}", "has no `metric`"),
        ("{type: rag, metric: faithfulnes}", "did you mean `faithfulness`?"),
        ("{type: faithfulness, metric: faithfulness}", "names its metric twice"),
        ("{type: faithfulness, threshold: 1.5}", "threshold"),
        ("{type: faithfulness, strictness: 3}", "`strictness`, which faithfulness does not use"),
        ("{type: faithfulness, reference: x}", "`reference`, which faithfulness does not use"),
        ("{type: answer_relevancy, strictness: 0}", "strictness"),
        ("{type: answer_relevancy, strictness: 11}", "strictness"),
        ("{type: answer_relevance}", "answer_relevancy"),
    ],
)
def test_spec__that_makes_no_sense__is_told(written: str, says: str) -> None:
    (found,) = problems(f"graders:\n  - {written}\n")
    assert says in found


def test_default_name__before_anything_is_validated__is_that_of_the_measure() -> None:
    assert default_name("faithfulness", {}) == "faithfulness"
    assert default_name("rag", {"metric": "context_recall"}) == "context_recall"
    assert default_name("rag", {}) == "rag"


@pytest.mark.parametrize(
    ("metric", "reference", "expected", "concerned"),
    [
        ("faithfulness", None, None, True),
        ("answer_relevancy", None, None, True),
        ("context_precision", None, None, False),
        ("context_precision", None, "Paris.", True),
        ("context_recall", "Paris.", None, True),
        ("context_recall", None, None, False),
    ],
)
def test_concerns__case_without_a_reference__not_by_what_compares_with_one(
    metric: str, reference: str | None, expected: str | None, concerned: bool
) -> None:
    options: dict[str, Any] = {"metric": metric, **({"reference": reference} if reference else {})}
    case = Case(id="a", place=Place(path="a.yaml"), content_hash="0", expected=expected)
    assert concerns(GraderSpec(kind="rag", name=metric, options=options), case) is concerned
