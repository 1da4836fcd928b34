"""report.html in a real browser, and all four reports of a real run."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as Xml
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.e2e import chromium
from tests.e2e.test_gate_rules import BLUNT, prompt, start
from tests.unit.render import samples
from tests.unit.render.hostile_texts import texts
from tests.unit.render.page_oracle import assert_safe

from mergefloor.render import html

needs_browser = pytest.mark.skipif(chromium.BROWSER is None, reason="there is no Chromium on this machine")
INTERACTIVE_MS = 1_000


class Browser:
    """Opens a page and reads what its scripts made of it."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder, 0

    def open(self, text: str, fragment: str = "", script: str = "") -> tuple[str, dict[str, str], list[str]]:
        """The document, the marks on its root, the console. `script` runs afterwards, without the policy."""
        self._count += 1
        page = self._folder / f"page-{self._count}.html"
        page.write_text(_driven(text, script) if script else text, encoding="utf-8")
        shown, console = chromium.dom(page, self._folder / "profile", fragment)
        root = re.search(r"<html[^>]*>", shown)
        assert root is not None
        return shown, dict(re.findall(r'data-([a-z]+)="([^"]*)"', root[0])), console


def _driven(text: str, script: str) -> str:
    open_page = text.replace("Content-Security-Policy", "X-No-Policy", 1)
    return open_page.replace(
        "</body>",
        f"<script>(() => {{ const mark = document.documentElement.dataset; {script} }})();</script></body>",
    )


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


@pytest.fixture(scope="module")
def large() -> str:
    return html(samples.many(5_000))


def rows(shown: str) -> list[str]:
    return re.findall(r'data-case="([^"$]*)"', shown)


@needs_browser
def test_page__of_5_000_cases__is_interactive_within_a_second(browser: Browser, large: str) -> None:
    readings = [int(browser.open(large)[1]["ready"]) for _ in range(3)]
    assert min(readings) < INTERACTIVE_MS, readings


@needs_browser
def test_page__of_5_000_cases__shows_the_worst_fifty_and_complains_of_nothing(
    browser: Browser, large: str
) -> None:
    shown, marks, console = browser.open(large)
    assert marks["matching"] == "5000"
    assert len(rows(shown)) == 50
    assert rows(shown)[0] == "refund-angry-01"
    assert "5,000 of 5,000 cases" in shown
    assert console == []


FILTERS = """
const field = (name) => document.querySelector(`#filters [name=${name}]`);
const set = (name, value, kind) => { field(name).value = value; field(name).dispatchEvent(new Event(kind, { bubbles: true })); };
const first = () => document.querySelector("#rows button")?.dataset.case ?? "none";
const log = [];
for (const [name, value] of [["q", "kettle"], ["q", "KETTLE broken"], ["q", "induction pan"], ["q", "nothing-has-this"], ["q", ""],
  ["state", "broken"], ["state", "changed"], ["state", "critical"], ["state", "unresolved"], ["state", ""], ["tag", "hours"]]) {
  set(name, value, name === "q" ? "input" : "change"); log.push(`${mark.matching}:${first()}`);
}
mark.log = log.join(" ");
"""


@needs_browser
def test_page__search_and_filters__leave_what_matches(browser: Browser, large: str) -> None:
    assert browser.open(large, script=FILTERS)[1]["log"].split() == [
        "1:refund-angry-01",
        "1:refund-angry-01",
        "832:case-0005",
        "0:none",
        "5000:refund-angry-01",
        "3:refund-angry-01",
        "6:refund-angry-01",
        "1:refund-angry-01",
        "1:timeout-21",
        "5000:refund-angry-01",
        "1:opening-hours-11",
    ]


VISIT = """
const click = (node) => node.dispatchEvent(new MouseEvent("click", { bubbles: true }));
const colour = () => getComputedStyle(document.body).backgroundColor;
const state = document.querySelector("#filters [name=state]");
const log = [mark.matching];
state.value = "broken"; state.dispatchEvent(new Event("change", { bubbles: true })); log.push(mark.matching);
const broken = document.querySelector("#rows button"); log.push(broken.dataset.case); click(broken);
const open = document.querySelector('#rows [aria-expanded="true"]'); log.push(open.dataset.case);
const detail = document.querySelector("#rows .detail").textContent;
log.push(detail.includes("My kettle arrived broken"), detail.includes("I have started the refund"), detail.includes('missing: "refund of"'));
click(open); log.push(document.querySelectorAll('[aria-expanded="true"]').length);
const before = colour(); click(document.getElementById("theme")); const after = colour(); click(document.getElementById("theme"));
log.push(before !== after, before === colour());
state.value = ""; state.dispatchEvent(new Event("change", { bubbles: true })); log.push(mark.matching);
mark.log = log.join("|");
"""


@needs_browser
@pytest.mark.parametrize("cases", [50, 500, 5_000])
def test_page__of_any_size__a_visitor_filters_opens_a_broken_case_and_switches_the_theme(
    browser: Browser, cases: int
) -> None:
    _, marks, console = browser.open(html(samples.many(cases)), script=VISIT)
    log = marks["log"].split("|")
    assert log[:4] == [str(cases), "3", "refund-angry-01", "refund-angry-01"]
    assert log[4:7] == ["true", "true", "true"]
    assert log[7:] == ["0", "true", "true", str(cases)]
    assert console == []


@needs_browser
def test_page__of_a_fork__opens_a_case_without_its_texts(browser: Browser) -> None:
    found = replace(samples.many(50), private=True)
    shown, _, _ = browser.open(html(found), "#open=warranty-02")
    opened = shown[shown.index('aria-expanded="true"') :]
    assert "comes from a fork, so its answers are left out" in opened
    assert "facts" in opened
    assert "mergefloor explain warranty-02" in opened
    assert "blender" not in shown


@needs_browser
def test_page__filters_in_the_address__are_applied_and_shown_in_the_controls(
    browser: Browser, large: str
) -> None:
    script = "mark.controls = [...document.querySelector('#filters').elements].map((each) => each.value).join('|');"
    _, marks, _ = browser.open(large, "#q=blender&state=broken&tag=refunds", script)
    assert (marks["matching"], marks["controls"]) == ("1", "blender|broken|refunds")


@needs_browser
def test_page__a_case_opened_by_its_address__shows_question_both_answers_and_the_diff(
    browser: Browser, large: str
) -> None:
    shown, _, _ = browser.open(large, "#open=warranty-02")
    assert re.search(r'aria-expanded="true"[^>]*data-case="warranty-02"', shown)
    opened = shown[shown.index('aria-expanded="true"') :]
    assert "Is my blender still under warranty?" in opened
    assert '<del><span class="hidden">removed: </span>24 </del>' in opened
    assert '<ins><span class="hidden">added: </span>12 </ins>' in opened
    assert "The answer says 12 months where the policy says 24 months." in opened
    assert "mergefloor explain warranty-02" in opened


@needs_browser
def test_page__a_case_far_down__is_found_on_its_page(browser: Browser, large: str) -> None:
    shown, _, _ = browser.open(large, "#open=case-4000")
    assert "case-4000" in rows(shown)
    assert re.search(r'aria-expanded="true"[^>]*data-case="case-4000"', shown)


KEYS = """
const press = (key) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const at = () => document.activeElement.dataset.case ?? document.activeElement.name ?? "none";
const log = [];
for (const key of ["/", "Escape", "j", "j", "ArrowDown", "k"]) { press(key); log.push(at()); }
document.activeElement.click(); log.push(document.querySelectorAll('[aria-expanded="true"]').length);
press("Escape"); log.push(document.querySelectorAll('[aria-expanded="true"]').length, at());
for (let i = 0; i < 60; i++) press("j");
log.push(at(), document.querySelector("#pages").textContent.startsWith("51 to 100"));
for (let i = 0; i < 12; i++) press("k");
log.push(document.querySelector("#pages").textContent.startsWith("1 to 50"));
press("/"); document.activeElement.value = "kettle"; document.activeElement.dispatchEvent(new Event("input", { bubbles: true }));
log.push(mark.matching); press("Escape"); log.push(mark.matching);
mark.log = log.join(" ");
"""


@needs_browser
def test_page__keys__search_move_open_and_close(browser: Browser) -> None:
    _, marks, console = browser.open(html(samples.many(200)), script=KEYS)
    log = marks["log"].split()
    assert log[:6] == ["q", "none", "refund-angry-01", "delivery-late-04", "warranty-02", "delivery-late-04"]
    assert log[6:9] == ["1", "0", "delivery-late-04"]
    assert log[9].startswith("case-")
    assert log[10:] == ["true", "true", "1", "200"]
    assert console == []


@needs_browser
def test_page__theme__follows_the_button_and_the_address(browser: Browser) -> None:
    page = html(samples.block())
    click = "const before = getComputedStyle(document.body).backgroundColor; document.getElementById('theme').click(); mark.moved = String(before !== getComputedStyle(document.body).backgroundColor);"
    assert browser.open(page, script=click)[1]["moved"] == "true"
    assert browser.open(page, "#q=&theme=dark")[1]["theme"] == "dark"


@needs_browser
@pytest.mark.parametrize(
    "report", [samples.eventful, lambda: samples.hostile("W" * 500)], ids=["eventful", "long words"]
)
def test_page__at_360_pixels__needs_no_sideways_scrolling(
    browser: Browser, report: Callable[[], Any]
) -> None:
    frame = (
        "const frame = document.createElement('iframe'); frame.width = 360; frame.height = 800; frame.style.border = 0;"
        "frame.srcdoc = document.documentElement.outerHTML.replace(/<script>[^]*?<\\/script>/g, '');"
        "document.body.prepend(frame); frame.onload = () => { const page = frame.contentDocument.documentElement;"
        "mark.wide = String(page.scrollWidth); };"
    )
    assert int(browser.open(html(report()), script=frame)[1]["wide"]) <= 360


@needs_browser
def test_page__a_script_that_is_not_ours__does_not_run(browser: Browser) -> None:
    evil = '<script>document.documentElement.dataset.evil = "1"</script><img src="https://x.invalid/a.png"></body>'
    _, marks, console = browser.open(html(samples.block()).replace("</body>", evil))
    assert "evil" not in marks
    assert any("Content Security Policy" in line for line in console)
    assert "ready" in marks


@needs_browser
def test_page__hostile_texts__stay_texts_when_opened(browser: Browser) -> None:
    opened = "for (const button of [...document.querySelectorAll('[data-case]')].slice(0, 3)) { button.click(); } mark.strange = String(document.querySelectorAll('#rows img, #rows a, #rows details, #rows script, #rows style').length);"
    for text in texts(2, seed=52):
        _, marks, _ = browser.open(html(samples.hostile(text)), script=opened)
        assert marks["strange"] == "0"


def test_gate__report_folder__holds_all_four(repo: Any, gate: Callable[..., Any], tmp_path: Path) -> None:
    base = start(repo)
    head = repo.commit({"prompts/city.yaml": prompt(f"Be {BLUNT}.")})
    folder = tmp_path / "out"
    found = gate().gate(base, head, "--report", str(folder))
    assert found["verdict"] == "block"
    assert sorted(path.name for path in folder.iterdir()) == [
        "comment.md",
        "junit.xml",
        "report.html",
        "report.json",
    ]
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == found
    page = assert_safe((folder / "report.html").read_text(encoding="utf-8"))
    assert [case["i"] for case in page.data["cases"]] == sorted(f"q{n}" for n in range(12))
    assert {page.data["states"][case["k"]][0] for case in page.data["cases"]} == {"broken"}
    assert page.data["cases"][0]["d"]
    suites = Xml.parse(folder / "junit.xml").getroot()
    assert suites.get("failures") == "14"  # every case, the metric and the run
