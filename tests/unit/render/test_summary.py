from dataclasses import replace

from tests.unit.render.hostile_texts import CANARY
from tests.unit.render.oracle import assert_safe

from mergefloor.render import markdown, summary
from mergefloor.render.comment import SUMMARY_BUDGET

URL = "https://github.com/mergefloor/mergefloor/actions/runs/7/attempts/1"


def test_summary__any_ending__is_the_comment_without_its_marker_and_with_every_case(ending):
    shown = summary(ending)
    assert_safe(shown, CANARY, markers=0)
    assert shown.splitlines()[0] == markdown(ending, marker=None).splitlines()[0]
    assert all(f"`{row.case}`" in shown for suite in ending.suites for row in suite.rows)


def test_summary__a_comment_that_left_cases_out__has_them_all(samples):
    block = samples.block()
    cases = tuple(replace(samples.BROKEN[0], case=f"case-{n:04d}") for n in range(1_500))
    found = replace(block, suites=(replace(block.suites[0], broken=cases),))
    shown, whole = markdown(found, marker=None), summary(found)
    assert sum(case.case in shown for case in cases) < 600
    assert sum(case.case in whole for case in cases) == 1_500
    assert len(whole.encode()) <= SUMMARY_BUDGET


def test_summary__5_000_cases__lists_them_worst_first(samples):
    shown = summary(samples.many(5_000))
    table = shown[shown.index("All cases: 5,000") :]
    table = table[: table.index("</details>")]
    order = [table.index(f"`{case}`") for case in ("refund-angry-01", "case-0000", "same-bytes-22")]
    assert sorted(order) == order
    rows = table.count("\n| ") - 2
    assert rows == 5_000
    in_comment = markdown(samples.many(5_000), marker=None).count("All cases")
    assert in_comment == 0


def test_summary_and_comment__say_where_the_rest_is_read(samples):
    found = replace(samples.block(), url=URL)
    for shown in (summary(found), markdown(found, marker=None)):
        assert f"Every case: `report.html` in the artifact of [this run]({URL})." in shown
        assert_safe(shown, CANARY, markers=0, links={URL}, limit=SUMMARY_BUDGET)
    assert "artifact" not in markdown(samples.block(), marker=None)
