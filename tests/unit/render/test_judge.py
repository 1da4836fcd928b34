"""The judge before people in every report: pass rates as people would give them, and the pictures of report.html."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest
from tests.unit.core.calibration.test_rates import COIN, GOOD, hearing, rated
from tests.unit.render import page_oracle
from tests.unit.render.oracle import assert_safe

from mergefloor.core.calibration.rates import PassRate, Rates
from mergefloor.core.report import Report
from mergefloor.render import Redactor, console, html, markdown, report_json, report_schema

SECRET = "sk-live-0123456789abcdef"
LINE = "as people would rate it: base 84 % (78 to 89), head 77 % (70 to 83); the judge says 88 % \u2192 81 %."
BASE, HEAD = rated(0.88, 0.78, 0.84, 0.89), rated(0.81, 0.7, 0.77, 0.83)


@pytest.fixture
def report(samples) -> Report:
    rates = Rates(suite="s", grader="tone", base=BASE, head=HEAD)
    return replace(samples.block(), judged=(hearing(GOOD),), rates=(rates,))


def test_every_report__of_a_calibrated_check__has_one_line_for_it(report):
    assert f"- `tone` {LINE}" in markdown(report, marker=None)
    assert LINE in " ".join(console(report, width=100).split())
    assert LINE in html(report)


def test_report_json__of_a_calibrated_check__has_its_figures_and_both_rates(report):
    data = json.loads(report_json(report))
    jsonschema.Draft202012Validator(report_schema()).validate(data)
    (check,), (rates,) = data["judged_checks"], data["judged_pass_rates"]
    assert (check["name"], check["may_block"], check["labels"], check["sample"]) == (
        "tone",
        True,
        110,
        "enriched",
    )
    assert check["confusion"] == [[66, 4], [3, 37]]
    assert check["needed"] == {"labels": 50, "kappa": 0.4, "specificity": 0.6}
    assert check["kappa"]["low"] < check["kappa"]["value"] < check["kappa"]["high"]
    assert rates["head"] == {
        "raw": 0.81,
        "cases": 100,
        "corrected": {"value": 0.77, "low": 0.7, "high": 0.83},
        "method": "rogan-gladen",
        "why": "",
    }


def test_report_json__of_what_cannot_be_told__has_null_and_the_reason(report):
    untold = PassRate(raw=0.5, cases=9, why="only 9 labels, 50 are needed")
    rates = Rates(suite="s", grader="tone", base=None, head=untold)
    one_class = hearing({(1, True): 9})
    data = json.loads(report_json(replace(report, judged=(one_class,), rates=(rates,))))
    jsonschema.Draft202012Validator(report_schema()).validate(data)
    assert data["judged_pass_rates"][0]["base"] is None
    assert data["judged_pass_rates"][0]["head"]["corrected"] is None
    assert (data["judged_checks"][0]["kappa"], data["judged_checks"][0]["specificity"]) == (None, None)


def test_page__of_judged_checks__draws_matrix_kappa_and_rates_of_each(report):
    shown = html(replace(report, judged=(hearing(GOOD), replace(hearing(COIN), rubric_of="c7"))))
    page_oracle.assert_safe(shown)
    assert (
        "people pass it: the judge passes 66, fails 4; people fail it: the judge passes 3, fails 37" in shown
    )
    assert "its lower end must reach 0.40" in shown
    assert "base: the judge says 88 %, people 84 % (78 to 89)" in shown
    assert "<code>tone</code> (the rubric of <code>c7</code>)" in shown
    names = ("judge-1-matrix", "judge-1-kappa", "judge-1-rates", "judge-2-matrix", "judge-2-kappa")
    assert all(shown.count(f'id="{name}-title"') == 1 for name in names)
    assert 'id="judge-2-rates-title"' not in shown


def test_page__of_one_verdict_only__has_no_line_of_kappa(report):
    shown = html(replace(report, judged=(hearing({(1, True): 60}),), rates=()))
    assert 'id="judge-1-matrix-title"' in shown
    assert 'id="judge-1-kappa-title"' not in shown


def test_page__without_judged_checks__has_no_section_for_them(samples):
    assert 'id="judge"' not in html(samples.block())


def test_reports__of_a_private_change_or_a_name_with_a_secret__quote_neither_labels_nor_it(report):
    named = replace(hearing(GOOD), grader=SECRET)
    rates = Rates(suite=SECRET, grader=SECRET, base=BASE, head=HEAD)
    private = replace(report, judged=(named,), rates=(rates,), private=True)
    clean = Redactor([SECRET])
    for text in (
        html(private, redact=clean),
        markdown(private, marker=None, redact=clean),
        report_json(private, redact=clean),
    ):
        assert SECRET not in text
        assert "answer 0True0" not in text, "an output that the judge got wrong"
    assert_safe(markdown(private, marker=None, redact=clean), "no canary here")
