from __future__ import annotations

from itertools import permutations
from random import Random

import pytest

from mergefloor.core.calibration.length import EXACT, LengthBias, Row, length_bias
from mergefloor.core.calibration.longer import Longer, fisher, longer_wins
from mergefloor.core.calibration.pairwise import Choice, Comparison


def judged(people: int, passed: bool, length: int) -> Row:
    return Row(float(people), float(passed), passed, length)


def labels(n: int, pull: float, *, seed: int = 1) -> list[Row]:
    """Good outputs are twice as long as bad ones. `pull`: how much likelier the judge passes the longer half of what
    people call equal."""
    random = Random(seed)
    rows = []
    for _ in range(n):
        people, place = int(random.random() < 0.6), random.random()
        chance = (0.75 if people else 0.25) + (pull / 2 if place > 0.5 else -pull / 2)
        rows.append(judged(people, random.random() < chance, int((1 + people) * (100 + 400 * place))))
    return rows


def test_length_bias__of_a_judge_that_passes_longer_ones__is_found_with_its_direction_and_size() -> None:
    found = length_bias(labels(200, 0.4))
    assert found.biased
    assert found.p is not None and found.lean is not None
    assert found.p < 0.001 and found.lean > 0.2
    assert found.longer is not None and found.shorter is not None
    assert found.longer - found.shorter == pytest.approx(0.4, abs=0.12)


def test_length_bias__of_a_judge_that_passes_shorter_ones__has_the_other_direction() -> None:
    found = length_bias(labels(200, -0.4))
    assert found.biased
    assert found.lean is not None and found.lean < -0.2


def test_length_bias__of_a_judge_that_does_not_look_at_length__is_not_found_although_good_ones_are_longer() -> (
    None
):
    rows = labels(200, 0.0)
    assert not length_bias(rows).biased
    blended = length_bias([row._replace(people=1.0) for row in rows])
    assert blended.biased, "without the classes of people the same judge looks biased: the control"


def test_length_bias__below_50_outputs__is_not_told() -> None:
    assert length_bias(labels(49, 0.5)) == LengthBias(n=49, untold="few")
    assert length_bias(labels(50, 0.5)).p is not None


def test_length_bias__where_equal_outputs_are_judged_alike__is_not_told() -> None:
    right = [judged(number % 2, bool(number % 2), number) for number in range(60)]
    assert length_bias(right) == LengthBias(n=60, untold="alike")
    flat = [
        row._replace(length=9, passed=number % 3 == 0, score=number % 3) for number, row in enumerate(right)
    ]
    assert length_bias(flat) == LengthBias(n=60, untold="alike")


def test_length_bias__again__says_the_same() -> None:
    rows = labels(120, 0.2)
    assert length_bias(rows) == length_bias(rows)
    assert length_bias(rows, seed=1).p != length_bias(rows, seed=2).p


def test_length_bias__with_few_errors__counts_every_arrangement() -> None:
    """One error among 60 equal outputs, on the longest of them: 2 of 60 places are as far from the middle."""
    rows = [judged(1, number != 59, number) for number in range(60)]
    found = length_bias(rows)
    assert found.p == pytest.approx(2 / 60)
    assert (found.longer, found.shorter) == (29 / 30, 1.0)
    assert found.lean is not None and found.lean < 0


def test_length_bias__of_two_classes__adds_them_up_by_their_own_middles() -> None:
    """An error in each class: the p-value is that of both places together, weighted by 1 / (n + 1)."""
    good = [judged(1, number != 3, number) for number in range(40)]
    bad = [judged(0, number == 18, 100 + number) for number in range(20)]
    sums = [a / 41 * 40 + b / 21 * 20 for a in _around(40, -1) for b in _around(20, 1)]
    seen = _around(40, -1)[3] / 41 * 40 + _around(20, 1)[18] / 21 * 20
    expected = sum(abs(each) >= abs(seen) - 1e-9 for each in sums) / len(sums)
    assert length_bias(good + bad).p == pytest.approx(expected, abs=1e-12)


def _around(n: int, sign: int) -> list[float]:
    """What the one differing score adds to the sum, by its place; ranks of scores differ by n / 2."""
    return [sign * (place - (n - 1) / 2) / 2 for place in range(n)]


def test_length_bias__of_scores_in_three_steps__equals_brute_force_over_all_permutations() -> None:
    """Six outputs decide in a class of their own, 50 others are judged alike and say nothing."""
    scores, lengths = (0.2, 0.5, 0.5, 0.9, 0.2, 0.5), (10, 30, 20, 60, 20, 50)
    rows = [judged(1, True, number) for number in range(50)]
    rows += [Row(0.0, score, False, length) for score, length in zip(scores, lengths, strict=True)]
    sums = [
        sum(a * b for a, b in zip(_ranked(lengths), each, strict=True))
        for each in permutations(_ranked(scores))
    ]
    seen = sum(a * b for a, b in zip(_ranked(lengths), _ranked(scores), strict=True))
    expected = sum(abs(each) >= abs(seen) - 1e-9 for each in sums) / len(sums)
    assert length_bias(rows).p == pytest.approx(expected, abs=1e-12)


def _ranked(values: tuple[float, ...]) -> list[float]:
    return [sum(b < a for b in values) + sum(b == a for b in values) / 2 - len(values) / 2 for a in values]


def test_length_bias__of_a_class_of_one_length__goes_by_the_other() -> None:
    rows = [judged(1, number != 29, number) for number in range(30)]
    found = length_bias(rows + [judged(0, number == 0, 7) for number in range(30)])
    assert (found.p, found.longer, found.shorter) == (pytest.approx(2 / 30), 14 / 15, 1.0)


def test_length_bias__of_many_arrangements__is_near_the_exact_one() -> None:
    """20,825 ways to place three errors among 51 outputs, just more than are counted."""
    rows = [judged(1, number not in (40, 45, 50), number) for number in range(51)]
    ranks = [number - 25 for number in range(51)]
    ways = [a + b + c for i, a in enumerate(ranks) for j, b in enumerate(ranks[:i]) for c in ranks[:j]]
    assert len(ways) > EXACT
    exact = sum(abs(way) >= 60 for way in ways) / len(ways)
    assert length_bias(rows).p == pytest.approx(exact, abs=0.02)


# --- comparing judges ------------------------------------------------------------------------------------------


def compared(people: Choice, forward: Choice, swapped: Choice | None = None) -> Comparison:
    return Comparison(id="a", people=people, forward=forward, swapped=swapped or forward)


def test_longer_wins__counts_errors_for_and_against_the_longer_output() -> None:
    rows = [(compared("first", "second"), 10, 90)] * 20 + [(compared("first", "first"), 10, 90)] * 10
    rows += [(compared("second", "first"), 10, 90)] * 2 + [(compared("second", "second"), 10, 90)] * 28
    rows += [(compared("first", "second", "first"), 10, 90)] * 5
    found = longer_wins(rows)
    assert (found.for_longer, found.shorter, found.against_longer, found.longer) == (20, 35, 2, 30)
    assert found.biased and found.p == fisher((20, 35), (2, 30))


def test_longer_wins__of_ties_of_people_and_equal_lengths__counts_none() -> None:
    rows = [(compared("tie", "first"), 1, 2), (compared("first", "first"), 5, 5)]
    assert longer_wins(rows) == Longer(for_longer=0, shorter=0, against_longer=0, longer=0, p=None)


@pytest.mark.parametrize(("short", "long"), [(25, 24), (60, 0), (0, 60)])
def test_longer_wins__of_too_little__is_not_told(short: int, long: int) -> None:
    rows = [(compared("first", "second"), 1, 2)] * short + [(compared("first", "second"), 2, 1)] * long
    found = longer_wins(rows)
    assert (found.shorter, found.longer, found.p, found.biased) == (short, long, None, False)


def test_fisher__of_the_lady_tasting_tea__is_the_one_in_the_book() -> None:
    """Fisher (1935): 3 of 4 cups right, 34 of 70 tables no likelier in both tails together."""
    assert fisher((3, 4), (1, 4)) == pytest.approx(34 / 70)
