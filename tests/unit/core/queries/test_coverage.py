from __future__ import annotations

import pytest

from mergefloor.core.queries.coverage import Stands, coverage

GOLDEN = {"a": (0.0, 0.0), "b": (10.0, 0.0)}


def test_coverage__of_queries_that_went_away__is_told_with_who_they_are() -> None:
    before = [(float(x), 0.0) for x in range(10)]  # nearest: 0 1 2 3 4 5 4 3 2 1
    after = [(0.0, 0.0)] * 8 + [(10.0, 7.0), (10.0, 9.0)]
    found = coverage(before, after, GOLDEN)
    assert found is not None
    assert (found.cases, found.usual, found.beyond) == (2, 4.0, 0.2)
    assert found.middle == (2.0, 0.0)
    assert found.far[:3] == ((9, 9.0), (8, 7.0), (0, 0.0))


def test_coverage__cases_that_gained__come_first_and_losers_are_left_out() -> None:
    before = [(0.0, 0.0)] * 3 + [(10.0, 0.0)]
    after = [(0.0, 0.0)] + [(10.0, 0.0)] * 5
    found = coverage(before, after, GOLDEN)
    assert found is not None and found.stands == (Stands(case="b", before=1, after=5),)


def test_coverage__a_tie__goes_to_the_first_case() -> None:
    found = coverage([(5.0, 0.0)], [(5.0, 0.0)], {"z": (10.0, 0.0), "a": (0.0, 0.0)})
    assert found is not None and found.far == ((0, 5.0),) and found.stands == ()


@pytest.mark.parametrize(
    ("before", "after", "golden"),
    [([], [(1.0,)], {"a": (1.0,)}), ([(1.0,)], [], {"a": (1.0,)}), ([(1.0,)], [(1.0,)], {})],
)
def test_coverage__without_one_of_the_three__is_none(
    before: list[tuple[float, ...]], after: list[tuple[float, ...]], golden: dict[str, tuple[float, ...]]
) -> None:
    assert coverage(before, after, golden) is None
