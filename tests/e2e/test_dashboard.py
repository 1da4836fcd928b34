"""The weekly dashboard in a real browser: three years of fifty suites, and what a visitor does with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.history.yearbook import NOW, World, history
from tests.e2e.test_html import INTERACTIVE_MS, Browser, needs_browser
from tests.unit.core.weekly.test_board import of, steady
from tests.unit.render.page_oracle import Page, assert_safe
from tests.unit.render.test_weekly import hostile

from mergefloor.core.weekly.board import board
from mergefloor.render.weekly import dashboard

MOST_BYTES = 3_000_000
WIDTHS = (360, 1400)


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


@pytest.fixture(scope="module")
def years() -> str:
    """Three years, every day, of suites of ten cases: the page is as large with any number of cases."""
    return dashboard(board(history(World(cases=10)), NOW))


def test_page__of_three_years_of_fifty_suites__is_small_and_safe(years: str) -> None:
    assert len(years.encode()) < MOST_BYTES
    page = assert_safe(years)
    assert len(page.data["suites"]) == 50
    assert page.data["width"] == 7
    assert max(len(suite["t"]) for suite in page.data["suites"]) > 200


@needs_browser
def test_page__of_three_years__is_interactive_within_a_second(browser: Browser, years: str) -> None:
    readings = [int(browser.open(years)[1]["ready"]) for _ in range(3)]
    assert min(readings) < INTERACTIVE_MS, readings


VISIT = """
const all = (selector) => [...document.querySelectorAll(selector)];
const click = (node) => node.dispatchEvent(new MouseEvent("click", { bubbles: true }));
const field = (name) => document.querySelector(`#filters [name=${name}]`);
const set = (name, value, kind) => { field(name).value = value; field(name).dispatchEvent(new Event(kind, { bubbles: true })); };
const colour = () => getComputedStyle(document.body).backgroundColor;
const log = [mark.matching, Number(mark.charts) > 4];
set("q", "legal-3", "input"); log.push(mark.matching);
click(all("#rows tr:not([hidden]) button")[0]); log.push(mark.suite);
set("q", "", "input"); set("class", "safety", "change"); log.push(mark.matching); set("class", "", "change");
set("q", "nothing-has-this", "input"); log.push(document.getElementById("count").textContent); set("q", "", "input");
click(all("#controls button").find((each) => each.value === "all"));
const hits = all("#lines svg:first-of-type .hit"); log.push(hits.length > 3);
hits[0].dispatchEvent(new PointerEvent("pointerenter"));
log.push(/^\\d{4}-\\d\\d-\\d\\d · /.test(document.getElementById("told").textContent), all(".flag.on").length === Number(mark.charts), all("#marks li.on").length > 0);
const chart = document.querySelector("#lines svg"), box = chart.getBoundingClientRect();
chart.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, clientX: box.left + box.width / 2, clientY: box.top + 50 }));
log.push(/^7 days from .* pass_rate: [\\d.]+ % \\([\\d.]+ % to [\\d.]+ %\\)$/.test(document.getElementById("told").textContent));
const before = colour(); click(document.getElementById("theme")); const after = colour(); click(document.getElementById("theme"));
log.push(before !== after, before === colour());
log.push(location.hash.includes("range=all"), document.documentElement.scrollWidth <= document.documentElement.clientWidth);
mark.log = log.join("|");
"""


@needs_browser
def test_page__a_visitor__opens_a_suite_filters_hovers_a_change_and_switches_the_theme(
    browser: Browser, years: str
) -> None:
    _, marks, console = browser.open(years, script=VISIT)
    assert marks["log"].split("|") == [
        "50", "true", "1", "legal-3", "10", "No suite matches.",
        "true", "true", "true", "true", "true", "true", "true", "true", "true",
    ]  # fmt: skip
    assert console == []


@needs_browser
def test_page__an_address__opens_the_suite_the_time_and_the_filters(browser: Browser, years: str) -> None:
    script = "mark.pressed = document.querySelector('#controls [aria-pressed=true]').value;"
    _, marks, _ = browser.open(years, "#suite=notes-4&range=year&standing=steady&q=notes", script)
    assert (marks["suite"], marks["pressed"]) == ("notes-4", "year")
    assert 0 < int(marks["matching"]) <= 5


@needs_browser
def test_page__without_scripts__shows_the_newest_numbers(browser: Browser, years: str) -> None:
    still = years.replace("<script>", "<script type=text/plain>")
    page = Page(browser.open(still)[0])
    assert "This week:" in page.words
    assert sum(tag == "tr" and "data-suite" in found for tag, found in page.elements) == 50
    assert sum(tag == "svg" and "spark" in found.get("class", "") for tag, found in page.elements) == 50


@needs_browser
def test_page__of_hostile_names__runs_nothing_and_complains_of_nothing(browser: Browser) -> None:
    payload = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    script = "document.querySelector('#lines .hit').dispatchEvent(new PointerEvent('pointerenter')); mark.title = document.title;"
    shown, marks, console = browser.open(dashboard(hostile(payload, 1)), script=script)
    assert "owned" not in marks["title"]
    assert "<img" not in shown
    assert console == []
    assert browser.open(dashboard(hostile(payload, 1)))[2] == []  # under its policy, too


@needs_browser
def test_page__without_history_or_marks__works(browser: Browser) -> None:
    assert browser.open(dashboard(of()))[2] == []
    shown, marks, console = browser.open(dashboard(of(steady("a"))))
    assert (marks["suite"], console) == ("a", [])
    assert "Nothing changed in this time." in shown


@needs_browser
def test_page__of_a_first_run__draws_points_that_can_be_seen(browser: Browser) -> None:
    script = "mark.size = String(document.querySelector('#lines .line').getBBox().width);"
    _, marks, console = browser.open(dashboard(of(steady("a", days=1))), script=script)
    assert (float(marks["size"]), console) == (3.0, [])


@needs_browser
@pytest.mark.parametrize("width", WIDTHS)
def test_page__at_every_width__does_not_scroll_sideways(browser: Browser, years: str, width: int) -> None:
    framed = f"document.body.style.width = '{width}px'; window.dispatchEvent(new Event('resize'));"
    script = f"{framed} mark.wide = String(Math.max(...[...document.querySelectorAll('#lines svg, .card')].map((each) => each.getBoundingClientRect().right)));"
    _, marks, _ = browser.open(years, script=script)
    assert float(marks["wide"]) <= width
