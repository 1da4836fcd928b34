"""junit.xml for GitLab, Jenkins and test-report actions: a suite a test suite, a case a test case, a metric too.

The structure is the one that Jenkins' junit-10.xsd describes; only characters of XML 1.0 leave here (T57).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree as Xml

from mergefloor.core.case_table import CaseLine, case_line, found_cases
from mergefloor.core.ci_words import Told, case_told, metric_told, run_told
from mergefloor.core.evidence import MetricDecision
from mergefloor.core.excerpts import LIMIT
from mergefloor.core.report import Report, SuiteReport
from mergefloor.core.wording import change, level, span
from mergefloor.render.filters import cell, visible
from mergefloor.render.redact import Redactor

Clean = Callable[[str], str]
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def junit(report: Report, *, redact: Clean | None = None) -> str:
    """The report as JUnit XML: a failed test is a case that fails now or a metric that blocks."""
    clean = redact or Redactor()
    lines: dict[str, list[CaseLine]] = {}
    for found in found_cases(report):
        limit = 0 if report.private else LIMIT
        lines.setdefault(found.suite.name, []).append(case_line(found, clean, limit))
    root = Xml.Element("testsuites", {"name": "mergefloor"})
    root.append(_run(report, clean))
    for suite in report.suites:
        root.append(_suite(suite, lines.get(suite.name, []), clean))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", _seconds(report.duration_s))
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _suite(suite: SuiteReport, cases: list[CaseLine], clean: Clean) -> Xml.Element:
    name = cell(clean(suite.name))
    tests = [_test(case, name) for case in sorted(cases, key=lambda case: case.case)]
    tests += [_metric(metric, name, clean) for metric in suite.metrics]
    return _testsuite(name, tests, sum(case.seconds for case in cases), _facts(suite, clean))


def _run(report: Report, clean: Clean) -> Xml.Element:
    names = {"classname": "mergefloor", "name": "verdict", "time": _seconds(report.duration_s)}
    test = _told(Xml.Element("testcase", names), run_told(report), clean)
    facts = {"verdict": report.verdict, "base": clean(report.base_sha), "head": clean(report.head_sha)}
    if (override := report.override) is not None:
        who = f"{override.by} ({override.role})"
        facts["override"] = clean(f"{who}: {override.reason}; commit {override.sha} alone")
    if report.url:
        facts["url"] = clean(report.url)
    return _testsuite("mergefloor", [test], report.duration_s, facts)


def _testsuite(name: str, tests: list[Xml.Element], seconds: float, facts: dict[str, str]) -> Xml.Element:
    node = Xml.Element("testsuite", {"name": name, "tests": str(len(tests))})
    for kind, attribute in COUNTED.items():
        node.set(attribute, str(sum(test.find(kind) is not None for test in tests)))
    node.set("time", _seconds(seconds))
    holder = Xml.SubElement(node, "properties")
    for key, value in facts.items():
        Xml.SubElement(holder, "property", {"name": _text(key), "value": _text(value)})
    node.extend(tests)
    return node


def _facts(suite: SuiteReport, clean: Clean) -> dict[str, str]:
    """The suite's numbers as properties."""
    found = {"verdict": suite.verdict, "prompt": clean(suite.prompt), "why": clean("; ".join(suite.why))}
    for metric in suite.metrics:
        name, kind = clean(_named(metric)), metric.kind
        found |= {
            f"{name}.base": level(kind, metric.base),
            f"{name}.head": level(kind, metric.head),
            f"{name}.change": change(kind, metric.delta),
            f"{name}.interval": span(kind, metric.interval),
            f"{name}.floor": level(kind, metric.rule.floor),
            f"{name}.verdict": metric.verdict,
        }
    return found


def _named(metric: MetricDecision) -> str:
    """A suite decides a metric once a class."""
    return (
        metric.rule.name if metric.case_class == "regression" else f"{metric.case_class}.{metric.rule.name}"
    )


def _test(case: CaseLine, suite: str) -> Xml.Element:
    names = {"classname": suite, "name": cell(case.case), "time": _seconds(case.seconds)}
    return _told(Xml.Element("testcase", names), case_told(case))


def _metric(metric: MetricDecision, suite: str, clean: Clean) -> Xml.Element:
    names = {"classname": f"{suite}.metrics", "name": cell(clean(_named(metric))), "time": _seconds(0.0)}
    told = metric_told(metric)
    return _told(Xml.Element("testcase", names), told, clean)


def _told(test: Xml.Element, told: Told, clean: Clean = str) -> Xml.Element:
    if told.result == "passed":
        return test
    node = Xml.SubElement(test, told.result, {"message": _text(clean(told.message))})
    if told.result != "skipped":
        node.set("type", told.kind)
        node.text = _text(clean("\n".join(told.lines)))
    return test


def _seconds(value: float) -> str:
    return f"{abs(value):.3f}" if 0 <= value < float("inf") else "0.000"


def _text(text: str) -> str:
    """Characters of XML 1.0 alone, and all of them visible."""
    return _NOT_XML.sub("\ufffd", visible(text))
