"""Numbers along the time axis."""

from __future__ import annotations

import pytest
from tests.unit.core.weekly.past import TODAY, reading, run

from mergefloor.core.history.entry import Entry, Judging, Reading
from mergefloor.core.weekly.slots import Zoom, slots
from mergefloor.core.weekly.trend import Trend, group_of, known, level_of, trend, use

ZOOM = Zoom(daily=7, width=7)


def along(*entries: Entry, name: str = "pass_rate") -> Trend:
    return trend(name, slots(entries, TODAY, ZOOM))


def bare(value: float | None, low: float | None = None, high: float | None = None) -> Reading:
    return Reading(name="x", kind="score", value=value, cases=3, low=low, high=high)


def test_trend__a_week__is_the_mean_of_its_runs_and_of_their_intervals() -> None:
    found = along(run(9, (1.0,) * 10), run(8, (1.0,) * 8 + (0.0,) * 2))
    (level,) = found.levels
    assert level is not None
    assert (level.value, level.low, level.high) == pytest.approx((0.9, 0.85, 0.925))


def test_trend__a_run_that_does_not_know_it__is_unknown() -> None:
    found = along(run(2), run(1, readings=[]), run(0, (None,) * 10))
    assert [level is None for level in found.levels] == [False, True, True]


def test_trend__measured_in_another_way_before__is_unknown_there() -> None:
    score = reading((0.5,) * 10, kind="score")
    found = along(run(1), run(0, readings=[score]))
    assert found.kind == "score"
    assert [level is None for level in found.levels] == [True, False]


def test_trend__of_a_metric_that_nobody_has__is_unknown() -> None:
    assert along(run(0), name="tone").levels == (None,)


def test_level__numbers_out_of_their_range__are_not_believed() -> None:
    assert level_of([bare(1e300)]) is None
    assert level_of([bare(-0.1), bare(0.4)]) == level_of([bare(0.4)])
    wide = level_of([bare(0.5, -3.0, 9.0)])
    assert wide is not None and wide.low is None and wide.high is None
    crossed = level_of([bare(0.5, 0.6, 0.7)])
    assert crossed is not None and crossed.low is None


def test_use__money_and_kappa__only_where_they_can_be() -> None:
    entries = [
        run(1, usd=-1.0),
        run(0, usd=0.2, judging=Judging(kappa=-0.3)),
        run(2, judging=Judging(kappa=7.0)),
    ]
    assert known("usd", entries) == [0.2, 0.1]
    assert known("kappa", entries) == [-0.3]
    assert known("p95", entries) == []


def test_use__along_the_axis__is_the_mean_of_those_that_know() -> None:
    found = use("usd", slots([run(9, usd=0.1), run(8, usd=0.3), run(1, usd=None)], TODAY, ZOOM))
    assert found.values == (pytest.approx(0.2), None)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("pass_rate", "outcome"),
        ("recall@5", "retrieval"),
        ("docs.ndcg@10", "retrieval"),
        ("rag/hit_rate", "retrieval"),
        ("faithfulness", "score"),
        ("recall-of-facts", "score"),
    ],
)
def test_group__of_a_metric__is_told_by_its_name(name: str, group: str) -> None:
    assert group_of(name) == group
