"""A change that a person let in: the verdict stays, the name is no mention, the reason is theirs and shown as theirs."""

import json
from dataclasses import replace
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
from tests.unit.render import samples
from tests.unit.render.oracle import assert_safe, read
from tests.unit.render.page_oracle import Page

from mergefloor.core.report import Override
from mergefloor.render import console, html, junit, markdown, report_json, report_schema, summary

SHA = "b82a7c61d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0"
URL = "https://github.com/mergefloor/mergefloor/actions/runs/7/attempts/1"


def let_in(report, **fields):
    known = {"by": "ada", "role": "maintain", "reason": "the new tone is wanted", "sha": SHA}
    return replace(report, override=Override(**{**known, **fields}))


def first(text):
    return text.splitlines()[0]


def test_override__of_a_block__names_who_and_why_and_the_verdict_stays():
    shown = markdown(let_in(samples.block()), marker=None)
    assert first(shown).startswith(
        "\u26a0\ufe0f **Blocked, and let in by `ada` (`maintain`): `the new tone is wanted`.** "
        'The gate itself says: "Do not merge: `customer-support` got worse." 3 of 42 golden cases'
    )
    assert f"> The override counts for commit `{SHA}` alone; the next push voids it." in shown
    assert "opened this pull request" not in shown
    assert_safe(shown, "evil", markers=0)


@pytest.mark.parametrize(
    ("report", "start"),
    [
        (samples.error, "Not decided, and let in by `ada`"),
        (lambda: samples.inconclusive(1), "Not proven harmless, and let in by `ada`"),
    ],
)
def test_override__of_another_verdict__says_which(report, start):
    assert start in first(markdown(let_in(report()), marker=None))


def test_override__of_what_passes__changes_nothing():
    assert markdown(let_in(samples.passed()), marker=None) == markdown(samples.passed(), marker=None)


def test_override__of_ones_own_pull_request__is_said_in_every_report_for_people():
    found = let_in(samples.block(), own=True, role="admin")
    for shown in (markdown(found, marker=None), summary(found), console(found), html(found)):
        assert "opened this pull request too" in " ".join(
            Page(shown).words.split() if "<html" in shown else shown.split()
        )


def test_T41__override__name_and_reason_are_no_mention_no_link_and_no_command():
    reason = "@octocat fixes #1 https://evil.example ![x](https://evil.example/p.png) ` <img src=x> GH-7\n/merge\n@bot run"
    for found in (
        let_in(samples.block(), reason=reason, by="octo-cat", role="@maintain"),
        let_in(samples.block(), reason="a" * 5_000, by="@x" * 300),
        let_in(samples.block(), reason="", by="", role="", sha=""),
    ):
        for shown in (markdown(found, marker="m"), summary(found)):
            assert_safe(shown, "evil.example", markers=1)
            assert not any("aaaaaaaa" in text for text in read(shown).plain)
    assert "`@" not in markdown(let_in(samples.block()), marker=None)


def test_override__a_reason_in_another_script__can_be_read():
    for reason in ("der neue Ton ist gew\u00fcnscht", "\u65b0\u3057\u3044\u53e3\u8abf\u3067\u3059"):
        assert f"`{reason}`" in markdown(let_in(samples.block(), reason=reason), marker=None)


def test_override__for_machines__is_a_record_beside_an_unchanged_verdict():
    found = json.loads(report_json(replace(let_in(samples.block(), own=True), url=URL, files=3)))
    jsonschema.validate(found, report_schema())
    assert found["verdict"] == "block"
    assert found["override"] == {
        "by": "ada",
        "role": "maintain",
        "reason": "the new tone is wanted",
        "sha": SHA,
        "own": True,
    }
    assert (found["url"], found["files"], found["schema"]) == (URL, 3, 1)
    plain = json.loads(report_json(samples.block()))
    assert (plain["override"], plain["url"], plain["files"]) == (None, "", None)


def test_override__junit__is_a_property_and_the_run_stays_red():
    root = Xml.fromstring(junit(replace(let_in(samples.block()), url=URL)))
    facts = {each.get("name"): each.get("value") for each in root[0].iter("property")}
    assert facts["override"] == f"ada (maintain): the new tone is wanted; commit {SHA} alone"
    assert facts["url"] == URL
    assert root[0].find("testcase/failure") is not None


def test_override__page__is_neither_green_nor_red_and_links_to_the_run_alone():
    page = Page(html(replace(let_in(samples.block()), url=URL)))
    assert "Blocked, and let in by ada ( maintain ): the new tone is wanted" in page.words
    assert any("unsure" in a.get("class", "") for tag, a in page.elements if tag == "header")
    assert {a["href"] for tag, a in page.elements if tag == "a" and not a["href"].startswith("#")} == {URL}
