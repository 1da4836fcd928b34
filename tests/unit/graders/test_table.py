from __future__ import annotations

import dataclasses
import math
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.graders.builders import ANSWER, OPTIONS, TOOLBOX, reply_of, spec_of, subject_of

from mergefloor.core.ports import Asks, Reply
from mergefloor.core.types import Finish, Grade, GradeMissing, GraderSpec, Json, Output, Place, Vectors
from mergefloor.graders import GRADERS, build, check, metric_kind
from mergefloor.graders.table import CHECKS

KINDS = sorted(GRADERS)
# What was retrieved counts however the text ended (test_retrieval.py); a refusal is what `refusal` looks for, and no
# leak (test_leak.py).
OF_TARGETS = ("retrieval", "tools", "trajectory", "refusal")
OF_TEXT = [kind for kind in KINDS if kind not in ("retrieval", "refusal", "leak")]
BAD_FINISHES = [finish for finish in get_args(Finish) if finish != "stop"]


def test_tables__every_kind__can_be_built_and_examined() -> None:
    assert set(GRADERS) == set(CHECKS) == set(OPTIONS)


@pytest.mark.parametrize("kind", KINDS)
def test_check__usable_options__is_no_problem(kind: str) -> None:
    assert check(spec_of(kind, OPTIONS[kind])) == ()


@pytest.mark.parametrize("negate", [False, True])
@pytest.mark.parametrize("kind", OF_TEXT)
@pytest.mark.parametrize("finish", BAD_FINISHES)
def test_every_kind__candidate_refused_filtered_cut_or_empty__fails_negated_or_not(
    kind: str, finish: Finish, negate: bool
) -> None:
    spec = spec_of(kind, OPTIONS[kind], negate=negate)
    grade = build(spec, TOOLBOX).step(subject_of(Output(text=ANSWER, finish=finish)), ())
    assert isinstance(grade, Grade)
    assert (grade.passed, grade.score) == (False, 0.0)
    assert grade.reason.startswith("Expected a complete answer; found none, because ")


@pytest.mark.parametrize("negate", [False, True])
@pytest.mark.parametrize("kind", [*OF_TEXT, "refusal", "leak"])
@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u2060", "\u00a0", "\U000e0041"])
def test_every_kind__blank_output__fails_negated_or_not(kind: str, text: str, negate: bool) -> None:
    grade = build(spec_of(kind, OPTIONS[kind], negate=negate), TOOLBOX).step(subject_of(text), ())
    assert isinstance(grade, Grade)
    assert (grade.passed, grade.score) == (False, 0.0)


@pytest.mark.parametrize("kind", [*OF_TEXT, "refusal", "leak"])
def test_every_kind__output_beyond_a_million_characters__fails_without_work(kind: str) -> None:
    grade = build(spec_of(kind, OPTIONS[kind], negate=True), TOOLBOX).step(subject_of("a" * 1_000_001), ())
    assert isinstance(grade, Grade)
    assert not grade.passed


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind not in ("json", "judge", "pairwise", "rag", *OF_TARGETS)]
)
def test_every_plain_kind__matching_output__passes_and_negated_fails(kind: str) -> None:
    for negate in (False, True):
        spec = dataclasses.replace(spec_of(kind, OPTIONS[kind], negate=negate), gating=False)
        grade = build(spec, TOOLBOX).step(subject_of(ANSWER), ())
        assert isinstance(grade, Grade)
        assert (grade.passed, grade.score) == ((False, 0.0) if negate else (True, 1.0))
        assert (grade.grader, grade.gating, grade.judged) == (kind, False, False)
        assert grade.reason.startswith("Expected the output not to " if negate else "Expected the output to ")


TEXTS = (
    st.text() | st.text(st.characters(codec=None), max_size=40) | st.sampled_from([ANSWER, "{}", "[" * 99])
)
REPLIES = (
    st.builds(lambda text: Output(text=text), st.text() | st.sampled_from([reply_of(True), reply_of(False)]))
    | st.builds(lambda finish: Output(text=reply_of(True), finish=finish), st.sampled_from(BAD_FINISHES))
    | st.builds(lambda row: Vectors(rows=(tuple(row), (1.0, 2.0))), st.lists(st.floats(), max_size=3))
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(KINDS), TEXTS, TEXTS, st.lists(REPLIES, max_size=2), st.booleans())
def test_every_kind__any_text_and_replies__never_raises_and_scores_in_the_unit_interval(
    kind: str, text: str, question: str, replies: list[Reply], negate: bool
) -> None:
    grader = build(spec_of(kind, OPTIONS[kind], negate=negate), TOOLBOX)
    step = grader.step(subject_of(text, question=question), tuple(replies))
    if isinstance(step, Grade):
        assert math.isfinite(step.score)
        assert 0.0 <= step.score <= 1.0
        assert step.score in (0.0, 1.0) or metric_kind(spec_of(kind, OPTIONS[kind])) == "score"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = [
    "value",
    "values",
    "pattern",
    "schema",
    "min",
    "max",
    "threshold",
    "method",
    "metric",
    "n",
    "rubric",
    "checks",
    "choices",
    "mode",
    "case",
    "whole",
    "reference",
    "k",
    "relevant",
    "id_separator",
    "expected",
    "order",
    "extra",
    "max_tools",
    "phrases",
    "strictness",
]


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([*KINDS, "teleport"]),
    st.dictionaries(st.sampled_from(NAMES), JSON_VALUES, max_size=4),
    TEXTS,
)
def test_every_kind__any_options__never_raises_and_never_passes_what_check_refuses(
    kind: str, options: dict[str, Json], text: str
) -> None:
    spec = spec_of(kind, options)
    problems = check(spec)
    step = build(spec, TOOLBOX).step(subject_of(text, expected="a"), ())
    assert isinstance(step, Grade | GradeMissing | Asks)
    if problems:
        assert isinstance(step, GradeMissing)
        assert step.failure.code == "unusable-check"
        assert all(problem.what and problem.fix for problem in problems)
    metric_kind(spec)


def test_check__unknown_kind__names_the_known_ones() -> None:
    (problem,) = check(GraderSpec(kind="javascript", name="x"))
    assert "equals, contains" in problem.fix
    assert problem.place == Place(path="x")


@pytest.mark.parametrize(
    ("kind", "options", "wanted"),
    [
        ("equals", {}, "binary"),
        ("json", {}, "binary"),
        ("similarity", {}, "score"),
        ("overlap", {}, "score"),
        ("judge", {"rubric": "a"}, "binary"),
        ("judge", {"checks": ["a"]}, "binary"),
        ("judge", {"checks": ["a", "b"]}, "score"),
        ("judge", {"rubric": "a", "choices": {"good": 1, "bad": 0}}, "score"),
        ("retrieval", {"metric": "hit_rate", "k": 5}, "binary"),
        ("retrieval", {"metric": "recall", "k": 5}, "score"),
        ("retrieval", {"metric": "mrr"}, "score"),
        ("tools", {"expected": ["a"]}, "binary"),
        ("trajectory", {"max_tools": 1}, "binary"),
        ("refusal", {}, "binary"),
        ("leak", {}, "binary"),
        ("rag", {"metric": "faithfulness"}, "score"),
        ("pairwise", {"rubric": "a"}, "score"),
    ],
)
def test_metric_kind__table__score_only_where_values_lie_between(
    kind: str, options: dict[str, Json], wanted: str
) -> None:
    assert metric_kind(spec_of(kind, options)) == wanted


@given(st.text(st.characters(codec=None)))
def test_reason__any_output__is_one_line_of_printable_characters(text: str) -> None:
    grade = build(spec_of("equals", {"value": "x"}), TOOLBOX).step(subject_of(text), ())
    assert isinstance(grade, Grade)
    assert grade.reason.isprintable()
    assert len(grade.reason) < 300
