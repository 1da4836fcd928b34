import json
import math
import random
import re
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.unit.render import page_oracle
from tests.unit.render.oracle import assert_safe
from tests.unit.render.test_junit import checked

from mergefloor.core.evidence import Look, MetricDecision
from mergefloor.core.lifecycle import ModelNotice
from mergefloor.core.report import (
    ArmUse,
    CaseChange,
    CaseRow,
    CaseSide,
    Cost,
    JudgeReport,
    PinnedModel,
    Report,
    SuiteReport,
)
from mergefloor.core.semver import Suggestion, VersionCheck
from mergefloor.core.settings import MetricRule
from mergefloor.core.tampering import RULES, Tampering
from mergefloor.core.types import Failure, Grade, GradeMissing, Output, Place, Usage
from mergefloor.render import Redactor, console, html, junit, markdown, report_json, report_schema

CHECK = jsonschema.Draft202012Validator(report_schema())

TEXT = st.text(st.characters(), max_size=12)
NUMBER = st.floats(-2, 2) | st.sampled_from([math.nan, math.inf, -math.inf, 1e300, -0.0])
MAYBE = st.none() | NUMBER
COUNT = st.integers(0, 3_000)
VERDICT = st.sampled_from(["pass", "block", "inconclusive", "error"])
PAIR = st.none() | st.tuples(NUMBER, NUMBER)


def few(strategy):
    return st.lists(strategy, max_size=2).map(tuple)


TEXTS = few(TEXT)
JSON = st.recursive(
    st.none() | st.booleans() | COUNT | NUMBER | TEXT,
    lambda x: st.lists(x, max_size=2) | st.dictionaries(TEXT, x, max_size=2),
)
FAILURE = st.builds(
    Failure,
    stage=st.sampled_from(["render", "candidate", "judge", "embedding", "grade", "budget", "cancelled"]),
    code=TEXT,
    message=TEXT,
)
OUTPUT = st.builds(
    Output,
    text=TEXT,
    finish=st.sampled_from(["stop", "refusal", "filtered", "length", "empty"]),
    usage=st.just(Usage()),
    latency_s=st.just(0.0),
    served_model=TEXT,
)
GRADE = st.builds(
    Grade, grader=TEXT, passed=st.booleans(), score=NUMBER, reason=TEXT, evidence=TEXTS, gating=st.booleans()
)
MISSING = st.builds(GradeMissing, grader=TEXT, failure=FAILURE)
SIDE = st.builds(
    CaseSide, output=st.none() | OUTPUT | FAILURE, grades=few(GRADE | MISSING), passes=COUNT, draws=COUNT
)
PLACE = st.builds(Place, path=TEXT, line=COUNT)
BUMP = st.sampled_from(["none", "patch", "minor", "major"])
ROW = st.builds(
    CaseRow,
    case=TEXT,
    place=PLACE,
    question=TEXT,
    tags=TEXTS,
    base_rate=st.none() | st.floats(0, 1),
    head_rate=st.none() | st.floats(0, 1),
    base=st.none() | SIDE,
    head=st.none() | SIDE,
    identical=st.booleans(),
    critical=st.booleans(),
)
VERSION = st.builds(
    VersionCheck,
    before=st.none() | TEXT,
    after=st.none() | TEXT,
    declared=st.none() | BUMP,
    required=BUMP,
    wanted=st.none() | TEXT,
    ok=st.none() | st.booleans(),
    why=TEXTS,
    suggestion=st.none() | st.builds(Suggestion, place=PLACE, old=TEXT, new=TEXT),
)
CASE = st.builds(
    CaseChange,
    case=TEXT,
    place=st.builds(Place, path=TEXT, line=COUNT),
    question=TEXT,
    base=SIDE,
    head=SIDE,
    confirmed=st.booleans(),
    critical=st.booleans(),
)
LOOK = st.builds(
    Look,
    name=st.sampled_from(["one", "two"]),
    cases=COUNT,
    net=NUMBER,
    p=NUMBER,
    alpha=NUMBER,
    convicts=st.booleans(),
)
METRIC = st.builds(
    MetricDecision,
    suite=TEXT,
    rule=st.builds(MetricRule, name=TEXT, floor=MAYBE, max_drop=NUMBER, gating=st.booleans()),
    kind=st.sampled_from(["binary", "score"]),
    verdict=VERDICT,
    reasons=TEXTS,
    base=MAYBE,
    head=MAYBE,
    delta=MAYBE,
    interval=PAIR,
    p_value=MAYBE,
    looks=few(LOOK),
    smallest_drop=MAYBE,
    cases_total=COUNT,
    cases_unresolved=COUNT,
    confirmed_broken=TEXTS,
    confirmed_fixed=TEXTS,
)
USE = st.builds(
    ArmUse,
    arm=st.sampled_from(["base", "head", "judge"]),
    model=TEXT,
    params=st.dictionaries(TEXT, JSON, max_size=2),
    usd=MAYBE,
    input_tokens=COUNT,
    output_tokens=COUNT,
    calls=COUNT,
    cached_calls=COUNT,
    latency_p50=MAYBE,
    latency_p95=MAYBE,
)
SUITE = st.builds(
    SuiteReport,
    name=TEXT,
    prompt=TEXT,
    verdict=VERDICT,
    why=TEXTS,
    ran=st.booleans(),
    cases_total=COUNT,
    cases_unresolved=COUNT,
    identical=COUNT,
    metrics=few(METRIC),
    broken=few(CASE),
    fixed=few(CASE),
    uses=few(USE),
    new_cases=TEXTS,
    removed_cases=TEXTS,
    failures=few(st.tuples(TEXT, FAILURE)),
    rows=few(ROW),
    semver=st.none() | VERSION,
    not_comparable=TEXTS,
)
TAMPERING = st.builds(
    Tampering,
    rule=st.sampled_from(RULES),
    subject=TEXT,
    evidence=TEXT,
    suite=TEXT,
    action=st.sampled_from(["block", "warn", "off"]),
)
NOTICE = st.builds(
    ModelNotice,
    name=TEXT,
    place=PLACE,
    floating=st.booleans(),
    instead=st.none() | TEXT,
    retires=st.none() | TEXT,
    days_left=st.none() | st.integers(-400, 400),
)
REPORT = st.builds(
    Report,
    verdict=VERDICT,
    exit_code=st.sampled_from([0, 1, 2]),
    reasons=TEXTS,
    base_ref=TEXT,
    base_sha=TEXT,
    merge_base_sha=TEXT,
    head_ref=TEXT,
    head_sha=TEXT,
    suites=few(SUITE),
    cost=st.builds(
        Cost,
        usd=NUMBER,
        input_tokens=COUNT,
        output_tokens=COUNT,
        calls=COUNT,
        cached_calls=COUNT,
        unpriced=TEXTS,
    ),
    duration_s=NUMBER,
    config_path=st.none() | TEXT,
    judge=st.none() | st.builds(JudgeReport, model=TEXT, agreement=MAYBE, kappa=MAYBE, kappa_interval=PAIR),
    models=few(
        st.builds(
            PinnedModel,
            name=TEXT,
            pinned=st.booleans(),
            used_for=st.sampled_from(["base", "head", "judge", "embedding"]),
        )
    ),
    advice=TEXTS,
    unseen=TEXTS,
    notes=TEXTS,
    scripted=st.booleans(),
    first_run=st.booleans(),
    tampering=few(TAMPERING),
    notices=few(NOTICE),
)
EVERY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@EVERY
@given(REPORT)
def test_report_json__any_report__satisfies_the_shipped_schema(report):
    text = report_json(report)
    CHECK.validate(json.loads(text, parse_constant=pytest.fail))
    assert text == report_json(report)


@EVERY
@given(REPORT, st.integers(60, 120))
def test_every_report__any_values__renders_safely_and_fits(report, width):
    assert_safe(markdown(report, marker="mergefloor.yml"), "no canary here")
    shown = console(report, width=width)
    assert "::" not in shown
    assert "##[" not in shown
    assert all(line.isprintable() for line in shown.split("\n"))


# A page is large: what fails is shown as it was found.
@settings(EVERY, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(REPORT)
def test_page_and_junit__any_values__are_safe_and_well_formed(report):
    page = html(report)
    page_oracle.assert_safe(page)
    assert not re.search(r'="-?(nan|inf)', page)
    checked(junit(report))


def test_report_json__version_tampering_and_notices__are_records(samples):
    data = json.loads(report_json(samples.eventful()))
    CHECK.validate(data)
    suite = data["suites"][0]
    assert (suite["semver"]["declared"], suite["semver"]["required"], suite["semver"]["ok"]) == (
        "patch",
        "minor",
        False,
    )
    assert suite["semver"]["why"].startswith("14 of 100 outputs differ")
    assert suite["semver"]["suggestion"]["new"] == "version: 1.5.0"
    assert suite["not_comparable"] == [
        "tone: the judge changed, so base and head were scored by different models"
    ]
    assert (data["tampering"][0]["rule"], data["tampering"][0]["subject"]) == ("case-removed", "refund-00")
    assert data["notices"][0]["instead"] == "openai/gpt-5-mini-2025-08-07"


def test_report_schema__itself__is_valid_and_closed():
    schema = report_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    objects = [schema, *(d for d in schema["$defs"].values() if d.get("type") == "object")]
    assert all(
        o["additionalProperties"] is False and set(o["required"]) == set(o["properties"]) for o in objects
    )


def test_report_json__the_contract__names_are_there(samples):
    data = json.loads(report_json(samples.block()))
    assert data["schema"] == 1
    assert {"verdict", "reasons", "base", "head", "suites", "cost", "duration_s", "judge", "models"} <= set(
        data
    )
    suite = data["suites"][0]
    assert {
        "name",
        "verdict",
        "cases_total",
        "cases_unresolved",
        "metrics",
        "broken",
        "fixed",
        "semver",
    } <= set(suite)
    assert suite["semver"] is None
    wanted = {"name", "base", "head", "delta", "interval", "floor", "p_value", "gating", "verdict"}
    assert wanted <= set(suite["metrics"][0])
    assert suite["metrics"][0]["interval"] == [-0.331, -0.098]
    assert set(data["cost"]) >= {"usd", "input_tokens", "output_tokens", "calls", "cached_calls"}
    assert set(data["judge"]) == {"model", "agreement", "kappa", "kappa_interval", "members"}
    assert data["base"]["sha"] == samples.block().base_sha
    assert [case["id"] for case in suite["broken"]] == [
        case.case for case in samples.block().suites[0].broken
    ]
    assert suite["broken"][0]["head"]["grades"][0]["passed"] is False


def test_report_json__unknown_numbers__are_null_and_never_zero(samples):
    unknown = samples.metric(base=None, head=math.nan, delta=None, interval=(0.1, math.inf))
    data = json.loads(report_json(samples.report(suites=(samples.suite(metrics=(unknown,)),))))
    metric = data["suites"][0]["metrics"][0]
    assert [metric[key] for key in ("base", "head", "delta", "interval", "p_value")] == [None] * 5


def test_report_json__floats__have_six_digits_and_no_minus_zero(samples):
    report = samples.report(suites=(samples.suite(metrics=(samples.metric(base=1 / 3, delta=-1e-9),)),))
    text = report_json(report)
    assert '"base": 0.333333,' in text
    assert '"delta": 0.0,' in text


def test_report_json__clock__moves_the_duration_alone(samples):
    first, second = (report_json(replace(samples.block(), duration_s=s)).splitlines() for s in (1.0, 2.0))
    assert [line.strip() for line in first if line not in second] == ['"duration_s": 1.0,']


def test_report_json__missing_grade_and_answer__are_failures_not_verdicts(samples):
    failure = Failure(stage="judge", code="unreadable", message="no JSON")
    side = CaseSide(output=failure, grades=(GradeMissing(grader="tone", failure=failure),))
    case = replace(samples.BROKEN[0], head=side)
    data = json.loads(report_json(samples.report(suites=(samples.suite(broken=(case,)),))))
    head = data["suites"][0]["broken"][0]["head"]
    assert head["output"] is None
    assert head["failure"] == {"stage": "judge", "code": "unreadable", "message": "no JSON"}
    assert (head["grades"][0]["passed"], head["grades"][0]["missing"]) == (None, "unreadable")


def test_report_json__long_output__is_an_excerpt(samples):
    case = replace(samples.BROKEN[0], head=CaseSide(output=Output(text="long " * 10_000)))
    data = json.loads(report_json(samples.report(suites=(samples.suite(broken=(case,)),))))
    assert len(data["suites"][0]["broken"][0]["head"]["output"]) <= 301


def test_report_json__secret_with_quotes_in_it__is_gone_and_the_text_still_parses(samples):
    secret = 'q"uo\\te\u00e9-secret-123'
    for text in (secret, secret[::-1], secret.encode().hex(), f"{'y ' * 145}{secret}"):
        report = samples.hostile(text)
        use = replace(report.suites[0].uses[0], params={text: [text, {"deep": text}], "n": 1.5, "none": None})
        report = replace(report, suites=(replace(report.suites[0], uses=(use,)),))
        shown = json.dumps(json.loads(report_json(report, redact=Redactor([secret]))), ensure_ascii=False)
        assert "[redacted]" in shown
        assert not any(
            part in shown for part in ("uo\\\\te\u00e9-sec", "321-terces", secret.encode().hex()[:20])
        )


def test_report_json__shuffled_parameters__same_bytes(samples):
    params = {f"p{n}": n for n in range(9)}
    found = set()
    for seed in range(10):
        keys = random.Random(seed).sample(sorted(params), 9)
        use = replace(samples.USES[0], params={key: params[key] for key in keys})
        found.add(report_json(samples.report(suites=(samples.suite(uses=(use,)),))))
    assert len(found) == 1
