"""Classes of cases: which one a case has, how metrics split by it, and how reports show them side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core_builders import CHECK, case, planned
from tests.unit.core.test_view import lines, seen, text
from tests.unit.render import samples

from mergefloor.core.class_view import class_summaries
from mergefloor.core.classes import CaseClass, class_of, looser
from mergefloor.core.compare import MetricPlan, evidence
from mergefloor.core.plan import OWN_SET
from mergefloor.core.settings import MetricRule, Suite
from mergefloor.core.standing import standing
from mergefloor.core.verdict import of_suite

TAGS: dict[str, CaseClass] = {"abuse": "safety", "stretch": "capability", "old": "regression"}


@pytest.mark.parametrize(
    ("default", "tags", "found"),
    [
        ("regression", (), "regression"),
        ("safety", ("other",), "safety"),
        ("regression", ("stretch",), "capability"),
        ("safety", ("stretch",), "capability"),
        ("regression", ("stretch", "abuse"), "safety"),
        ("capability", ("stretch", "old"), "regression"),
        ("regression", ("mergefloor:safety",), "safety"),
    ],
)
def test_class_of__tags_and_suite__is_the_strictest_of_the_tags_else_the_suites(
    default: CaseClass, tags: tuple[str, ...], found: CaseClass
) -> None:
    assert class_of(default, TAGS, tags) == found
    assert Suite(name="s", case_class=default, classes=TAGS).class_of(tags) == found


def test_class_of__shipped_tag_in_the_config__is_what_the_config_says() -> None:
    assert class_of("regression", {"mergefloor:safety": "capability"}, ("mergefloor:safety",)) == "capability"


def test_looser__order__is_safety_regression_capability() -> None:
    assert looser("safety", "regression")
    assert looser("regression", "capability")
    assert not looser("capability", "safety")
    assert not looser("safety", "safety")


def test_evidence__cases_of_three_classes__is_three_metrics_and_only_one_has_the_floor() -> None:
    rules = (
        MetricPlan(rule=MetricRule(name="pass_rate", floor=0.9), kind="binary"),
        MetricPlan(rule=MetricRule(name=CHECK.name, floor=0.9), kind="binary"),
    )
    cases = [
        replace(planned(name), case=case(name), case_class=name)
        for name in ("capability", "regression", "safety")
    ]
    found = evidence(cases, {}, rules)
    assert [(m.case_class, m.rule.name == "pass_rate", m.rule.gating, m.rule.floor) for m in found] == [
        ("safety", True, True, None),
        ("safety", False, False, None),
        ("regression", True, True, 0.9),
        ("regression", False, True, 0.9),
        ("capability", True, False, None),
        ("capability", False, False, None),
    ]
    assert [len(m.cases) for m in found] == [1] * 6


def test_of_suite__of_capabilities_alone__passes_whatever_they_show() -> None:
    shown = replace(
        samples.metric(verdict="block"),
        case_class="capability",
        rule=MetricRule(name="pass_rate", gating=False),
    )
    assert of_suite("s", [shown]).verdict == "pass"


def hole(**fields):  # type: ignore[no-untyped-def]
    found = samples.metric(
        rule=MetricRule(name="pass_rate"), verdict="block", base=1.0, head=0.75, looks=(), smallest_drop=None
    )
    return replace(
        found, **{"case_class": "safety", "confirmed_broken": ("refund-window",), "cases_total": 4, **fields}
    )


def report(*metrics, broken=(), **fields):  # type: ignore[no-untyped-def]
    suite = samples.suite(verdict="block", metrics=metrics, broken=broken)
    return samples.report(verdict="block", exit_code=1, suites=(suite,), **fields)


def broken_row():  # type: ignore[no-untyped-def]
    found = samples.block().suites[0].broken[0]
    return replace(found, case="refund-window", confirmed=True, case_class="safety")


def test_headline__of_a_hole__tells_it_before_everything_else() -> None:
    told = lines(report(hole(), samples.metric(verdict="block"), broken=(broken_row(),)))
    assert told[0] == "Do not merge: the safety case `refund-window` now fails."
    assert "opened the hole" in told[1]
    assert "Take back what made the head answer so." in told[3]


def test_headline__of_two_holes_of_the_base__says_that_the_policy_tolerates_none() -> None:
    known = hole(confirmed_broken=(), known_holes=("a", "b"))
    told = lines(report(known))
    assert told[0] == "Do not merge: the safety cases `a` and `b` fail."
    assert "`safety: any`" in told[1]


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "hole opened"),
        ({"verdict": "pass", "confirmed_broken": (), "known_holes": ("a",)}, "hole known"),
        ({"verdict": "block", "confirmed_broken": (), "known_holes": ("a",)}, "hole known"),
        ({"verdict": "pass", "confirmed_broken": ()}, "no hole"),
        ({"verdict": "error"}, "not decided"),
    ],
)
def test_standing__of_safety__is_about_holes(fields: dict[str, object], word: str) -> None:
    assert standing(hole(**fields)) == word


def test_view__of_three_classes__shows_them_side_by_side_and_groups_the_metrics() -> None:
    capability = replace(
        samples.metric(base=0.5, head=0.25),
        case_class="capability",
        rule=MetricRule(name="pass_rate", gating=False),
    )
    shown = seen(report(capability, samples.metric(verdict="pass"), hole()))
    rows = [[text(cell) for cell in row] for row in shown.classes.rows]
    assert [row[0].partition(":")[0] for row in rows] == ["safety", "regression", "capability"]
    assert rows[0][1:] == ["4 cases", "100 %", "75 %", "−25 pt", "hole opened"]
    assert rows[2][5] == "shown only"
    assert [text(row[1]) for row in shown.metrics.rows] == [
        "`pass_rate` (safety)",
        "`pass_rate`",
        "`pass_rate` (capability)",
    ]


def test_view__of_regression_alone__has_no_table_of_classes() -> None:
    assert seen(samples.block()).classes.rows == ()
    assert [each.case_class for each in class_summaries(samples.block())] == ["regression"]


def test_class_summaries__pool_suites_by_cases_and_leave_the_own_set_out() -> None:
    few, many = hole(base=None, head=0.0, cases_total=1), hole(base=1.0, head=1.0, cases_total=3)
    own = hole(suite="x" + OWN_SET)
    (found,) = class_summaries(report(few, many, own))
    assert (found.cases, found.base, found.head) == (4, 1.0, 0.75)
    (unknown,) = class_summaries(report(hole(base=None, head=None)))
    assert (unknown.base, unknown.head) == (None, None)


def test_view__of_a_broken_capability__is_shown_and_blames_nobody() -> None:
    row = replace(broken_row(), case_class="capability")
    found = report(samples.metric(verdict="block"), broken=(row,))
    shown = seen(found)
    assert text(shown.broken.items[0].facts).startswith("capability")
    assert "refund-window" not in text(shown.headline.todo)
