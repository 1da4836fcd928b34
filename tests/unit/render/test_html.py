"""report.html as text: safe, complete without scripts, small. How it behaves in a browser: tests/e2e/test_html.py."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from tests.unit.render.hostile_texts import texts
from tests.unit.render.page_oracle import Page, assert_safe

from mergefloor.core.report import CaseSide
from mergefloor.core.types import Grade, Output
from mergefloor.render import Redactor, html
from mergefloor.render.html import BUDGET

TEMPLATES = Path(__file__).parents[3] / "src" / "mergefloor" / "templates" / "html"


def test_html__any_ending__is_safe_and_tells_the_verdict(ending):
    page = assert_safe(html(ending))
    heading = next(i for i, (tag, _) in enumerate(page.elements) if tag == "h1")
    assert heading > 0
    assert "What the gate could not see" in page.words


def test_html__first_words__say_may_it_merge_what_got_worse_what_to_do(samples):
    words = Page(html(samples.eventful())).words
    parts = (
        "Do not merge: customer-support got worse.",
        "What got worse",
        "What to do",
        "What this change does to its own gate",
        "Suites and metrics",
        "What the gate could not see",
    )
    places = [words.index(part) for part in parts]
    assert places == sorted(places)


def test_html__hostile_text_in_every_field__stays_text(samples):
    for text in texts(60, seed=52):
        assert_safe(html(samples.hostile(text)))


def _hostile_rows(samples, strings, number):
    strings = iter(strings)

    def side():
        grade = Grade(grader=next(strings), passed=False, score=0.0, reason=next(strings))
        return CaseSide(output=Output(text=next(strings)), grades=(grade,), draws=1)

    def row(index):
        plain = samples.plain_row(index)
        return replace(
            plain, case=f"c-{index}", question=next(strings), tags=(next(strings),), base=side(), head=side()
        )

    found = samples.block()
    return replace(found, suites=(replace(found.suites[0], rows=tuple(map(row, range(number)))),))


def test_html__10_000_hostile_texts_in_the_table__are_data_and_nothing_else(samples):
    text = html(_hostile_rows(samples, texts(12_000, seed=57), 1_400))
    page = assert_safe(text)
    assert len(page.data["cases"]) == 1_400
    (embedded,) = re.findall(r'<script id="data" type="application/json">(.*?)</script>', text, re.S)
    assert not set("<>&\u2028\u2029") & set(embedded)
    text.encode()


def test_html__hidden_and_turning_characters__are_shown_by_their_numbers(samples):
    text = html(_hostile_rows(samples, ["a\u202eb\u200b\x00\ud800\r\nc"] * 100, 3))
    assert not re.search("[\u202e\u200b\x00\ud800\r]", text)
    assert Page(text).data["cases"][0]["q"] == "a\\u{202e}b\\u{200b}\ufffd\ufffd\nc"


def test_html__secrets__are_gone_in_every_spelling(samples):
    secret = "tok+en/with=odd&chars-123456"
    for text in (secret, secret[::-1], secret.encode().hex(), f"{'word ' * 55}{secret}", "sk-" + "a1" * 30):
        shown = html(samples.hostile(text), redact=Redactor([secret]))
        assert "[redacted]" in shown
        for part in (secret[:14], secret[::-1][:14], secret.encode().hex()[:20], "sk-a1a1"):
            assert part not in shown


def test_html__5_000_ordinary_cases__fit_with_all_their_texts(samples):
    text = html(samples.many(5_000))
    assert len(text.encode()) <= BUDGET
    cases = Page(text).data["cases"]
    assert len(cases) == 5_000
    assert all("d" in case and "q" in case for case in cases if case["i"] != "same-bytes-22")


def test_html__5_000_hostile_cases__fit__texts_of_calm_cases_go_first(samples):
    filler = "\U0001f600@`<!--\u202e " * 40
    found = _hostile_rows(samples, [filler] * 40_000, 5_000)
    special = samples.many(8).suites[0].rows
    rows = (*(replace(row, question=filler) for row in special), *found.suites[0].rows)[:5_000]
    text = html(replace(found, suites=(replace(found.suites[0], rows=rows),)))
    assert len(text.encode()) <= BUDGET
    cases = {case["i"]: case for case in Page(text).data["cases"]}
    assert len(cases) == 5_000
    assert "d" in cases["refund-angry-01"]


def test_html__no_room_for_every_case__keeps_the_worst_and_says_how_many_there_are(samples):
    text = html(samples.many(3_000), budget=160_000)
    data = Page(text).data
    assert len(text.encode()) <= 160_000
    assert data["total"] == 3_000
    assert 5 < len(data["cases"]) < 3_000
    assert data["cases"][0]["i"] == "refund-angry-01"


def test_html__one_case__holds_at_most_300_characters_of_each_text(samples):
    long = "word " * 3_000
    side = CaseSide(output=Output(text=long), grades=(), passes=1, draws=1)
    row = replace(samples.plain_row(1), question=long, base=side, head=side)
    found = samples.block()
    report = replace(found, suites=(replace(found.suites[0], rows=(row,)),))
    (case,) = Page(html(report)).data["cases"]
    assert len(case["q"]) <= 301
    assert sum(len(edit) - 1 for edit in case["d"]) <= 301


def test_html__same_report__is_the_same_bytes_whatever_the_clock_and_the_order(samples):
    found = samples.many(60)
    first = found.suites[0]
    turned = replace(found, duration_s=9.9, suites=(replace(first, rows=first.rows[::-1]), *found.suites[1:]))
    assert html(found) == html(turned)


def test_html__without_scripts__has_verdict_tables_pictures_and_the_worst_cases(samples):
    page = Page(html(samples.many(60)))
    assert {"Change, with its 90 % interval", "Level against the floor", "Every case, base against head"} <= {
        text.strip() for text in page.text
    }
    titles = [tag for tag, _ in page.elements if tag == "svg"]
    assert len(titles) >= 6
    assert "missing: &quot;refund of" not in page.words
    assert 'missing: "refund of"' in page.words
    assert "case-0001" in page.words


def test_html__pictures__are_told_in_words(samples):
    page = Page(html(samples.many(60)))
    for tag, attributes in page.elements:
        if tag == "svg":
            named = attributes["aria-labelledby"].split()
            assert attributes["role"] == "img"
            assert all(any(a.get("id") == name for _, a in page.elements) for name in named)
    assert (
        "pass_rate: \u221221.4 pt, 90 % interval \u221233.1 to \u22129.8 pt, a drop of 2 points is tolerated, worse."
        in page.words
    )
    assert "passed on the base and fail on the head" in page.words
    assert "Luck alone would show this once in 50,000 runs" in page.words


def test_html__word_diff__is_told_in_words_and_not_by_colour_alone(samples):
    text = html(samples.many(60))
    assert '<del><span class="hidden">removed: </span>24 </del>' in text
    assert '<ins><span class="hidden">added: </span>12 </ins>' in text


def test_html__structure__has_landmarks_one_heading_and_tables_with_headers(samples):
    page = Page(html(samples.eventful()))
    tags = [tag for tag, _ in page.elements]
    assert tags.count("h1") == tags.count("main") == tags.count("header") == tags.count("footer") == 1
    assert dict(page.elements)["html"]["lang"] == "en"
    assert all(a.get("scope") for tag, a in page.elements if tag == "th")
    targets = {a["href"][1:] for tag, a in page.elements if tag == "a"}
    assert targets <= {a["id"] for _, a in page.elements if "id" in a}
    live = next(a for _, a in page.elements if a.get("id") == "count")
    assert (live["role"], live["aria-live"]) == ("status", "polite")
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_html__templates__hold_layout_and_no_wording():
    for template in TEMPLATES.glob("*.j2"):
        plain = re.sub(r"{[{%].*?[%}]}", "", template.read_text(encoding="utf-8"), flags=re.S)
        layout = re.sub(r"<[^>]*>", "", plain)
        left = set(re.findall(r"[A-Za-z]{2,}", layout))
        assert left <= {"mergefloor"}, (template.name, left)


def test_html__script__writes_foreign_text_as_text_only():
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "srcdoc",
        "fetch(",
    ):
        assert way not in script, way


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one, two):
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_html__colours__can_be_told_apart(theme):
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    found = {
        name: [
            f"#{c * 2 if len(c) == 3 else c}" if len(c) != 3 else "#" + "".join(x * 2 for x in c)
            for c in pair
        ]
        for name, *pair in re.findall(r"--([a-z-]+):light-dark\(#([0-9a-f]+),#([0-9a-f]+)\)", style)
    }
    colour = {name: pair[theme] for name, pair in found.items()}
    for text in ("ink", "soft", "link"):
        for ground in ("bg", "card", "sunk"):
            assert _contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
    for tone in ("good", "bad", "unsure"):
        for ground in ("card", "sunk", f"{tone}-wash"):
            assert _contrast(colour[tone], colour[ground]) >= 4.5, (tone, ground)
        for text in ("ink", "soft"):
            assert _contrast(colour[text], colour[f"{tone}-wash"]) >= 4.5, (text, tone)
