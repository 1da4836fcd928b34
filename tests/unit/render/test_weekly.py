"""The dashboard, the badge and the Markdown of a week: complete, within their bounds, and safe against the branch of
data, to which anybody with push can write."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from tests.unit.core.weekly.past import NOW, reading, run
from tests.unit.core.weekly.test_board import of, steady, stepped
from tests.unit.render.hostile_texts import CANARY, FRAGMENTS, texts
from tests.unit.render.oracle import assert_safe as assert_markdown
from tests.unit.render.page_oracle import Page
from tests.unit.render.page_oracle import assert_safe as assert_page

from mergefloor.core.history.case_set import CaseName, CaseSet
from mergefloor.core.history.entry import Entry, Judging
from mergefloor.core.history.history import history_of
from mergefloor.core.weekly.board import Board, board
from mergefloor.render import Redactor
from mergefloor.render.weekly import dashboard
from mergefloor.render.weekly_badge import badge_json, badge_svg
from mergefloor.render.weekly_text import week_comment, week_console, week_json, week_markdown

FEW = of(steady("a"), stepped("support", 38, 20), [run(20, suite="idle", kind="safety")])
SECRET = "sk-live-0123456789abcdefghij"


def hostile(text: str, seed: int) -> Board:
    """Every text that a line of the history has is this one."""
    text = text.encode(errors="ignore").decode() or "x"  # what no file can hold is no text of a line either
    names = CaseSet(cases=tuple(CaseName(id=f"{text}{at}", content=text) for at in range(10)))

    def line(ago: int) -> Entry:
        values = [float((ago + at) % 2) for at in range(10)]
        found = run(
            ago,
            values,
            suite=text if seed % 2 else "s",
            model=f"{text}{ago % 3}",
            version=f"{text}{ago % 2}",
            text=text,
            golden=f"{ago % 4}{text}",
            kind=text,
            judging=Judging(model=text, epoch=f"{text}{ago % 2}", agreement=1e300, kappa=-1e300),
            readings=[reading(values), reading(values, name=text, kind="score")],
            usd=1e300,
            seconds=-1e300,
            acknowledged=(text,),
        )
        return replace(found, case_set=names.hash, length=1e300, index_built=f"{text}{ago % 5}")

    return board(history_of([line(ago) for ago in range(20)], [names]), NOW)


@pytest.mark.parametrize("seed", range(40))
def test_week__of_hostile_names__lets_nothing_out_of_its_place(seed: int) -> None:
    (text,) = texts(1, seed=seed)
    found = hostile(text, seed)
    page = assert_page(dashboard(found, notes=[text]))
    assert page.data["suites"]
    url = "https://github.com/o/r/actions/runs/1"
    for markdown in (
        week_markdown(found, redact=Redactor(), url=url, notes=[text]),
        week_comment(found, redact=Redactor(), url=url),
    ):
        assert_markdown(markdown.replace(CANARY, "Z" * len(CANARY)), CANARY, links={url}, markers=0)
    assert "\x1b" not in week_console(found, redact=Redactor(), notes=[text])
    json.loads(week_json(found, redact=Redactor()))
    ElementTree.fromstring(badge_svg(found))


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_page__with_each_payload__keeps_its_script_and_its_data(fragment: str) -> None:
    assert_page(dashboard(hostile(fragment, 1)))


def test_page__a_script_that_ends_in_a_name__stays_text() -> None:
    shown = dashboard(hostile("</script><script>alert(1)</script>", 1))
    assert "<script>alert" not in shown
    assert shown.count("</script>") == 2


def test_page__a_secret_in_a_name__is_redacted_everywhere() -> None:
    found = hostile(SECRET, 1)
    shown = (
        dashboard(found, redact=Redactor()),
        week_markdown(found, redact=Redactor()),
        week_json(found, redact=Redactor()),
        week_console(found, redact=Redactor()),
    )
    assert [SECRET in text for text in shown] == [False] * 4


def test_page__without_scripts__has_the_sentence_and_every_suite() -> None:
    page = Page(dashboard(FEW))
    assert "This week: 1 suite steady, support fell from 95 % to 50 % since 15 Nov" in page.words
    assert "idle did not run" in page.words
    rows = [a for tag, a in page.elements if tag == "tr" and "data-suite" in a]
    assert [(row["data-suite"], row["data-standing"]) for row in rows] == [
        ("support", "fell"),
        ("idle", "idle"),
        ("a", "steady"),
    ]
    assert "none since 1 Nov" in page.words


def test_page__the_lines__are_thousandths_on_one_axis() -> None:
    support = Page(dashboard(FEW)).data["suites"][0]
    assert support["n"] == "support"
    assert support["t"][1:] == [1] * 13
    (metric,) = support["m"]
    assert metric["v"] == [950] * 7 + [500] * 7
    assert metric["l"][0] == 50
    assert support["c"] == [[20_772, "pin", "m/a", "m/b"]]
    assert "p95" not in support["u"]


def test_page__a_missing_day__is_a_gap_of_its_line() -> None:
    found = of([run(ago) for ago in (6, 5, 4, 2, 1, 0)])
    assert Page(dashboard(found)).data["suites"][0]["b"] == [3]


def test_page__of_a_metric_some_runs_do_not_know__has_nulls() -> None:
    found = of([run(2), run(1, (None,) * 10), run(0)])
    (metric,) = Page(dashboard(found)).data["suites"][0]["m"]
    assert (metric["v"], metric["l"]) == ([1000, None, 1000], [50, None, 50])


def test_page__names_that_look_alike__are_told_apart() -> None:
    long = "x" * 70
    found = of(steady(f"{long}1"), steady(f"{long}2"), steady(f"{long}3"))
    page = Page(dashboard(found))
    rows = [a["data-suite"] for tag, a in page.elements if tag == "tr" and "data-suite" in a]
    assert len(set(rows)) == 3
    assert rows == [suite["n"] for suite in page.data["suites"]]


def test_page__with_less_room__is_cut_more_coarsely_and_says_so() -> None:
    many = of(*(steady(f"s{number}", days=400) for number in range(12)))
    whole = len(dashboard(many).encode())
    for less in (8_000, 15_000, 20_000):
        shown = dashboard(many, budget=whole - less)
        assert len(shown.encode()) <= whole - less
        assert Page(shown).data["width"] > 7
    bare = dashboard(many, budget=whole - 30_000)
    assert len(bare.encode()) <= whole - 30_000
    assert len(Page(bare).data["suites"]) < 12
    assert "are left out to keep this page small" in Page(bare).words


def test_page__of_no_history__says_so_and_is_whole() -> None:
    page = assert_page(dashboard(of()))
    assert "No scheduled run is in the history yet." in page.words
    assert page.data["suites"] == []


def test_page__what_is_not_shown__is_counted() -> None:
    found = replace(FEW, future=3, more=2)
    words = Page(dashboard(found)).words
    assert "3 lines of the history are from after this week" in words
    assert "2 suites that ran least recently are not shown" in words


def test_markdown__of_a_week__has_the_tables() -> None:
    shown = week_markdown(FEW, redact=Redactor(), url="https://github.com/o/r/actions/runs/1", notes=["Odd."])
    assert "## The week to 21 Nov 2026" in shown
    assert "| `support` | `regression` | `pass_rate` | 50 % | 95 % | \u221245 pt (" in shown
    assert "| 2026-11-15 | `support` | pin | `m/a` | `m/b` |" in shown
    assert "> Odd." in shown
    assert "[this run](https://github.com/o/r/actions/runs/1)" in shown


def test_markdown__of_many_suites__stays_below_what_an_issue_holds() -> None:
    found = of(*(steady(f"{'long-name-' * 7}{number}", days=2) for number in range(150)))
    shown = week_markdown(found, redact=Redactor())
    assert len(shown.encode()) < 60_000
    assert "90 more are not listed." in shown


def test_badge__holds_the_state_and_no_name() -> None:
    shown = badge_svg(FEW)
    assert ElementTree.fromstring(shown).get("aria-label") == "mergefloor: 1 suite down"
    assert "support" not in shown
    assert json.loads(badge_json(FEW)) == {
        "schemaVersion": 1,
        "label": "mergefloor",
        "message": "1 suite down",
        "color": "critical",
    }


def test_json__of_a_week__has_null_where_nothing_is_known() -> None:
    found = json.loads(week_json(FEW, redact=Redactor()))
    idle = next(each for each in found["suites"] if each["name"] == "idle")
    assert idle["usd"] is None
    assert idle["metrics"][0]["this"] is None
    assert idle["metrics"][0]["interval"] == [None, None]
    assert found["suites"][0]["metrics"][0]["delta"] == -0.45


def test_console__of_a_week__has_a_line_a_suite() -> None:
    shown = week_console(FEW, redact=Redactor(), width=60)
    assert "Fell      support  pass_rate 50 %, change \u221245 pt" in shown
