"""The formulas on examples worked by hand, and against their definition written out plainly."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.graders.rag.formulas import average_precision, mean_cosine, share

VERDICTS = st.lists(st.booleans(), max_size=12)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([True, True], 1.0),
        # Es et al. 2023: one of the two statements (the place) follows, the other (the date) does not.
        ([True, False], 0.5),
        ([True, False, True], 2 / 3),
        ([False, False], 0.0),
        ([], None),
    ],
)
def test_share__worked_by_hand(verdicts: list[bool], expected: float | None) -> None:
    assert share(verdicts) == expected


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        # The documentation of ragas: the useful one of two first, then the other way round.
        ([True, False], 1.0),
        ([False, True], 0.5),
        # precision@1 = 1, @3 = 2/3, @4 = 3/4
        ([True, False, True, True], (1 + 2 / 3 + 3 / 4) / 3),
        ([True, True, True], 1.0),
        ([False, False, True], 1 / 3),
        ([False, False], 0.0),
        ([True], 1.0),
        ([False], 0.0),
        ([], None),
    ],
)
def test_average_precision__worked_by_hand(verdicts: list[bool], expected: float | None) -> None:
    assert average_precision(verdicts) == expected


@given(VERDICTS)
def test_average_precision__any_verdicts__is_the_published_sum_without_its_epsilon(
    verdicts: list[bool],
) -> None:
    """sum_k(precision@k * v_k) / (sum_k(v_k) + 1e-10), as the code of ragas computes it."""
    marks = [int(each) for each in verdicts]
    above = sum(sum(marks[:k]) / k * marks[k - 1] for k in range(1, len(marks) + 1))
    score = average_precision(verdicts)
    if not verdicts:
        assert score is None
        return
    assert score == pytest.approx(above / (sum(marks) + 1e-10), abs=1e-9)


@given(VERDICTS)
def test_scores__any_verdicts__lie_in_the_unit_interval(verdicts: list[bool]) -> None:
    for score in (share(verdicts), average_precision(verdicts)):
        assert score is None or 0.0 <= score <= 1.0


@pytest.mark.parametrize(
    ("question", "generated", "expected"),
    [
        ((1.0, 0.0), [(2.0, 0.0)], 1.0),
        ((1.0, 0.0), [(1.0, 0.0), (0.0, 3.0), (5.0, 5.0)], (1 + 0 + math.sqrt(0.5)) / 3),
        # Negative cosines count in the mean; only a mean below 0 is 0.
        ((1.0, 0.0), [(1.0, 0.0), (-1.0, 1.0)], (1 - math.sqrt(0.5)) / 2),
        ((1.0, 0.0), [(-1.0, 0.0)], 0.0),
        ((1e300, 0.0), [(1e300, 0.0)], 1.0),
        ((1.0, 0.0), [], None),
        ((1.0, 0.0), [(0.0, 0.0)], None),
        ((0.0, 0.0), [(1.0, 0.0)], None),
        ((1.0, 0.0), [(1.0, 0.0), (1.0, 0.0, 0.0)], None),
        ((1.0, 0.0), [(1.0, 0.0), (math.nan, 0.0)], None),
        ((1.0, 0.0), [(math.inf, 0.0)], None),
    ],
)
def test_mean_cosine__worked_by_hand(
    question: tuple[float, ...], generated: list[tuple[float, ...]], expected: float | None
) -> None:
    score = mean_cosine(question, generated)
    assert score == (None if expected is None else pytest.approx(expected, abs=1e-12))


@given(st.lists(st.floats(), min_size=2, max_size=2), st.lists(st.lists(st.floats(), max_size=3), max_size=4))
def test_mean_cosine__any_vectors__is_undefined_or_in_the_unit_interval(
    question: list[float], generated: list[list[float]]
) -> None:
    score = mean_cosine(question, generated)
    assert score is None or 0.0 <= score <= 1.0
