from __future__ import annotations

from dataclasses import replace

from core_builders import CHECK, DOWN, case, cell, draw, planned

from mergefloor.core.compare import MetricPlan, applies, evidence, value
from mergefloor.core.evidence import Pair, Want
from mergefloor.core.plan import jobs_for, plain_job
from mergefloor.core.settings import MetricRule
from mergefloor.core.types import Cell, Grade, GradeMissing, GraderSpec, Output

RATE = MetricPlan(rule=MetricRule(name="pass_rate"), kind="binary")
TONE = GraderSpec(kind="judge", name="tone", gating=False)


def graded(*grades: Grade | GradeMissing) -> Cell:
    return Cell(job=plain_job(planned(), "head", 0), output=Output(text="x"), grades=grades)


def grade(passed: bool, name: str = "equals", score: float | None = None, *, gating: bool = True) -> Grade:
    return Grade(grader=name, passed=passed, score=float(passed) if score is None else score, gating=gating)


MISSING = GradeMissing(grader="tone", failure=DOWN, judged=True)


def test_pass_rate__counts_every_gating_check() -> None:
    assert value("pass_rate", "binary", graded(grade(True), grade(True, "b"))) == 1
    assert value("pass_rate", "binary", graded(grade(True), grade(False, "b"))) == 0
    assert value("pass_rate", "binary", graded(grade(True), grade(False, "b", gating=False))) == 1


def test_pass_rate__with_a_check_that_could_not_be_evaluated__is_unknown_unless_another_failed() -> None:
    assert value("pass_rate", "binary", graded(grade(True), MISSING)) is None
    assert value("pass_rate", "binary", graded(grade(False), MISSING)) == 0
    assert value("pass_rate", "binary", graded(grade(True), replace(MISSING, gating=False))) == 1


def test_pass_rate__of_an_output_that_never_came__is_unknown() -> None:
    assert value("pass_rate", "binary", draw(planned(), "head", None)) is None


def test_pass_rate__without_any_gating_grade__is_unknown() -> None:
    assert value("pass_rate", "binary", graded()) is None


def test_named_metric__is_binary_or_a_score() -> None:
    cells = graded(grade(False, "tone", 0.25))
    assert value("tone", "score", cells) == 0.25
    assert value("tone", "binary", cells) == 0
    assert value("tone", "score", graded(MISSING)) is None
    assert value("other", "score", cells) is None


def test_applies__to_cases_with_such_a_check_only() -> None:
    assert applies("pass_rate", [CHECK])
    assert not applies("pass_rate", [TONE])
    assert applies("tone", [TONE])
    assert not applies("tone", [CHECK])


def test_evidence__gathers_history_head_and_fresh_pairs_of_a_case() -> None:
    one = planned(case=case("c", critical=True, cluster="doc"))
    cells = [draw(one, "base"), draw(one, "base", False, 1), draw(one, "head", None)]
    jobs = jobs_for([Want(suite="s", case="c", look="one", count=2)], {("s", "c"): one})
    cells += [cell(job, job.sample.arm == "base") for job in jobs[:3]]
    (metric,) = evidence([one], {c.job.sample: c for c in cells}, [RATE])
    (row,) = metric.cases
    assert (row.history, row.head) == ((1, 0), (None,))
    assert row.one == (Pair(base=1, head=0),), "a pair whose other half was not drawn is no pair"
    assert (row.two, row.critical, row.cluster, row.identical) == ((), True, "doc", False)


def test_evidence__of_a_case_without_such_a_check__is_not_in_the_denominator() -> None:
    tone = MetricPlan(rule=MetricRule(name="tone"), kind="binary")
    (metric,) = evidence([planned("a"), planned("b", graders=(TONE,))], {}, [tone])
    assert [row.case for row in metric.cases] == ["b"]


def test_evidence__of_no_cases_or_of_a_metric_that_no_case_has__is_nothing() -> None:
    assert evidence([], {}, [RATE]) == ()
    assert evidence([planned(graders=(TONE,))], {}, [RATE]) == ()


def test_evidence__of_the_heads_own_set__says_that_there_is_no_base() -> None:
    (metric,) = evidence([planned(head_only=True)], {}, [RATE])
    assert metric.head_only
