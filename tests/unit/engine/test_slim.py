"""What a cell keeps once it was graded."""

from __future__ import annotations

from dataclasses import replace

from mergefloor.core.keys import candidate_ask
from mergefloor.core.types import (
    Case,
    Cell,
    Document,
    Failure,
    GradeMissing,
    Job,
    Message,
    ModelRef,
    Output,
    Place,
    Request,
    SampleId,
)
from mergefloor.engine.slim import slim

OUTPUT = Output(
    text="found", documents=(Document(id="a", text="long", score=0.5), Document(id="b", text="er"))
)
REQUEST = Request(
    model=ModelRef(provider="python", name="s", endpoint="e"), messages=(Message(role="user", content="q"),)
)
JOB = Job(
    sample=SampleId(suite="s", case="c", arm="base", look="plain", index=0),
    case=Case(id="c", place=Place(path="p"), content_hash="h", input="q"),
    ask=candidate_ask(REQUEST),
    question="q",
    graders=(),
    known=OUTPUT,
)


def test_slim__graded_cell__keeps_ids_and_scores_and_no_texts() -> None:
    found = slim(Cell(job=JOB, output=OUTPUT))
    assert isinstance(found.output, Output)
    assert found.output.documents == (Document(id="a", score=0.5), Document(id="b"))
    assert found.job.known == found.output
    assert found.output.text == "found"


def test_slim__cell_that_has_to_be_graded_again__keeps_everything() -> None:
    missing = GradeMissing(grader="g", failure=Failure(stage="judge", code="timeout", message="late"))
    cell = Cell(job=JOB, output=OUTPUT, grades=(missing,))
    assert slim(cell) is cell


def test_slim__output_without_documents__is_the_same() -> None:
    plain = Cell(job=replace(JOB, known=None), output=Output(text="x"))
    assert slim(plain) == plain
