"""The cells of the tables: what is unknown is said, never 0."""

from __future__ import annotations

from tests.unit.core.weekly.past import NOW, past, run
from tests.unit.core.weekly.test_board import drifting, of, said, steady, stepped

from mergefloor.core.weekly.board import board
from mergefloor.core.weekly.rows import change_rows, class_rows, metric_rows, more, suite_rows, use_rows
from mergefloor.core.wording import UNKNOWN


def test_rows__a_fall__has_every_number() -> None:
    row = suite_rows(of(stepped("support", 38, 20)))[0]
    assert (row.label, row.tone, said(row.metric), row.this, row.last) == (
        "Fell",
        "bad",
        "`pass_rate`",
        "50 %",
        "95 %",
    )
    assert row.change == "\u221245 pt"
    assert row.interval.startswith("\u2212")
    assert (row.usd, row.runs, row.slow) == ("$0.7000", "7", UNKNOWN)
    assert row.drift == "needs 13 more runs"


def test_rows__a_suite_that_did_not_run__shows_dashes_and_since_when() -> None:
    row = suite_rows(of([run(20)]))[0]
    assert (row.this, row.last, row.change, row.interval, row.usd, row.runs) == (
        UNKNOWN,
        UNKNOWN,
        "no run this week",
        "",
        UNKNOWN,
        "none since 1 Nov",
    )


def test_rows__a_suite_without_metrics__shows_dashes() -> None:
    row = suite_rows(of([run(0, readings=[])]))[0]
    assert (row.metric, row.this, row.last, row.change, row.interval, row.drift) == (
        (),
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        "",
        UNKNOWN,
    )


def test_rows__an_alarm__says_since_when() -> None:
    row = metric_rows(of(drifting("slow")))[0]
    assert row.alarm
    assert row.drift.startswith("confirmed since ")


def test_rows__states_of_the_watch__are_told() -> None:
    calm = [run(ago, (1.0,) * 36 + (0.0,) * 4, suite="a") for ago in range(30)]
    assert metric_rows(of(calm))[0].drift == "quiet"
    assert metric_rows(board(past(*steady("a"), sizes=()), NOW))[0].drift == UNKNOWN
    tiny = [run(ago, (1.0, None, 1.0)) for ago in range(30)]
    row = metric_rows(board(past(*tiny, sizes=(3,)), NOW))[0]
    assert row.drift == "needs 20 more runs"


def test_rows__classes__weigh_suites_by_their_cases() -> None:
    rows = class_rows(
        of(steady("a"), steady("b", kind="safety"), [run(0, readings=[], suite="c", kind="odd")])
    )
    safety, regression, odd = rows
    assert (said(safety.name), safety.meaning, safety.rate, safety.failing) == (
        "`safety`",
        "tolerates nothing",
        "90 %",
        "4",
    )
    assert (regression.cases, regression.moved) == (40, 0)
    assert (odd.meaning, odd.rate, odd.failing, odd.cases) == ("", UNKNOWN, UNKNOWN, 0)


def test_rows__uses__have_their_change_from_three_runs_on() -> None:
    entries = [run(ago, usd=0.2 if ago < 7 else 0.1, seconds=1.0 + ago % 3 / 10) for ago in range(14)]
    cells = use_rows(of(entries))[0].cells
    assert cells[0] == ("0.200", "+0.100 (+0.100 to +0.100)")
    assert cells[4][0] == "1.1 s"
    assert cells[1] == (UNKNOWN, "")
    assert use_rows(of([run(0)]))[0].cells[0] == ("0.100", "")


def test_rows__negative_kappa_and_tokens__keep_their_form() -> None:
    from dataclasses import replace

    from mergefloor.core.history.entry import Judging, Spend

    entry = replace(run(0), judging=Judging(kappa=-0.2), spend=Spend(input_tokens=12_345))
    cells = use_rows(of([entry]))[0].cells
    assert cells[1][0] == "12,345"
    assert cells[7][0] == "\u22120.200"


def test_rows__changes__of_four_weeks_newest_first() -> None:
    rows = change_rows(
        of([run(40), run(30, model="m/b"), run(9, model="m/c"), run(3, model="m/c", kind="safety")])
    )
    assert [(row.day, row.fact, said(row.old), said(row.new)) for row in rows] == [
        ("2026-11-18", "class", "`regression`", "`safety`"),
        ("2026-11-12", "pin", "`m/b`", "`m/c`"),
    ]


def test_more__says_only_what_is_missing() -> None:
    assert more(range(3), 3) == ()
    assert said(more(range(5), 3)) == "2 more are not listed."
