"""Cost, latency and length of the answers of two models."""

from __future__ import annotations

import pytest

from mergefloor.core.keys import candidate_ask
from mergefloor.core.settings import Price
from mergefloor.core.types import (
    ArmName,
    Case,
    Cell,
    Failure,
    Job,
    ModelRef,
    Output,
    Place,
    Request,
    SampleId,
    Usage,
)
from mergefloor.core.updating.figures import LengthChange, figures, longest

REQUEST = Request(model=ModelRef(provider="a", name="b", endpoint=""), messages=())


def cell(case: str, arm: ArmName, output: Output | Failure, index: int = 0, *, fresh: bool = False) -> Cell:
    sample = SampleId(suite="s", case=case, arm=arm, look="one" if fresh else "plain", index=index)
    known = Case(id=case, place=Place(path="g"), content_hash=case)
    job = Job(sample=sample, case=known, ask=candidate_ask(REQUEST), question="", graders=())
    return Cell(job=job, output=output)


def answer(text: str, tokens: int = 0, latency: float = 0.0, *, scripted: bool = False) -> Output:
    return Output(
        text=text,
        usage=Usage(input_tokens=tokens, output_tokens=tokens),
        latency_s=latency,
        scripted=scripted,
    )


def free(_model: str) -> Price | None:
    return Price(input=1.0, output=2.0)


def unknown(_model: str) -> Price | None:
    return None


CELLS = [
    cell("x", "head", answer("four", 10, 1.0)),
    cell("y", "head", answer("twelve chars", 30, 3.0)),
    cell("z", "head", Failure(stage="candidate", code="timeout", message="")),
    cell("x", "head", answer("not counted", 99, 9.0), fresh=True),
    cell("x", "base", answer("of the other arm", 99, 9.0)),
]


def test_figures__of_one_arm__count_its_plain_answers_alone() -> None:
    found = figures(CELLS, "head", "a/b", free)
    assert (found.answers, found.tokens, found.chars) == (2, 20, 8)
    assert found.usd == pytest.approx(20 * 3 / 1e6)
    assert (found.p50, found.p95) == (1.0, 3.0)


def test_figures__of_scripted_or_absent_answers__are_not_known() -> None:
    scripted = figures([cell("x", "base", answer("four", 10, 1.0, scripted=True))], "base", "a/b", free)
    assert (scripted.usd, scripted.p50, scripted.tokens) == (None, None, 10)
    nothing = figures([], "base", "a/b", free)
    assert (nothing.answers, nothing.usd, nothing.tokens, nothing.chars) == (0, None, None, None)
    assert figures(CELLS, "head", "a/b", unknown).usd is None


def test_longest__of_first_draws__are_ordered_by_ratio_and_few() -> None:
    sizes = {"a": (10, 10), "b": (10, 100), "c": (100, 40), "d": (10, 21), "e": (1000, 1001)}
    drawn = [
        each
        for case, (before, after) in sizes.items()
        for each in (
            cell(case, "base", answer("x" * 999), 1),
            cell(case, "base", answer("x" * before), 0),
            cell(case, "head", answer("x" * after)),
        )
    ]
    drawn.append(cell("f", "base", answer("alone")))
    drawn.append(cell("g", "base", Failure(stage="candidate", code="timeout", message="")))
    found = longest({each.job.sample: each for each in drawn})
    assert found == (
        LengthChange(case="b", before=10, after=100),
        LengthChange(case="c", before=100, after=40),
        LengthChange(case="d", before=10, after=21),
    )
