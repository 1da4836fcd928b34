"""A judged check as a person reads it."""

from __future__ import annotations

from typing import Any

from mergefloor.core.types import Case, Document, GraderSpec, Output, Place, Subject
from mergefloor.golden.rag_checks import COMPARED as COMPARED_MEASURES
from mergefloor.golden.rag_checks import MEASURES as ALL_MEASURES
from mergefloor.graders.in_words import COMPARED, MEASURES, in_words, material

CASE = Case(id="c", place=Place(path="c"), content_hash="0", expected="Right.", context=("One.", "Two."))
SUBJECT = Subject(case=CASE, question="q", output=Output(text="a"))


def spec(kind: str = "judge", *, negate: bool = False, **options: Any) -> GraderSpec:
    return GraderSpec(kind=kind, name="n", options=options, negate=negate)


def test_words__of_one_rubric__are_the_rubric() -> None:
    assert in_words(spec(rubric="Kind?")) == ("Kind?",)


def test_words__of_several_checks__say_that_all_must_hold() -> None:
    assert in_words(spec(checks=["A?", "B?"])) == ("It passes when all of this holds:", "- A?", "- B?")


def test_words__of_a_negated_check__say_so_first() -> None:
    assert "NOT" in in_words(spec(rubric="Rude?", negate=True))[0]


def test_words__of_choices__name_the_answers_that_pass() -> None:
    choices = {"great": 1, "fine": 0.7, "bad": 0}
    assert in_words(spec(rubric="How?", choices=choices))[-1] == (
        "It passes when your answer is great (of great, fine, bad)."
    )
    assert "great or fine (of" in in_words(spec(rubric="How?", choices=choices, threshold=0.5))[-1]


def test_measures__every_one__is_in_words() -> None:
    assert set(MEASURES) == set(ALL_MEASURES)
    assert set(COMPARED) == set(COMPARED_MEASURES)
    assert in_words(spec("rag", metric="faithfulness"))[0].startswith("Everything that the answer claims")


def test_material__of_a_judge__is_what_the_judge_is_given() -> None:
    assert material(spec(rubric="x"), SUBJECT) == (
        ("Document 1", "One."),
        ("Document 2", "Two."),
        ("Reference answer", "Right."),
    )
    assert material(spec(rubric="x", reference="Mine."), SUBJECT)[-1] == ("Reference answer", "Mine.")


def test_material__of_faithfulness__is_what_was_retrieved__without_the_reference() -> None:
    output = Output(text="a", documents=(Document(id="d", text="Found."),))
    subject = Subject(case=CASE, question="q", output=output)
    assert material(spec("rag", metric="faithfulness"), subject) == (("Document 1", "Found."),)
    assert material(spec("rag", metric="context_recall"), subject)[-1] == ("Reference answer", "Right.")
