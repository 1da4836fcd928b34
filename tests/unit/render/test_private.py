"""A fork's change: no report quotes what was asked, answered or reasoned (T16); other reports quote 300 characters."""

import json
import re
from dataclasses import replace

import jsonschema
import pytest
from tests.unit.render import samples

from mergefloor.core.report import CaseSide
from mergefloor.core.types import Failure, Grade, GradeMissing, Output
from mergefloor.render import (
    console,
    html,
    junit,
    markdown,
    report_json,
    report_schema,
    status_line,
    summary,
)

SINKS = {
    "comment": lambda report: markdown(report, marker="mergefloor.yml"),
    "summary": summary,
    "console": console,
    "html": html,
    "json": report_json,
    "junit": junit,
    "status": status_line,
}
QUESTION, BASE, HEAD, REASON, ERROR = (f"zq{n}-{'secretive '}" for n in range(5))


def telling(*, private):
    """A report whose every foreign text is long and told apart from the others."""
    grades = (
        Grade(grader="tone", passed=False, score=0.0, reason=REASON * 60, evidence=(REASON,)),
        GradeMissing(grader="facts", failure=Failure(stage="judge", code="unreadable", message=ERROR * 60)),
    )
    failed = Failure(stage="candidate", code="timeout", message=ERROR * 60)
    lost = replace(
        samples.BROKEN[0],
        question=QUESTION * 60,
        base=CaseSide(output=Output(text=BASE * 60), grades=grades, passes=3, draws=3),
        head=CaseSide(output=Output(text=HEAD * 60), grades=grades, draws=3),
    )
    silent = replace(lost, case="silent-1", head=CaseSide(output=failed, grades=grades), confirmed=False)
    mended = replace(lost, case="mended-1")
    block = samples.block()
    suite = replace(
        block.suites[0],
        broken=(lost, silent),
        fixed=(mended,),
        failures=(("silent-1", failed),),
        rows=(
            samples.row(lost),
            samples.row(silent, head_rate=None),
            samples.row(mended),
            samples.plain_row(7),
        ),
    )
    return replace(block, suites=(suite,), private=private)


@pytest.mark.parametrize("sink", SINKS)
def test_T16__a_forks_report__quotes_nothing_in_any_sink(sink):
    shown = SINKS[sink](telling(private=True))
    for text in (
        "secretive",
        *(f"zq{n}" for n in range(5)),
        samples.plain_row(7).question[:20],
        "looks into it",
    ):
        found = shown.count(text)
        assert found == 0, text


@pytest.mark.parametrize("sink", sorted(set(SINKS) - {"status"}))
def test_T16__any_other_report__quotes_at_most_300_characters_of_a_text(sink):
    shown = SINKS[sink](telling(private=False))
    assert "zq2" in shown or "zq3" in shown
    # A fence or a terminal wraps a text; the longest run of one text's marks is what counts.
    joined = re.sub(r"\s*[|\u2502]?\s+", " ", shown)
    for number in range(5):
        longest = max((len(run) for run in re.findall(rf"(?:zq{number}-secretive ?)+", joined)), default=0)
        assert longest <= 300


@pytest.mark.parametrize("sink", ["comment", "summary", "console", "html"])
def test_private__for_people__says_that_and_why_and_still_names_the_cases(sink):
    shown = " ".join(SINKS[sink](telling(private=True)).split())
    assert "comes from a fork, so questions, answers and reasons are" in shown.replace("! ", "")
    for name in ("refund-angry-01", "silent-1", "mended-1"):
        assert name in shown


def test_private__report_json__has_null_where_a_text_would_be_and_says_so():
    found = json.loads(report_json(telling(private=True)))
    jsonschema.validate(found, report_schema())
    assert found["private"] is True
    lost, silent = found["suites"][0]["broken"]
    assert (lost["question"], lost["head"]["output"], lost["head"]["grades"][0]["reason"]) == (
        None,
        None,
        None,
    )
    assert lost["head"]["finish"] == "stop"
    assert silent["head"]["failure"] == {"stage": "candidate", "code": "timeout", "message": None}
    assert json.loads(report_json(telling(private=False)))["private"] is False


def test_private__place_and_rates__stay():
    found = json.loads(report_json(telling(private=True)))["suites"][0]["broken"][0]
    assert (found["path"], found["line"]) == ("evals/customer_support/cases.yaml", 3)
    assert (found["base"]["passes"], found["head"]["passes"]) == (3, 0)
