from __future__ import annotations

import pytest

from mergefloor.core.calibration.agreement import kappa, squared, unequal
from mergefloor.core.calibration.corrected import Estimate
from mergefloor.core.calibration.interval import kappa_interval, quantile, smoothed

BINARY = (0.0, 1.0)


def table(both: int, missed: int, let_in: int, neither: int) -> list[tuple[float, float]]:
    return [
        *[(1.0, 1.0)] * both,
        *[(1.0, 0.0)] * missed,
        *[(0.0, 1.0)] * let_in,
        *[(0.0, 0.0)] * neither,
    ]


def interval(pairs: list[tuple[float, float]], seed: int = 1, level: float = 0.95) -> Estimate:
    found = kappa_interval(pairs, BINARY, unequal, seed=seed, level=level)
    assert found is not None
    return found


def test_interval__with_the_same_seed__is_the_same_and_with_another_nearly() -> None:
    pairs = table(60, 8, 8, 24)
    first, again, other = interval(pairs), interval(pairs), interval(pairs, seed=2)
    assert first == again
    assert first != other
    assert (first.low, first.high) == pytest.approx((other.low, other.high), abs=0.03)


def test_interval__holds_kappa_and_is_narrower_for_more_labels_and_less_certainty() -> None:
    wide, narrow = interval(table(30, 4, 4, 12)), interval(table(120, 16, 16, 48))
    assert wide.value == narrow.value == kappa(table(30, 4, 4, 12))
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high
    loose = interval(table(30, 4, 4, 12), level=0.8)
    assert wide.low < loose.low < loose.high < wide.high


def test_interval__of_perfect_agreement__is_not_certain() -> None:
    found = interval(table(35, 0, 0, 15))
    assert found.value == found.high == 1
    assert 0.6 < found.low < 0.95


def test_interval__of_labels_of_one_class__is_undefined() -> None:
    assert kappa_interval(table(50, 0, 0, 0), BINARY, unequal, seed=1) is None


def test_interval__of_two_labels__is_undefined_as_most_resamples_know_one_class() -> None:
    assert kappa_interval(table(1, 0, 0, 1), BINARY, unequal, seed=1) is None


def test_interval__of_ordered_classes__uses_their_costs() -> None:
    levels = (0.0, 0.5, 1.0)
    near = [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)] * 15 + [(0.5, 1.0)] * 10
    plain = kappa_interval(near, levels, unequal, seed=1)
    weighted = kappa_interval(near, levels, squared(levels), seed=1)
    assert plain is not None
    assert weighted is not None
    assert plain.value < weighted.value
    assert plain.low < weighted.low


def test_smoothed__adds_two_pairs_over_the_whole_table() -> None:
    found = smoothed({(0.0, 0.0): 10, (1.0, 1.0): 30}, BINARY)
    scale = len(found)
    assert {cell: count / scale for cell, count in found.items()} == {
        (0.0, 0.0): 10.5,
        (0.0, 1.0): 0.5,
        (1.0, 0.0): 0.5,
        (1.0, 1.0): 30.5,
    }


def test_quantile__between_two_values__is_linear() -> None:
    assert [quantile([1, 2, 4], share) for share in (0, 0.25, 0.5, 0.75, 1)] == [1, 1.5, 2, 3, 4]
