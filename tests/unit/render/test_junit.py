"""junit.xml: what Jenkins' junit-10.xsd allows, checked by hand, and what each result means."""

import re
import xml.etree.ElementTree as Xml
from dataclasses import replace

import pytest
from tests.unit.render.hostile_texts import texts

from mergefloor.core.case_table import CaseLine, Check
from mergefloor.core.ci_words import case_told, metric_told
from mergefloor.core.types import Place
from mergefloor.render import Redactor, junit

TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?")
# element -> (required attributes, further attributes, children); after junit-10.xsd of the xUnit plugin.
SHAPES = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors", "disabled"}, {"testsuite"}),
    "testsuite": (
        {"name"},
        {"tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": (
        {"name"},
        {"time", "classname", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"type", "message"}, set()),
}


def checked(text):
    root = Xml.fromstring(text.encode())
    assert root.tag == "testsuites"
    for node in root.iter():
        required, optional, children = SHAPES[node.tag]
        assert required <= set(node.attrib) <= required | optional, (node.tag, node.attrib)
        assert {child.tag for child in node} <= children
        assert TIME.fullmatch(node.get("time", "0"))
    for suite in root:
        tests = suite.findall("testcase")
        assert suite.get("tests") == str(len(tests))
        for tag, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert suite.get(attribute) == str(sum(test.find(tag) is not None for test in tests))
            assert all(len(test) <= 1 for test in tests)
    for attribute in ("tests", "failures", "errors"):
        assert root.get(attribute) == str(sum(int(suite.get(attribute)) for suite in root))
    return root


def results(root):
    return {
        f"{test.get('classname')}/{test.get('name')}": (test[0].tag, test[0].get("type"))
        if len(test)
        else ("passed", None)
        for test in root.iter("testcase")
    }


def test_junit__any_ending__has_the_structure_that_readers_expect(ending):
    checked(junit(ending))


def test_junit__a_case__is_a_test_with_what_became_of_it(samples):
    found = results(checked(junit(samples.many(12))))
    assert {name.rpartition("/")[2]: result for name, result in found.items() if "/case-" not in name} == {
        "verdict": ("failure", "block"),
        "refund-angry-01": ("failure", "broken"),
        "warranty-02": ("failure", "broken"),
        "delivery-late-04": ("failure", "broken"),
        "opening-hours-11": ("failure", "suspect"),
        "timeout-21": ("error", "unresolved"),
        "greeting-07": ("passed", None),
        "same-bytes-22": ("skipped", None),
        "pass_rate": ("failure", "block"),
        "tone": ("skipped", None),
    }
    assert found["customer-support/case-0000"] == ("failure", "failing")
    assert found["customer-support/case-0001"] == ("passed", None)


def test_junit__a_failure__says_where_and_why(samples):
    root = checked(junit(samples.many(12)))
    failure = next(test[0] for test in root.iter("testcase") if test.get("name") == "warranty-02")
    assert failure.get("message").startswith("Broken: passed on the base, fails on the head")
    assert failure.text.splitlines() == [
        "evals/customer_support/cases.yaml:13",
        "facts: The answer says 12 months where the policy says 24 months.",
    ]


def test_junit__metrics__are_properties_of_their_suite(samples):
    root = checked(junit(samples.block()))
    known = {p.get("name"): p.get("value") for p in root.iter("property")}
    assert known["pass_rate.base"] == "92.9 %"
    assert known["pass_rate.interval"] == "\u221233.1 to \u22129.8 pt"
    assert known["tone.floor"] == "\u2013"


@pytest.mark.parametrize(
    ("verdict", "result"),
    [("block", "failure"), ("error", "error"), ("inconclusive", "skipped"), ("pass", "passed")],
)
def test_junit__a_metric__stands_by_its_verdict(samples, verdict, result):
    assert metric_told(samples.metric(verdict=verdict)).result == result


def test_junit__a_run_that_may_not_merge__is_red_whatever_the_cases_say(samples):
    told = {
        name: results(checked(junit(report)))["mergefloor/verdict"]
        for name, report in {
            "pass": samples.passed(),
            "lets doubt through": samples.inconclusive(0),
            "asks for certainty": samples.inconclusive(1),
            "error": samples.error(),
        }.items()
    }
    assert told == {
        "pass": ("passed", None),
        "lets doubt through": ("passed", None),
        "asks for certainty": ("failure", "inconclusive"),
        "error": ("error", "error"),
    }


def test_junit__a_new_case_that_fails__is_a_failure(samples):
    row = samples.plain_row(1)
    failing = replace(row, base=None, base_rate=None, head=samples.side("x", False, check="a", reason="no"))
    found = samples.report(suites=(samples.suite(rows=(failing, replace(failing, case="b", head=row.head))),))
    assert results(checked(junit(found)))["customer-support/case-0001"] == ("failure", "new")
    assert results(checked(junit(found)))["customer-support/b"] == ("passed", None)


@pytest.mark.parametrize("state", ["broken", "suspect", "failing", "new", "unresolved"])
def test_junit__a_case_of_class_capability__is_never_red(samples, state):
    failed = Check(name="a", base="passed", head="failed", gating=True)
    line = CaseLine(
        suite="s",
        case="c",
        place=Place(path="g.yaml", line=3),
        state=state,
        critical=False,
        question="",
        tags=(),
        base_rate=1.0,
        head_rate=0.0,
        facts="",
        checks=(failed,),
    )
    told = case_told(replace(line, case_class="capability"))
    assert told.result == "skipped"
    assert told.message.startswith("class capability, which never blocks: ")
    assert [case_told(replace(line, case_class=name)).result for name in ("regression", "safety")] == [
        "error" if state == "unresolved" else "failure"
    ] * 2


def test_junit__a_case_of_class_capability__counts_as_skipped(samples):
    row = samples.plain_row(1)
    failing = replace(row, base=None, base_rate=None, head=samples.side("x", False, check="a", reason="no"))
    for name, result in (("capability", ("skipped", None)), ("safety", ("failure", "new"))):
        found = samples.report(suites=(samples.suite(rows=(replace(failing, case_class=name),)),))
        assert results(checked(junit(found)))["customer-support/case-0001"] == result


def test_junit__hostile_texts__stay_well_formed(samples):
    for text in texts(400, seed=57):
        shown = junit(samples.hostile(text))
        checked(shown)
        assert not re.search("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", shown)


def test_junit__every_character__is_one_that_xml_allows_or_a_sign_for_it(samples):
    everything = "".join(map(chr, (*range(0x300), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF, 0x10FFFF)))
    checked(junit(samples.hostile(everything)))


def test_junit__secrets__are_gone(samples):
    secret = "tok+en/with=odd&chars-123456"
    shown = junit(samples.hostile(secret), redact=Redactor([secret]))
    assert "[redacted]" in shown
    assert secret[:14] not in shown


def test_junit__same_report_in_another_order__is_the_same_bytes(samples):
    found = samples.many(60)
    first = found.suites[0]
    turned = replace(found, suites=(replace(first, rows=first.rows[::-1]), *found.suites[1:]))
    assert junit(found) == junit(turned)


def test_case_told__every_state__is_known(samples):
    from mergefloor.core.case_table import STATES, case_line, found_cases

    line = case_line(found_cases(samples.many(1))[0], str, 10)
    told = {state: case_told(replace(line, state=state, checks=())).result for state in STATES}
    assert {state for state, result in told.items() if result == "passed"} == {
        "suspect", "fixed", "improved", "new", "passing",
    }  # fmt: skip
