from __future__ import annotations

from itertools import permutations

import pytest

from mergefloor.core.decision.family import Member, limits


def member(p: float, least: float = 0.0, share: float = 0.5) -> Member:
    return Member(share=share, p_worst=p, p_best=p, least=least, least_sure=least)


def convicted(family: list[Member], alpha: float = 0.05) -> list[bool]:
    both = [limits(family, alpha, world) for world in ("worst", "best")]  # type: ignore[arg-type]
    assert both[0] == both[1]
    return [m.p_worst <= limit for m, limit in zip(family, both[0], strict=True)]


def test_limits__one_metric__is_its_share_of_alpha() -> None:
    assert limits([member(0.5)], 0.05, "worst") == (0.025,)


def test_limits__no_metric__is_nothing() -> None:
    assert limits([], 0.05, "best") == ()


def test_limits__three_metrics__step_down_as_holm() -> None:
    # .025 / 3, then / 2, then / 1
    assert convicted([member(0.008), member(0.012), member(0.024)]) == [True, True, True]
    assert convicted([member(0.009), member(0.012), member(0.024)]) == [False, False, False]
    assert convicted([member(0.008), member(0.013), member(0.024)]) == [True, False, False]


def test_limits__metrics_that_cannot_reach_the_limit__cost_the_others_nothing() -> None:
    assert (
        limits([member(0.02), member(0.5, least=0.125), member(0.2, least=0.03)], 0.05, "worst")[0] == 0.025
    )


def test_limits__unequal_shares__are_weighed() -> None:
    family = [member(0.0099, share=0.4), member(0.9, share=0.6)]
    assert convicted(family) == [True, False]
    assert convicted([member(0.0101, share=0.4), member(0.9, share=0.6)]) == [False, False]


def test_limits__any_order_of_metrics__convicts_the_same() -> None:
    family = [member(0.001), member(0.012), member(0.02, least=0.02), member(0.6, least=0.1)]
    expected = dict(zip(family, convicted(family), strict=True))
    for order in permutations(family):
        assert dict(zip(order, convicted(list(order)), strict=True)) == expected


def test_limits__the_three_quiet_suites_of_a_first_run__leave_room_for_seven_broken() -> None:
    # 18 broken 1 fixed; 7 / 0; 3 / 0; 4 / 3
    family = [member(20 / 2**19, 2**-19), member(2**-7, 2**-7), member(2**-3, 2**-3), member(0.5, 2**-7)]
    assert convicted(family) == [True, True, False, False]


@pytest.mark.parametrize("sure", [0.0, 0.1, float("inf")])
def test_limits__a_member_that_some_world_lacks__is_strict_in_the_best_world_and_lenient_in_the_worst(
    sure: float,
) -> None:
    unsure = Member(share=0.5, p_worst=0.001, p_best=1.0, least=0.0, least_sure=sure)
    family = [member(0.02), unsure]
    assert limits(family, 0.05, "best")[0] == 0.0125
    assert limits(family, 0.05, "worst")[0] >= 0.025
