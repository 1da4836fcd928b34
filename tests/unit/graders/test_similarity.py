from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.graders.builders import EMBEDDING, TOOLBOX, Grading, spec_of, subject_of

from mergefloor.core.keys import ask_key
from mergefloor.core.ports import Asks, Toolbox
from mergefloor.core.types import EmbedRequest, Failure, Grade, GradeMissing, Json, Output, Vectors
from mergefloor.graders import build, check
from mergefloor.graders.similarity import cosine, lexical

EMBED: dict[str, Json] = {"reference": "Paris", "method": "embedding", "threshold": 0.6}


def test_lexical__same_words_in_another_order_and_case__is_one() -> None:
    assert lexical("The capital is Paris!", "paris is the CAPITAL") == 1.0


def test_lexical__hand_worked__indel_distance_over_total_length() -> None:
    # "abc d" against "abc": two insertions of 8 characters in all
    assert lexical("abc d", "abc") == pytest.approx(1 - 2 / 8)
    assert lexical("", "abc") == 0.0


def test_lexical__surplus_words__cost() -> None:
    assert lexical("Paris and a lot of other words around it", "Paris") < 0.4


@pytest.mark.parametrize(("threshold", "passed"), [(0.74, True), (0.75, True), (0.76, False)])
def test_similarity__threshold_below_at_above__decides(
    grade: Grading, threshold: float, passed: bool
) -> None:
    result = grade("similarity", "abc d", reference="abc", threshold=threshold)
    assert isinstance(result, Grade)
    assert (result.passed, result.score) == (passed, 0.75)


def test_similarity__negated__flips_verdict_and_score(grade: Grading) -> None:
    result = grade("similarity", "abc d", negate=True, reference="abc", threshold=0.5)
    assert isinstance(result, Grade)
    assert (result.passed, result.score) == (False, 0.25)


def test_embedded__first_step__asks_for_both_texts_once() -> None:
    step = build(spec_of("similarity", EMBED), TOOLBOX).step(subject_of("Par\ud800is"), ())
    assert isinstance(step, Asks)
    (ask,) = step.asks
    assert ask.request == EmbedRequest(model=EMBEDDING, texts=("Par?is", "Paris"))
    assert len(ask_key(ask)) == 64


@pytest.mark.parametrize(
    ("rows", "score", "passed"),
    [
        (((1.0, 0.0), (2.0, 0.0)), 1.0, True),
        (((1.0, 0.0), (3.0, 4.0)), 0.6, True),
        (((1.0, 0.0), (2.9, 4.0)), 0.587, False),
        (((1.0, 0.0), (-1.0, 0.0)), 0.0, False),
    ],
)
def test_embedded__vectors__cosine_decides(
    grade: Grading, rows: tuple[tuple[float, ...], ...], score: float, passed: bool
) -> None:
    result = grade("similarity", "Paris", Vectors(rows=rows), **EMBED)
    assert isinstance(result, Grade)
    assert result.passed is passed
    assert result.score == pytest.approx(score, abs=1e-3)


@pytest.mark.parametrize(
    "reply",
    [
        Vectors(rows=()),
        Vectors(rows=((1.0,),)),
        Vectors(rows=((1.0,), (1.0, 2.0))),
        Vectors(rows=((0.0,), (1.0,))),
        Vectors(rows=((math.nan,), (1.0,))),
        Vectors(rows=((math.inf,), (1.0,))),
        Vectors(rows=((), ())),
        Output(text="[1, 2]"),
        Failure(stage="embedding", code="timeout", message="slow"),
    ],
)
def test_embedded__reply_without_a_cosine__is_missing(
    grade: Grading, reply: Vectors | Output | Failure
) -> None:
    result = grade("similarity", "Paris", reply, **EMBED)
    assert isinstance(result, GradeMissing)
    assert result.failure.code == ("timeout" if isinstance(reply, Failure) else "unreadable")


def test_embedded__no_model__is_missing_and_says_what_to_do() -> None:
    step = build(spec_of("similarity", EMBED), Toolbox()).step(subject_of("Paris"), ())
    assert isinstance(step, GradeMissing)
    assert step.failure.code == "no-embedding-model"
    assert "`embedding_model: " in step.failure.message


FLOATS = st.floats(allow_nan=True, allow_infinity=True)


@given(st.lists(st.tuples(FLOATS, FLOATS), max_size=6))
def test_cosine__any_numbers__is_none_or_in_the_unit_interval(pairs: list[tuple[float, float]]) -> None:
    left, right = tuple(a for a, _ in pairs), tuple(b for _, b in pairs)
    value = cosine(left, right)
    assert value is None or 0.0 <= value <= 1.0


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("similarity", {"threshold": 1.1}),
        ("similarity", {"threshold": "0.8"}),
        ("similarity", {"threshold": math.nan}),
        ("similarity", {"method": "semantic"}),
        ("overlap", {"metric": "meteor"}),
        ("overlap", {}),
        ("overlap", {"metric": []}),
        ("overlap", {"metric": "bleu", "n": 0}),
        ("overlap", {"metric": "bleu", "n": 10}),
        ("overlap", {"metric": "bleu", "threshold": -0.1}),
    ],
)
def test_check__unknown_metric_or_threshold_out_of_range__is_a_problem(
    kind: str, options: dict[str, Json]
) -> None:
    assert len(check(spec_of(kind, options))) == 1


@pytest.mark.parametrize(
    ("metric", "score"),
    [("rouge_n", 0.75), ("rouge_l", 0.75), ("bleu", 0.0), ("gleu", 0.4), ("levenshtein", 22 / 24)],
)
def test_overlap__lins_sentence__scores_by_metric(grade: Grading, metric: str, score: float) -> None:
    # gleu: 3 words + 1 pair match, of 4 + 3 + 2 + 1 grams a side
    result = grade("overlap", "police kill the gunman", reference="police killed the gunman", metric=metric)
    assert isinstance(result, Grade)
    assert result.score == pytest.approx(score)


def test_overlap__no_reference_anywhere__is_missing(grade: Grading) -> None:
    assert isinstance(grade("overlap", "x", metric="bleu"), GradeMissing)
    assert isinstance(grade("overlap", "x", metric="bleu", expected="x"), Grade)


@pytest.mark.parametrize("method", ["lexical", "embedding"])
def test_similarity__no_reference_anywhere__is_missing(grade: Grading, method: str) -> None:
    result = grade("similarity", "x", method=method)
    assert isinstance(result, GradeMissing)
    assert result.failure.code == "no-reference"


def test_embedded__candidate_cut_at_the_limit__fails_without_a_call(grade: Grading) -> None:
    result = grade("similarity", Output(text="Paris", finish="length"), **EMBED)
    assert isinstance(result, Grade)
    assert not result.passed
