"""The judge before people in a report: a line a check, and the numbers of its pictures."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.core.calibration.test_rates import COIN, GOOD, hearing, rated, told

from mergefloor.core.calibration.rates import PassRate, Rates
from mergefloor.core.judge_view import by_people, judged_checks
from mergefloor.core.report import Cost, Report

RATES = Rates(
    suite="s", grader="tone", base=rated(0.88, 0.78, 0.84, 0.89), head=PassRate(raw=0.8, cases=3, why="x")
)
REPORT = Report(
    verdict="pass",
    exit_code=0,
    reasons=(),
    base_ref="main",
    base_sha="a" * 40,
    merge_base_sha="a" * 40,
    head_ref="change",
    head_sha="b" * 40,
    suites=(),
    cost=Cost(),
    duration_s=1.0,
    config_path=None,
)


def test_by_people__of_several_suites__names_them_and_how_many_are_left_out() -> None:
    report = replace(REPORT, rates=(RATES, replace(RATES, suite="t"), replace(RATES, suite="u")))
    lines = list(map(told, by_people(report, 2).items))
    assert [text.split(" as ")[0] for text in lines] == ["tone of s", "tone of t", "And 1 more line."]
    assert told(by_people(replace(REPORT, rates=(RATES,)), 5).items[0]).startswith("tone as people")


def test_by_people__without_calibrated_checks__says_nothing() -> None:
    assert by_people(REPORT, 5).items == ()
    assert judged_checks(REPORT) == ()


def test_judged_checks__one_that_votes__has_figures_and_both_sides() -> None:
    (found,) = judged_checks(replace(REPORT, judged=(hearing(GOOD),), rates=(RATES,)))
    assert (found.tone, found.needed, found.confusion.fail_pass) == ("good", 0.4, 3)
    assert told(found.told) == "agrees with people on 94 % of 110 labels"
    assert ("agreement", "94 %") in found.figures
    assert [side.label for side in found.sides] == [
        "base: the judge says 88 %, people 84 % (78 to 89)",
        "head: the judge says 80 %, people not known",
    ]


def test_judged_checks__one_of_several_rubrics_that_may_not__is_named_by_its_case() -> None:
    other = replace(hearing(COIN), rubric_of="c7")
    (found,) = judged_checks(replace(REPORT, judged=(other,), rates=(RATES,)))
    assert (told(found.name), found.tone, found.sides) == ("tone (the rubric of c7)", "unsure", ())
