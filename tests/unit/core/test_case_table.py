"""Every case of a run as one line, worst first."""

from dataclasses import replace

import pytest
from tests.unit.render import samples

from mergefloor.core.case_table import STATES, case_line, found_cases
from mergefloor.core.charts import charts
from mergefloor.core.report import CaseSide
from mergefloor.core.types import Failure, Grade, GradeMissing, Output

DOWN = Failure(stage="judge", code="timeout", message="no verdict in 120 s")


def same(string):
    return string


def report(*rows, **fields):
    return samples.report(suites=(samples.suite(rows=rows, **fields),))


def only(row, limit=300, clean=same, **fields):
    (found,) = found_cases(report(row, **fields))
    return case_line(found, clean, limit)


def test_found_cases__worst_first__then_critical_then_by_name():
    found = found_cases(samples.many(20))
    order = list(STATES)
    states = [each.state for each in found]
    assert states == sorted(states, key=order.index)
    assert [each.row.case for each in found[:3]] == ["refund-angry-01", "delivery-late-04", "warranty-02"]
    assert {"broken", "suspect", "unresolved", "fixed", "failing", "passing", "same"} == set(states)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "passing"),
        ({"head_rate": 0.4}, "failing"),
        ({"head_rate": 0.5}, "passing"),
        ({"head_rate": None}, "unresolved"),
        ({"base_rate": None}, "unresolved"),
        ({"base": None, "base_rate": None}, "new"),
        ({"identical": True, "head_rate": None}, "same"),
    ],
)
def test_found_cases__a_case_that_kept_its_side__stands_by_its_rates(fields, state):
    assert only(replace(samples.plain_row(1), **fields)).state == state


def test_found_cases__changed_sides__stand_by_what_fresh_runs_say():
    change = samples.BROKEN[0]
    for which, confirmed, state in (
        ("broken", True, "broken"),
        ("broken", False, "suspect"),
        ("fixed", True, "fixed"),
        ("fixed", False, "improved"),
    ):
        changed = replace(change, confirmed=confirmed)
        assert only(samples.row(changed), **{which: (changed,)}).state == state


def test_case_line__texts__are_compared_word_by_word_and_counted():
    line = only(samples.row(samples.BROKEN[1]))
    assert [edit.text.strip() for edit in line.edits if edit.kind != "same"] == ["24", "12"]
    assert line.facts == "passed 7 of 7 before, 0 of 7 now"
    assert (line.checks[0].name, line.checks[0].base, line.checks[0].head) == ("facts", "passed", "failed")
    assert line.checks[0].head_reason.startswith("The answer says 12 months")
    assert line.checks[0].base_reason == ""


def test_case_line__without_room__keeps_everything_but_the_texts():
    line = only(samples.row(samples.BROKEN[1]), limit=0)
    assert (line.question, line.edits, line.checks[0].head_reason) == ("", (), "")
    assert line.facts


def test_case_line__long_texts__are_cut():
    long = "word " * 5_000
    row = replace(samples.plain_row(1), question=long, base=samples.side(long, True, check="a"))
    line = only(replace(row, head=row.base))
    assert len(line.question) <= 301
    assert sum(len(edit.text) for edit in line.edits) <= 301
    assert all(edit.kind == "same" for edit in line.edits)


def test_case_line__every_text__is_cleaned_before_it_is_cut():
    secret = "KEY-123456"
    grades = (
        Grade(grader=secret, passed=False, score=0.0, reason=secret),
        GradeMissing(grader="b", failure=replace(DOWN, message=secret)),
    )
    side = CaseSide(output=Output(text=secret), grades=grades, draws=1)
    row = replace(
        samples.plain_row(1),
        case=secret,
        question=secret,
        tags=(secret,),
        base=side,
        head=replace(side, output=Failure(stage="candidate", code=secret, message="")),
    )
    assert secret not in repr(only(row, clean=lambda text: text.replace(secret, "*"), name=secret))


def test_case_line__no_answer__says_why():
    row = replace(samples.plain_row(1), base=None, head=CaseSide(output=DOWN), head_rate=None)
    line = only(row)
    assert (line.base_note, line.head_note, line.facts) == ("not run", "no answer: judge, timeout", "")
    cut = replace(samples.plain_row(1), head=CaseSide(output=Output(text="x", finish="length")))
    assert only(cut).head_note == "cut at the token limit"


def test_case_line__checks_of_one_name__stay_apart():
    passed, failed = (Grade(grader="regex", passed=p, score=float(p), reason="r") for p in (True, False))
    missing = GradeMissing(grader="tone", failure=DOWN, gating=False)
    base = CaseSide(output=Output(text="x"), grades=(passed, failed), draws=1)
    head = CaseSide(output=Output(text="x"), grades=(failed, passed, missing), draws=1)
    line = only(replace(samples.plain_row(1), base=base, head=head))
    assert [(c.name, c.base, c.head, c.gating) for c in line.checks] == [
        ("regex", "passed", "failed", True),
        ("regex", "failed", "passed", True),
        ("tone", "none", "unknown", False),
    ]
    assert line.checks[2].head_reason == DOWN.message


# -- what the pictures show --------------------------------------------------------------------------------------


def drawn(found):
    return charts(found, found_cases(found), 40)


def test_charts__scatter__counts_the_corners_and_what_is_not_drawn():
    scatter = drawn(samples.many(20)).scatter
    assert (scatter.broken, scatter.fixed, scatter.failing, scatter.unknown) == (3, 1, 2, 2)
    assert scatter.broken + scatter.fixed + scatter.passing + scatter.failing + scatter.unknown == 20
    assert "3 passed on the base and fail on the head" in scatter.told
    assert "2 cases not drawn" in scatter.told
    assert "not drawn" not in drawn(report(samples.plain_row(1))).scatter.told


def test_charts__reach__shows_every_metric_that_can_block():
    assert drawn(samples.block()).reach == pytest.approx(1.15 * 0.331)
    wide = replace(samples.TONE, interval=(-0.9, 0.9))
    assert drawn(samples.report(suites=(samples.suite(metrics=(samples.metric(), wide)),))).reach < 0.2
    assert drawn(samples.report(suites=(samples.suite(metrics=(wide,)),))).reach == 1.0
    assert drawn(samples.untouched()).reach == pytest.approx(0.115)


def test_charts__labels__hold_the_numbers():
    found = drawn(samples.block())
    assert [each.label for each in found.changes] == [
        "\u221221.4 pt (\u221233.1 to \u22129.8 pt)",
        "\u22120.006 (\u22120.021 to +0.009)",
    ]
    assert found.levels[0].label == "92.9 % \u2192 71.4 %, floor 85 %"
    assert found.bars[2].usd_label == "no price"
    assert found.changes[1].tolerated is None
    blind = drawn(
        samples.report(suites=(samples.suite(metrics=(samples.metric(interval=None, delta=None),)),))
    )
    assert blind.changes[0].label == "\u2013"


def test_charts__several_suites__are_named():
    twice = samples.report(suites=(samples.suite(), samples.suite(name="b")))
    assert "b" in repr(drawn(twice).changes[-1].name)
