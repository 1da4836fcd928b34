"""What a run's draws say of a metric."""

from __future__ import annotations

import pytest

from mergefloor.core.compare import Kind, MetricPlan
from mergefloor.core.history.entry import Point
from mergefloor.core.history.reading import readings
from mergefloor.core.plan import PlannedCase, Side
from mergefloor.core.settings import MetricRule
from mergefloor.core.types import (
    Ask,
    Case,
    Cell,
    Failure,
    Grade,
    GradeMissing,
    GraderSpec,
    Job,
    ModelRef,
    Output,
    Place,
    Request,
    SampleId,
)  # fmt: skip

REQUEST = Request(model=ModelRef(provider="p", name="m", endpoint=""), messages=())
LOST = Failure(stage="candidate", code="timeout", message="too late")
SPEC = GraderSpec(kind="contains", name="tone")


def planned(name: str, *specs: GraderSpec) -> PlannedCase:
    case = Case(id=name, place=Place(path="g"), content_hash=name)
    side = Side(request=REQUEST, hash=name, question="")
    return PlannedCase(suite="s", case=case, graders=specs or (SPEC,), base=side, head=side)


def cell(name: str, score: float | None, *, lost: bool = False) -> Cell:
    sample = SampleId(suite="s", case=name, arm="base", look="plain", index=0)
    ask = Ask(kind="candidate", request=REQUEST, parts={}, subject="")
    job = Job(sample=sample, case=planned(name).case, ask=ask, question="", graders=())
    if lost:
        return Cell(job=job, output=LOST)
    grade = (
        GradeMissing(grader="tone", failure=LOST)
        if score is None
        else Grade(grader="tone", passed=score >= 0.5, score=score)
    )
    return Cell(job=job, output=Output(text=""), grades=(grade,))


def plan(name: str, kind: Kind) -> MetricPlan:
    return MetricPlan(rule=MetricRule(name=name), kind=kind)


def test_readings__of_passes__are_cases_with_their_mean_and_wilsons_interval() -> None:
    cases = [planned("a"), planned("b"), planned("c"), planned("d")]
    drawn = {"a": [cell("a", 1), cell("a", 0)], "b": [cell("b", 1)], "c": [cell("c", 1, lost=True)]}
    (found,) = readings([plan("pass_rate", "binary")], cases, drawn)
    assert found.points == (Point(value=0.5, draws=2), Point(value=1.0, draws=1), None, None)
    assert (found.value, found.cases) == (0.75, 2)
    assert (found.low, found.high) == (pytest.approx(0.2, abs=0.03), pytest.approx(0.97, abs=0.03))


def test_readings__of_scores__have_students_interval_within_the_range() -> None:
    cases = [planned(name) for name in "abc"]
    drawn = {name: [cell(name, score)] for name, score in zip("abc", (0.5, 0.6, 1.0), strict=True)}
    (found,) = readings([plan("tone", "score")], cases, drawn)
    assert found.value == pytest.approx(0.7)
    assert (found.low, found.high) == (pytest.approx(0.0427, abs=1e-3), 1.0)


def test_readings__of_one_score__have_no_interval() -> None:
    (found,) = readings([plan("tone", "score")], [planned("a")], {"a": [cell("a", 0.5)]})
    assert (found.value, found.low, found.high) == (0.5, None, None)


def test_readings__nothing_known__is_unknown_and_not_zero() -> None:
    (found,) = readings([plan("pass_rate", "binary")], [planned("a")], {"a": [cell("a", None)]})
    assert (found.value, found.cases, found.low, found.points) == (None, 0, None, (None,))


def test_readings__a_metric_that_is_untold__is_unknown_whatever_was_drawn() -> None:
    plans = [plan("pass_rate", "binary"), plan("tone", "binary")]
    first, second = readings(plans, [planned("a")], {"a": [cell("a", 1)]}, frozenset({"pass_rate"}))
    assert (first.value, second.value) == (None, 1.0)


def test_readings__a_case_without_the_check__has_no_point_and_a_metric_of_no_case_no_reading() -> None:
    cases = [planned("a"), planned("b", GraderSpec(kind="contains", name="other"))]
    plans = [plan("tone", "binary"), plan("nothing", "binary")]
    (found,) = readings(plans, cases, {"a": [cell("a", 1)], "b": [cell("b", 1)]})
    assert found.points == (Point(value=1.0, draws=1), None)
