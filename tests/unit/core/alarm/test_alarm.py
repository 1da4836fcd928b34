"""What is told of a chart: since when, from which level to which, and which cases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mergefloor.core.alarm.alarm import MOST_CASES, alarms
from mergefloor.core.history.entry import Point, Reading
from mergefloor.core.history.history import History

Made = Callable[..., History]
CALM = [8] * 25


def test_alarms__of_a_drop__knows_its_runs_its_levels_and_its_cases(made: Made) -> None:
    (alarm,) = alarms(made([*CALM, 1, 1, 1]), ["s"])
    assert alarm.open and alarm.alert.state == "confirmed"
    assert alarm.onset is not None and alarm.onset.entry.id == "25.1/s"
    assert alarm.raised is not None and alarm.raised.entry.id == "25.1/s"
    before, since = alarm.levels
    assert (before, since) == (pytest.approx(0.8), pytest.approx(0.1))
    fallen = alarm.fallen()
    assert len(fallen) == MOST_CASES
    assert [row.since - row.before for row in fallen] == sorted(row.since - row.before for row in fallen)
    assert all(row.case.endswith("@1") and row.since < row.before for row in fallen)


def test_alarms__of_a_calm_metric__has_nothing_to_tell(made: Made) -> None:
    (alarm,) = alarms(made(CALM), ["s"])
    assert not alarm.open
    assert (alarm.onset, alarm.raised, alarm.levels, alarm.fallen()) == (None, None, (None, None), ())


def test_alarms__of_a_suite_that_is_gone__stand_no_more(made: Made) -> None:
    (alarm,) = alarms(made([*CALM, 1, 1, 1]), ["another"])
    assert alarm.alert.open and not alarm.watched and not alarm.open


def test_alarms__runs_without_an_outcome__count_in_no_level(made: Made) -> None:
    (alarm,) = alarms(made([*CALM, 1, None, 1]), ["s"])
    assert alarm.levels == (pytest.approx(0.8), pytest.approx(0.1))
    (blind,) = alarms(made([None, None]), ["s"])
    assert blind.found.lacking == 20 and not blind.open


def test_alarms__recovered__tell_the_drop_that_was(made: Made) -> None:
    (alarm,) = alarms(made([*CALM, 1, 1, *[9] * 30]), ["s"])
    assert alarm.alert.state == "recovered"
    since = alarm.levels[1]
    assert since is not None and 0.1 < since < 0.9
    assert alarm.alert.recovered is not None and alarm.alert.recovered < 56


def test_alarms__a_metric_without_named_cases__has_no_chart(made: Made) -> None:
    assert alarms(made([8, 8], but={i: {"case_set": None} for i in range(2)}), ["s"]) == ()


def test_alarms__a_case_without_an_outcome__counts_nowhere(made: Made) -> None:
    points = (None, *(Point(value=0.0, draws=1) for _ in range(9)))
    lost = Reading(name="pass_rate", kind="binary", value=0.0, cases=9, points=points)
    (alarm,) = alarms(made([*CALM, 1], but={25: {"readings": (lost,)}}), ["s"])
    assert alarm.open
    assert "c0@1" not in {row.case for row in alarm.fallen()}
