"""All suites, the worst first, and the sentence about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from tests.unit.core.weekly.past import NOW, TODAY, past, reading, run

from mergefloor.core.history.entry import Entry
from mergefloor.core.weekly.board import MOST_SUITES, Board, board
from mergefloor.core.weekly.headline import badge, headline, tone_of
from mergefloor.core.wording import Name, Words


def said(words: Words) -> str:
    return "".join(f"`{piece.text}`" if isinstance(piece, Name) else str(piece) for piece in words)


def steady(suite: str, *, days: int = 14, kind: str = "regression") -> list[Entry]:
    """Forty cases of which four fail, every day."""
    return [run(ago, (1.0,) * 36 + (0.0,) * 4, suite=suite, kind=kind) for ago in range(days - 1, -1, -1)]


def stepped(suite: str, before: int, after: int, *, at: int = 6, model: str = "m/b") -> list[Entry]:
    """So many of forty cases pass until `at` days ago, when the pin changes, and so many after."""
    return [
        run(
            ago,
            (1.0,) * (passing := after if ago <= at else before) + (0.0,) * (40 - passing),
            suite=suite,
            model=model if ago <= at else "m/a",
        )
        for ago in range(13, -1, -1)
    ]


def drifting(suite: str, *, back: int = 0) -> list[Entry]:
    """Sixty days, of which the last twenty-five are worse; `back` days of the end are missing."""
    rng = Random(3)
    found = []
    for ago in range(59, back - 1, -1):
        rate = 0.95 if ago > 25 else 0.8
        values = [float(rng.random() < rate) for _ in range(100)]
        found.append(run(ago, values, suite=suite))
    return found


def of(*entries: Sequence[Entry]) -> Board:
    return board(past(*(entry for each in entries for entry in each)), NOW)


def test_board__a_fall_with_its_pin__is_told_with_levels_day_and_cause() -> None:
    found = of(steady("a"), steady("b"), stepped("support", 38, 20))
    assert said(headline(found)) == (
        "This week: 2 suites steady, `support` fell from 95 % to 50 % since 15 Nov (pin changed on 15 Nov)."
    )
    assert [(each.week.name, each.standing) for each in found.suites] == [
        ("support", "fell"),
        ("a", "steady"),
        ("b", "steady"),
    ]
    assert (tone_of(found), badge(found)) == ("bad", ("1 suite down", "bad"))


def test_board__a_rise__is_no_alarm() -> None:
    found = of(stepped("support", 20, 38, model="m/a"))
    assert said(headline(found)) == "This week: `support` rose from 50 % to 95 % since 15 Nov."
    assert (tone_of(found), badge(found)) == ("good", ("1 suite steady", "good"))


def test_board__another_metric__is_named() -> None:
    def two(ago: int) -> Entry:
        tone = reading([0.9 if ago > 6 else 0.5 for _ in range(10)], name="tone", kind="score")
        return run(ago, readings=[reading((1.0,) * 10), tone])

    found = of([two(ago) for ago in range(13, -1, -1)])
    assert said(headline(found)) == "This week: `tone` of `support` fell from 0.900 to 0.500 since 15 Nov."


def test_board__what_one_interval_would_tell__is_corrected_for_all_metrics() -> None:
    alone = of(stepped("support", 38, 32))
    (listed,) = alone.suites
    assert listed.standing == "fell"
    shift = listed.week.metrics[0].shift
    crowd = of(stepped("support", 38, 32), *(steady(f"s{number}") for number in range(60)))
    assert crowd.compared == 61
    assert shift.beyond(0.95) == -1
    assert "fell" not in {each.standing for each in crowd.suites}


def test_board__an_alarm_that_stands__is_drifting() -> None:
    found = of(drifting("slow"))
    (listed,) = found.suites
    assert listed.standing == "drifting"
    assert listed.moved is not None and listed.moved.drift is not None
    assert listed.moved.drift.state == "confirmed"
    assert "`slow` drifts down since" in said(headline(found))
    assert "(alarm confirmed)" in said(headline(found))
    assert badge(found) == ("1 suite down", "bad")


def test_board__a_raised_alarm__is_not_called_confirmed() -> None:
    found = of(drifting("slow"))
    (listed,) = found.suites
    assert listed.moved is not None and listed.moved.drift is not None
    raised = replace(listed.moved, drift=replace(listed.moved.drift, state="raised", since=None))
    shown = replace(found, suites=(replace(listed, moved=raised),))
    assert said(headline(shown)) == "This week: `slow` drifts down (alarm raised, not confirmed)."


def test_board__a_fall_in_a_history_without_means__has_no_day() -> None:
    blank = [
        replace(entry, readings=(replace(entry.readings[0], value=None),)) for entry in stepped("s", 38, 10)
    ]
    assert said(headline(of(blank))) == "This week: `s` fell."


def test_board__no_run_this_week__is_idle_and_never_steady() -> None:
    found = of(steady("a"), [run(ago, suite="b") for ago in range(20, 7, -1)])
    assert said(headline(found)) == "This week: 1 suite steady, `b` did not run."
    assert (tone_of(found), badge(found)) == ("unsure", ("1 steady, 1 unknown", "unsure"))


def test_board__a_first_week__cannot_be_compared() -> None:
    found = of([run(ago) for ago in range(3)])
    assert said(headline(found)) == "This week: `support` cannot be compared with the week before."
    assert badge(found) == ("unknown", "unsure")
    week = found.suites[0].week
    assert week.metrics[0].shift.why == "no run in the week before"
    assert week.metrics[0].drift is not None and week.metrics[0].drift.lacking == 17


def test_board__many_suites__are_counted_and_not_listed() -> None:
    falls = [stepped(f"s{number}", 40, 10) for number in range(5)]
    silent = [[run(20, suite=f"t{number}")] for number in range(4)]
    assert said(headline(of(*falls, *silent))).endswith("2 more suites moved, 4 suites did not run.")


def test_board__without_history__says_so() -> None:
    found = of()
    assert said(headline(found)) == "No scheduled run is in the history yet."
    assert (tone_of(found), badge(found)[0], found.classes) == ("unsure", "unknown", ())


def test_board__lines_of_other_events_and_of_the_future__are_left_out() -> None:
    found = of(steady("a"), [run(0, suite="b", event="push"), run(-2, suite="a"), run(0, suite="c", at=-5.0)])
    assert [each.week.name for each in found.suites] == ["a"]
    assert found.future == 2
    assert found.suites[0].week.runs == 7


def test_board__more_suites_than_fit__keeps_those_that_ran_last() -> None:
    found = of([run(0, suite=f"s{number}") for number in range(MOST_SUITES)], [run(5, suite="old")])
    assert len(found.suites) == MOST_SUITES
    assert found.more == 1
    assert "old" not in {each.week.name for each in found.suites}


def test_board__a_suite_without_metrics__has_no_main_one() -> None:
    found = of([run(ago, readings=[]) for ago in range(10)])
    week = found.suites[0].week
    assert (week.main, week.failing, week.flaky, found.suites[0].standing) == (None, None, (), "unknown")


def test_board__classes__strictest_first_and_unknown_ones_last() -> None:
    found = of(
        steady("a"), steady("b", kind="safety"), steady("c", kind="odd"), steady("d", kind="capability")
    )
    assert found.classes == ("safety", "regression", "capability", "odd")


def test_board__flaky_cases_of_all_suites__the_worst_first() -> None:
    def turning(suite: str, often: int) -> list[Entry]:
        return [run(ago, (float(ago % often > 0),) + (1.0,) * 9, suite=suite) for ago in range(12)]

    assert [case.suite for case in of(turning("a", 4), turning("b", 2)).flaky] == ["b", "a"]


def test_week__cost_of_a_week_with_an_unknown_run__is_unknown() -> None:
    found = of([run(ago, usd=None if ago == 9 else 0.5) for ago in range(14)])
    week = found.suites[0].week
    assert (week.usd, week.usd_before) == (3.5, None)
    assert (week.use("usd").this, week.use("usd").last) == (0.5, 0.5)


def test_week__a_metric_whose_cases_lost_their_names__has_a_level_and_no_drift() -> None:
    found = board(past(*steady("a"), sizes=()), NOW)
    (metric,) = found.suites[0].week.metrics
    assert metric.this is not None and metric.drift is None
    assert metric.shift.why == "only 0 of its cases ran in both weeks"


def test_week__a_metric_that_is_no_longer_measured__is_gone() -> None:
    old = [run(ago, readings=[reading((1.0,) * 10, name="tone", kind="score")]) for ago in range(90, 50, -1)]
    found = of(old, [run(ago) for ago in range(40)])
    assert [metric.name for metric in found.suites[0].week.metrics] == ["pass_rate"]


def test_week__the_day_of_today__is_its_last() -> None:
    found = of([run(ago) for ago in (7, 6, 0)])
    assert (found.today, found.suites[0].week.runs, found.suites[0].week.runs_before) == (TODAY, 2, 1)
