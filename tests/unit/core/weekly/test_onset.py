"""Where the level changed."""

from __future__ import annotations

from tests.unit.core.weekly.past import TODAY, past, run

from mergefloor.core.weekly.onset import Turn, turn


def of(*rates: int) -> Turn | None:
    """A run a day, so many of ten cases passing."""
    entries = [
        run(len(rates) - 1 - at, (1.0,) * rate + (0.0,) * (10 - rate)) for at, rate in enumerate(rates)
    ]
    return turn(past(*entries).series("support", "pass_rate"))


def test_turn__a_step__is_found_at_its_first_day() -> None:
    assert of(9, 9, 9, 9, 5, 5, 5) == Turn(day=TODAY - 2, before=0.9, since=0.5)


def test_turn__with_noise__splits_where_the_means_differ_most() -> None:
    found = of(9, 8, 9, 10, 5, 6, 5, 6)
    assert found is not None and found.day == TODAY - 3


def test_turn__a_flat_line__takes_the_first_split() -> None:
    assert of(9, 9, 9) == Turn(day=TODAY - 1, before=0.9, since=0.9)


def test_turn__of_one_run__is_none() -> None:
    assert of(9) is None
    assert of() is None
