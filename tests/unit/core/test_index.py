from __future__ import annotations

import pytest

from mergefloor.core.index import Indexed, IndexRule, differences, indexed, too_old, unlike
from mergefloor.core.targeted import Index
from mergefloor.core.types import Failure, Output

OLD, NEW = (
    Index(built="2026-11-01", embedding_model="a/small"),
    Index(built="2026-11-20", embedding_model="a/large"),
)


def said(*words: Index | None) -> list[object]:
    return [
        *(Output(text="x", index=word) for word in words),
        Failure(stage="candidate", code="timeout", message=""),
    ]


def test_indexed__the_targets_word__goes_before_the_claim() -> None:
    rule = IndexRule(built="2026-11-01", embedding_model="a/small")
    assert indexed(rule, said(None)).now == OLD
    assert indexed(rule, said(NEW, None)).now == NEW
    assert indexed(rule, said(Index(built="2026-11-20"))).now == Index(
        built="2026-11-20", embedding_model="a/small"
    )
    assert indexed(None, said(None)).now == Index()


def test_differences__of_two_sides__are_told_with_both_values() -> None:
    told = differences(indexed(None, said(OLD)), indexed(None, said(NEW)))
    assert len(told) == 2
    assert "built on `2026-11-20` at the head and `2026-11-01` at the base" in told[0]
    assert "made by `a/large` at the head and `a/small` at the base" in told[1]


@pytest.mark.parametrize(
    "other", [Index(), OLD, Index(built="2026-11-01T03:00:00Z", embedding_model="a/small")]
)
def test_differences__of_unknown_or_equal_ones__are_none(other: Index) -> None:
    assert differences(indexed(None, said(OLD)), indexed(None, said(other))) == ()


def test_differences__config_against_target__say_whose_word_counts() -> None:
    lying = indexed(IndexRule(built="2026-10-01"), said(OLD))
    assert differences(lying, lying) == (
        "The base's target says `built: 2026-11-01` of its index, the config says `2026-10-01`: the target's word counts; correct the config.",
        "The head's target says `built: 2026-11-01` of its index, the config says `2026-10-01`: the target's word counts; correct the config.",
    )


def test_unlike__answers_of_several_indices__are_told() -> None:
    told = unlike(indexed(None, said(OLD, NEW)))
    assert (
        told[0]
        == "The suite's answers come from several indices: `built` is `2026-11-01`, `2026-11-20`; the last counts."
    )
    assert indexed(None, said(NEW, OLD)).now == NEW


@pytest.mark.parametrize(
    ("rule", "age", "told"),
    [
        (IndexRule(max_age_days=30), 31, True),
        (IndexRule(max_age_days=30), 30, False),
        (IndexRule(max_age_days=30), None, False),
        (IndexRule(), 400, False),
        (None, 400, False),
    ],
)
def test_too_old__after_so_many_days__is_told(rule: IndexRule | None, age: int | None, told: bool) -> None:
    found = too_old(rule, Indexed(now=OLD, claimed=Index()), age)
    assert (found is not None) == told
    if found:
        assert (
            found
            == "the search index was built on 2026-11-01, 31 days ago; `index.max_age_days` is 30: rebuild it"
        )
