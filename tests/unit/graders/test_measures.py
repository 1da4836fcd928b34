"""Hand-worked examples, most of them from the papers themselves."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.graders.measures import bleu, gleu, rouge_l, rouge_n, tokens

GUNMAN = ["police", "killed", "the", "gunman"]
CAT = ["the", "cat", "is", "on", "the", "mat"]


def test_rouge_l__lin_2004_section_3_1__three_quarters_and_a_half() -> None:
    assert rouge_l(["police", "kill", "the", "gunman"], GUNMAN) == 0.75
    assert rouge_l(["the", "gunman", "kill", "police"], GUNMAN) == 0.5
    assert rouge_l(["the", "gunman", "police", "killed"], GUNMAN) == 0.5


def test_rouge_n__lin_2004_equation_1__recall_of_the_references_grams() -> None:
    said = ["police", "kill", "the", "gunman"]
    assert rouge_n(said, GUNMAN, 1) == 0.75
    assert rouge_n(said, GUNMAN, 2) == pytest.approx(1 / 3)  # of "police killed", "killed the", "the gunman"
    assert rouge_n(["the", "the", "the"], CAT, 1) == pytest.approx(2 / 6)  # clipped at the reference's two
    assert rouge_n(["a"], ["a"], 2) == 0.0


def test_bleu__papineni_2002_example_2__modified_precision_is_two_sevenths() -> None:
    assert bleu(["the"] * 7, CAT, 1) == pytest.approx(2 / 7)


def test_bleu__worked_by_hand__geometric_mean_and_brevity_penalty() -> None:
    said = ["the", "cat", "is", "on", "mat"]
    # 5/5 words, 3/4 pairs, 2/3 triples, 1/2 fours; one word short: exp(1 - 6/5)
    expected = math.exp(1 - 6 / 5) * (1 * 3 / 4 * 2 / 3 * 1 / 2) ** 0.25
    assert bleu(said, CAT, 4) == pytest.approx(expected)
    assert bleu(CAT, CAT, 4) == 1.0
    assert bleu(["a", "b", "c", "d"], CAT, 4) == 0.0
    assert bleu(["paris"], ["paris"], 4) == 1.0


def test_gleu__wu_2016_worked_by_hand__smaller_of_precision_and_recall() -> None:
    # "a b" has 2 + 1 grams, "a b c" has 3 + 2 + 1; 3 match: precision 1, recall 1/2
    assert gleu(["a", "b"], ["a", "b", "c"], 4) == 0.5
    assert gleu(["a", "b", "c"], ["a", "b"], 4) == 0.5
    assert gleu(CAT, CAT, 4) == 1.0
    assert gleu([], CAT, 4) == 0.0


def test_tokens__scripts_and_punctuation__words_without_marks() -> None:
    assert tokens("The CAT's mat, 2.5!") == ["the", "cat", "s", "mat", "2", "5"]
    assert tokens("東京 Tower") == ["東", "京", "tower"]
    assert tokens("cafe\u0301") == tokens("CAF\u00c9")


WORDS = st.lists(st.sampled_from("abcd"), max_size=12)


@given(WORDS, WORDS)
def test_rouge_l__any_two_sequences__equals_the_textbook_recursion(left: list[str], right: list[str]) -> None:
    rows = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, a in enumerate(left, 1):
        for j, b in enumerate(right, 1):
            rows[i][j] = rows[i - 1][j - 1] + 1 if a == b else max(rows[i - 1][j], rows[i][j - 1])
    total = len(left) + len(right)
    assert rouge_l(left, right) == (2 * rows[-1][-1] / total if total else 0.0)


@given(WORDS, WORDS, st.integers(1, 5))
def test_measures__any_two_sequences__lie_in_the_unit_interval(
    left: list[str], right: list[str], n: int
) -> None:
    for score in (rouge_n(left, right, n), rouge_l(left, right), bleu(left, right, n), gleu(left, right, n)):
        assert 0.0 <= score <= 1.0


def test_rouge_l__20_000_words_a_side__is_quick() -> None:
    left, right = (["a", "b", "c"] * 6_667, ["b", "c", "d", "a"] * 5_000)
    begin = time.process_time()
    rouge_l(left, right)
    assert time.process_time() - begin < 2.0
