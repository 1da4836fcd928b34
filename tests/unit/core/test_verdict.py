from __future__ import annotations

import pytest

from mergefloor.core import verdict
from mergefloor.core.evidence import MetricDecision, Verdict
from mergefloor.core.settings import MetricRule, Policy
from mergefloor.core.verdict import Ruling


def decision(
    result: Verdict, *, name: str = "pass_rate", gating: bool = True, cases: int = 10
) -> MetricDecision:
    return MetricDecision(
        suite="s",
        rule=MetricRule(name=name, gating=gating),
        kind="binary",
        verdict=result,
        reasons=(f"because {result}",),
        base=1.0,
        head=1.0,
        delta=0.0,
        interval=(0.0, 0.0),
        p_value=None,
        looks=(),
        smallest_drop=0.1,
        cases_total=cases,
        cases_unresolved=0,
    )


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (["pass", "pass"], "pass"),
        (["pass", "inconclusive"], "inconclusive"),
        (["inconclusive", "error"], "error"),
        (["error", "block", "pass"], "block"),
    ],
)
def test_of_suite__is_as_bad_as_its_worst_gating_metric(results: list[Verdict], expected: Verdict) -> None:
    ruling = verdict.of_suite("s", [decision(r) for r in results])
    assert ruling.verdict == expected
    assert ruling.reasons == (() if expected == "pass" else (f"s, pass_rate: because {expected}",))


def test_of_suite__whose_advisory_metric_fell__passes() -> None:
    assert verdict.of_suite("s", [decision("pass"), decision("block", gating=False)]).verdict == "pass"


@pytest.mark.parametrize("metrics", [[], [decision("pass", gating=False)], [decision("pass", cases=0)]])
def test_of_suite__with_nothing_that_may_block__decides_nothing(metrics: list[MetricDecision]) -> None:
    assert verdict.of_suite("s", metrics).verdict == "inconclusive"


def test_of_suite__with_no_cases_and_an_error__is_an_error() -> None:
    assert verdict.of_suite("s", [decision("error", cases=0)]).verdict == "error"


def test_of_run__lists_reasons_of_worse_suites_first() -> None:
    ruling = verdict.of_run([Ruling(verdict="pass", reasons=("a",)), Ruling(verdict="block", reasons=("b",))])
    assert ruling == Ruling(verdict="block", reasons=("b", "a"))
    assert verdict.of_run([]).verdict == "pass"


@pytest.mark.parametrize(
    ("result", "policy", "code"),
    [
        ("pass", "pass", 0),
        ("inconclusive", "pass", 0),
        ("inconclusive", "block", 1),
        ("block", "pass", 1),
        ("error", "pass", 2),
    ],
)
def test_exit_code__follows_the_fail_closed_matrix(result: Verdict, policy: str, code: int) -> None:
    assert verdict.exit_code(result, Policy(on_inconclusive=policy)) == code  # type: ignore[arg-type]


def test_of_pins__blocks_or_warns_as_the_policy_says() -> None:
    floating = {"openai/gpt-4o": "openai/gpt-4o-2024-08-06"}
    assert verdict.of_pins({}, Policy()) == Ruling(verdict="pass")
    assert verdict.of_pins(floating, Policy()).verdict == "block"
    warned = verdict.of_pins(floating, Policy(floating_models="warn"))
    assert warned.verdict == "pass"
    assert "openai/gpt-4o" in warned.reasons[0]


def test_of_pins__names_the_dated_model_or_says_that_none_is_known() -> None:
    known, unknown = verdict.of_pins({"openai/a": "openai/a-2026-01-02", "openai/b": None}, Policy()).reasons
    assert known.endswith("name `openai/a-2026-01-02` instead")
    assert "no dated name is known" in unknown
    assert "floating_models: warn" in unknown


def test_of_canaries__missed_by_a_judge_that_gates__is_an_error() -> None:
    assert verdict.of_canaries([("bad", "passed")], gates=True).verdict == "error"
    assert verdict.of_canaries([("bad", "passed")], gates=False).verdict == "pass"
    assert verdict.of_canaries([], gates=True).verdict == "pass"


def test_prompt_gone__blocks_and_says_what_to_do() -> None:
    ruling = verdict.prompt_gone("s", "prompts/a.yaml")
    assert ruling.verdict == "block"
    assert "prompts/a.yaml is gone" in ruling.reasons[0]
