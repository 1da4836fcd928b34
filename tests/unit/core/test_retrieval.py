"""The rules of the measures, each by hand, and what holds for every ranking."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.retrieval import (
    MEASURES,
    Lost,
    Metric,
    average_precision,
    document_of,
    hit_rate,
    lost,
    ndcg,
    precision,
    ranked,
    recall,
    reciprocal_rank,
)

TWO = {"b": 1.0, "e": 1.0}
ORDER = ("a", "b", "c", "d", "e")


@pytest.mark.parametrize(
    ("metric", "k", "value"),
    [
        ("hit_rate", 1, 0.0),
        ("hit_rate", 2, 1.0),
        ("recall", 2, 0.5),
        ("recall", 5, 1.0),
        ("recall", 1, 0.0),
        ("precision", 2, 0.5),
        ("precision", 5, 0.4),
        ("precision", 10, 0.2),
        ("precision", None, 0.4),
        ("mrr", None, 0.5),
        ("mrr", 1, 0.0),
        ("map", None, (1 / 2 + 2 / 5) / 2),
        ("map", 4, (1 / 2) / 2),
        ("ndcg", None, (1 / log2(3) + 1 / log2(6)) / (1 + 1 / log2(3))),
        ("ndcg", 2, (1 / log2(3)) / (1 + 1 / log2(3))),
        ("ndcg", 1, 0.0),
    ],
)
def test_measure__of_two_relevant_at_ranks_2_and_5__is_as_by_hand(
    metric: Metric, k: int | None, value: float
) -> None:
    assert MEASURES[metric](ORDER, TWO, k) == pytest.approx(value, abs=1e-15)


@pytest.mark.parametrize("relevant", [{}, {"a": 0.0}, {"a": -1.0}, {"a": float("nan")}, {"a": float("inf")}])
@pytest.mark.parametrize("metric", MEASURES)
def test_measure__nothing_relevant__is_unknown_and_neither_0_nor_1(
    metric: Metric, relevant: dict[str, float]
) -> None:
    assert MEASURES[metric](ORDER, relevant, 5) is None
    assert MEASURES[metric]((), relevant, 5) is None


@pytest.mark.parametrize("metric", MEASURES)
@pytest.mark.parametrize("k", [None, 1, 5])
def test_measure__nothing_retrieved__is_zero(metric: Metric, k: int | None) -> None:
    assert MEASURES[metric]((), TWO, k) == 0.0


def test_ndcg__gain__is_linear_and_not_exponential() -> None:
    graded = {"a": 1.0, "b": 3.0}
    assert ndcg(("a", "b"), graded) == pytest.approx((1 + 3 / log2(3)) / (3 + 1 / log2(3)), abs=1e-15)


def test_ndcg__ideal__is_cut_at_k_too() -> None:
    assert ndcg(("a",), {"a": 1.0, "b": 1.0, "c": 1.0}, 1) == 1.0


def test_average_precision__divides_by_all_that_is_relevant_even_beyond_k() -> None:
    assert average_precision(("a",), {"a": 1.0, "b": 1.0, "c": 1.0}, 1) == pytest.approx(1 / 3)


def test_measure__grades__count_as_relevant_whatever_their_size() -> None:
    graded = {"b": 3.0, "e": 0.25, "x": 0.0}
    for measure in (hit_rate, recall, precision, reciprocal_rank, average_precision):
        assert measure(ORDER, graded, 5) == measure(ORDER, TWO, 5)


def test_ranked__an_id_that_comes_twice__counts_once_where_it_comes_first() -> None:
    assert ranked(["b", "a", "b", "c", "a"]) == ("b", "a", "c")
    assert recall(["x", "x", "x", "b"], TWO, 2) == 0.5
    assert precision(["b", "b", "b"], TWO, 3) == pytest.approx(1 / 3)
    assert reciprocal_rank(["x", "x", "b"], TWO) == 0.5


@pytest.mark.parametrize(
    ("piece", "separator", "document"),
    [
        ("guide.md#3", "#", "guide.md"),
        ("guide.md#install#3", "#", "guide.md#install"),
        ("guide.md", "#", "guide.md"),
        ("doc-17-3", "-", "doc-17"),
        ("a::b::1", "::", "a::b"),
        ("#3", "#", "#3"),
        ("doc#", "#", "doc"),
    ],
)
def test_document_of__a_piece__is_what_stands_before_the_last_separator(
    piece: str, separator: str, document: str
) -> None:
    assert document_of(piece, separator) == document


def test_ranked__other_chunks_of_the_same_documents__are_the_same_ranking() -> None:
    large, small = ["a#0", "b#0", "c#1"], ["a#0", "a#7", "b#3", "a#1", "c#12", "b#4"]
    assert ranked(large, "#") == ranked(small, "#") == ("a", "b", "c")
    assert ranked(small) == tuple(small)


def test_lost__out_of_the_first_k__with_both_ranks_and_how_deep_was_looked() -> None:
    head = ("a", "c", "d", "x", "e", "y", "z")
    assert lost(ORDER, head, {**TWO, "a": 1.0}, 3) == (Lost(document="b", base=2, head=None, depth=7),)
    assert lost(("e", "b"), head, TWO, 3) == (
        Lost(document="e", base=1, head=5, depth=7),
        Lost(document="b", base=2, head=None, depth=7),
    )


def test_lost__short_head__was_looked_at_k_deep() -> None:
    assert lost(("b",), (), TWO, 10) == (Lost(document="b", base=1, head=None, depth=10),)
    assert lost(("x", "y", "z", "b"), ("x",), TWO) == (Lost(document="b", base=4, head=None, depth=1),)


def test_lost__nothing_out_of_the_first_k__tells_what_fell() -> None:
    assert lost(("b", "a"), ("a", "b"), TWO, 5) == (Lost(document="b", base=1, head=2, depth=5),)


def test_lost__what_the_base_did_not_find_or_nobody_wants__is_no_loss() -> None:
    assert lost(("a", "c"), (), TWO, 5) == ()
    assert lost(ORDER, ("b", "a"), TWO, 4) == ()
    assert lost(ORDER, ("a", "b"), TWO, 2) == ()
    assert lost(ORDER, (), {"b": 0.0}, 5) == ()


NAMES = st.sampled_from("abcdefghij")
RANKING = st.lists(NAMES, max_size=12)
GAINS = st.dictionaries(NAMES, st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0]), max_size=6)
DEPTH = st.none() | st.integers(1, 12)


@given(st.sampled_from(sorted(MEASURES)), RANKING, GAINS, DEPTH)
def test_every_measure__any_ranking__lies_in_the_unit_interval_or_is_unknown(
    metric: Metric, ranking: list[str], relevant: dict[str, float], k: int | None
) -> None:
    value = MEASURES[metric](ranking, relevant, k)
    if not any(gain > 0 for gain in relevant.values()):
        assert value is None
    else:
        assert value is not None
        assert 0.0 <= value <= 1.0


@given(st.sampled_from(sorted(MEASURES)), RANKING, GAINS, DEPTH)
def test_every_measure__is_above_0_exactly_when_something_relevant_is_found(
    metric: Metric, ranking: list[str], relevant: dict[str, float], k: int | None
) -> None:
    value, hit = MEASURES[metric](ranking, relevant, k), hit_rate(ranking, relevant, k)
    assert value is None if hit is None else (value is not None and (value > 0) == (hit == 1.0))


@given(GAINS, DEPTH)
def test_ndcg__of_the_best_order__is_1(relevant: dict[str, float], k: int | None) -> None:
    best = sorted(relevant, key=lambda name: relevant[name], reverse=True)
    assert ndcg(best, relevant, k) in (None, 1.0)


@given(st.sampled_from(sorted(MEASURES)), RANKING, GAINS, DEPTH, NAMES)
def test_every_measure__a_copy_further_down__changes_nothing(
    metric: Metric, ranking: list[str], relevant: dict[str, float], k: int | None, name: str
) -> None:
    if name in ranking:
        assert MEASURES[metric](ranking, relevant, k) == MEASURES[metric]([*ranking, name], relevant, k)


@given(st.sampled_from(["recall", "mrr", "map", "hit_rate"]), RANKING, GAINS, st.integers(1, 11))
def test_measures__that_look_deeper__are_never_smaller(
    metric: Metric, ranking: list[str], relevant: dict[str, float], k: int
) -> None:
    near, far = MEASURES[metric](ranking, relevant, k), MEASURES[metric](ranking, relevant, k + 1)
    assert near is None or (far is not None and near <= far)


@given(RANKING, RANKING, GAINS, DEPTH)
def test_lost__any_two_rankings__names_relevant_documents_that_stood_higher(
    base: list[str], head: list[str], relevant: dict[str, float], k: int | None
) -> None:
    before, after = ranked(base), ranked(head)
    found = lost(base, head, relevant, k)
    for each in found:
        assert relevant[each.document] > 0
        assert before[each.base - 1] == each.document
        assert k is None or each.base <= k
        assert each.head is None or (after[each.head - 1] == each.document and each.head > each.base)
    dropped = recall(before, relevant, k), recall(after, relevant, k)
    if None not in dropped and dropped[0] > dropped[1]:  # type: ignore[operator]
        assert found, "a smaller recall is told by a document"
