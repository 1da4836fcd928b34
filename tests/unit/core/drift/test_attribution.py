from __future__ import annotations

from random import Random

import pytest

from mergefloor.core.drift.attribution import Redrawn, attribute, unequal
from mergefloor.core.evidence import Value
from mergefloor.core.exact import tail

GOOD: tuple[Value, ...] = (1.0,) * 5


def redrawn(*rows: tuple[tuple[Value, ...], tuple[Value, ...]]) -> list[Redrawn]:
    return [Redrawn(case=f"c{i}", stored=then, fresh=now) for i, (then, now) in enumerate(rows)]


def text(words: tuple[object, ...]) -> str:
    return "".join(map(str, words))


def test_attribute__fresh_outputs_of_the_same_bytes_are_worse__is_the_environment() -> None:
    found = attribute("binary", redrawn(*[(GOOD, (0.0,) * 3)] * 3, *[(GOOD, (1.0,) * 3)] * 27), drop=-0.1)
    assert found.origin == "environment"
    assert found.p_environment == pytest.approx(
        (1 / 56) ** 3
    )  # three cases, 5 passes and 3 fails, all on one side
    assert (found.stored, found.fresh, found.cases) == (1.0, 0.9, 30)
    assert not found.partly
    assert text(found.why) == (
        "the same requests, sent again, score 90 % where 100 % was stored (30 cases), in line with the alarm's −10 pt"
    )


def test_attribute__fresh_outputs_as_good_as_stored_ones__is_a_change_of_ours() -> None:
    found = attribute("binary", redrawn(*[(GOOD, (1.0,) * 3)] * 30), drop=-0.1)
    assert found.origin == "ours"
    assert found.p_environment == 1.0
    assert "not the drop of −10 pt" in text(found.why)


def test_attribute__a_drift_much_smaller_than_the_alarms__explains_a_part() -> None:
    rows = redrawn(*[(GOOD, (0.0,) * 3)] * 2, *[(GOOD, (1.0,) * 3)] * 58)
    found = attribute("binary", rows, drop=-0.3)
    assert (found.origin, found.partly) == ("environment", True)
    assert "only a part" in text(found.why)


def test_attribute__few_draws_of_uneven_cases__cannot_tell() -> None:
    rows = redrawn(*[((1.0, 0.0), (1.0,)), ((1.0, 0.0), (0.0,))] * 4)
    found = attribute("binary", rows, drop=-0.1)
    assert found.origin == "cannot tell"
    assert "draw more" in text(found.why)


def test_attribute__without_a_drop__acquits_nobody() -> None:
    found = attribute("binary", redrawn(*[(GOOD, (1.0,) * 3)] * 30), drop=0.0)
    assert (found.origin, found.p_ours) == ("cannot tell", 1.0)


@pytest.mark.parametrize("row", [((), (1.0,)), ((None,), (1.0,)), (GOOD, ()), (GOOD, (None, None, 1.0))])
def test_attribute__cases_with_nothing_to_compare__do_not_count(
    row: tuple[tuple[Value, ...], tuple[Value, ...]],
) -> None:
    found = attribute("binary", redrawn(*[row] * 20, *[(GOOD, GOOD)] * 4), drop=-0.1)
    assert (found.origin, found.cases) == ("cannot tell", 4)
    assert text(found.why).startswith("4 cases can be compared")
    nothing = attribute("binary", redrawn(row), drop=-0.1)
    assert (nothing.stored, nothing.fresh) == (None, None)


def test_attribute__unknown_fresh_draws__neither_convict_nor_acquit() -> None:
    """A third of every case's draws is unknown: as passes they clear the environment, as fails they clear us."""
    found = attribute("binary", redrawn(*[(GOOD, (1.0, 1.0, None))] * 30), drop=-0.1)
    assert (found.origin, found.unresolved) == ("cannot tell", 30)
    assert found.fresh == pytest.approx(5 / 6)


@pytest.mark.parametrize(("fresh", "origin"), [(-0.1, "environment"), (0.0, "ours"), (-0.025, "environment")])
def test_attribute__scores__are_compared_case_by_case(fresh: float, origin: str) -> None:
    random = Random(2)
    rows = []
    for _ in range(60):
        level = random.uniform(0.3, 0.8)
        noisy = [level + random.gauss(0, 0.02) for _ in range(4)]
        rows.append(((noisy[0], noisy[1]), (noisy[2] + fresh, noisy[3] + fresh)))
    found = attribute("score", redrawn(*rows), drop=-0.1)
    assert found.origin == origin
    assert found.partly == (fresh == -0.025)


def test_unequal__one_case__is_fishers_exact_test() -> None:
    stats = pytest.importorskip("scipy.stats")
    random = Random(7)
    for _ in range(200):
        then, now = random.randint(1, 9), random.randint(1, 9)
        passed, again = random.randint(0, then), random.randint(0, now)
        sides = [(1.0,) * k + (0.0,) * (n - k) for k, n in ((passed, then), (again, now))]
        table = [[again, now - again], [passed, then - passed]]
        p = stats.fisher_exact(table, alternative="less").pvalue
        assert tail([unequal(sides[0], sides[1])]) == pytest.approx(p, abs=1e-9)


def test_attribute__under_no_drift__convicts_the_environment_no_more_often_than_alpha() -> None:
    random = Random(11)
    convicted = 0
    for _ in range(300):
        rows = []
        for _ in range(20):
            rate = random.betavariate(3, 1)
            draws = [float(random.random() < rate) for _ in range(8)]
            rows.append((tuple(draws[:5]), tuple(draws[5:])))
        convicted += attribute("binary", redrawn(*rows), drop=-0.1).origin == "environment"
    assert convicted <= 24  # 5 % of 300 and two standard errors
