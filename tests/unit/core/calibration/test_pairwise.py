from __future__ import annotations

import pytest

from mergefloor.core.calibration.corrected import wilson
from mergefloor.core.calibration.pairwise import Choice, Comparison, compare, swap


def rows(*counts: tuple[Choice, Choice, Choice, int]) -> list[Comparison]:
    """(people, forward, swapped, how many)."""
    return [
        Comparison(id=f"{index}-{number}", people=people, forward=forward, swapped=swapped)
        for index, (people, forward, swapped, count) in enumerate(counts)
        for number in range(count)
    ]


GOOD = rows(
    ("first", "first", "first", 35),
    ("first", "first", "second", 4),
    ("first", "second", "second", 1),
    ("second", "second", "second", 50),
    ("second", "first", "second", 6),
    ("second", "first", "first", 4),
)


@pytest.mark.parametrize(
    ("forward", "swapped", "verdict"),
    [
        ("first", "first", "first"),
        ("second", "second", "second"),
        ("first", "second", "tie"),
        ("tie", "first", "tie"),
        ("tie", "tie", "tie"),
    ],
)
def test_verdict__where_the_order_decides__is_a_tie(
    forward: Choice, swapped: Choice, verdict: Choice
) -> None:
    assert Comparison(id="a", people="first", forward=forward, swapped=swapped).verdict == verdict


def test_compare__counts_what_is_right_in_either_order_and_in_both() -> None:
    found = compare(GOOD)
    assert (found.n, found.forward, found.swapped, found.both) == (100, 89, 91, 85)
    assert (found.swap.same, found.swap.agreement) == (90, 0.9)


def test_compare__takes_a_tie_for_neither_output() -> None:
    found = compare(GOOD)
    assert found.kappa is not None
    # Agreement .85; chance .4 x .39 + .6 x .51: the ties match nobody.
    assert found.kappa.value == pytest.approx((0.85 - 0.462) / 0.538)
    assert found.sides == ((35, 40), (50, 60))


def test_compare__trusts_the_judge_as_far_as_on_its_worse_side() -> None:
    assert compare(GOOD).specificity == wilson(50, 60)
    lopsided = rows(("first", "first", "first", 50), ("second", "first", "first", 50))
    found = compare(lopsided)
    assert found.specificity == wilson(0, 50)
    assert found.failures == 50


def test_compare__where_one_side_never_wins__knows_nothing_of_it() -> None:
    found = compare(rows(("first", "first", "first", 50)))
    assert (found.specificity, found.kappa, found.failures) == (None, None, 0)


def test_compare__again__says_the_same() -> None:
    assert compare(GOOD) == compare(GOOD)
    assert compare(GOOD, seed=1).kappa != compare(GOOD).kappa


def test_swap__of_a_judge_that_always_takes_what_it_sees_first__is_no_agreement() -> None:
    found = swap(rows(("first", "first", "second", 10)))
    assert (found.same, found.agreement, found.leaning) == (0, 0, 1)


def test_swap__of_a_steady_judge__leans_nowhere() -> None:
    found = swap(rows(("first", "first", "first", 10), ("first", "second", "second", 5)))
    assert (found.same, found.agreement, found.kappa, found.leaning) == (15, 1, 1, 0.5)


def test_swap__of_ties_and_of_nothing__is_undefined() -> None:
    assert swap(rows(("first", "tie", "tie", 3))).leaning is None
    found = swap([])
    assert (found.n, found.agreement, found.kappa, found.leaning) == (0, None, None, None)
