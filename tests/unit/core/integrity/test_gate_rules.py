"""What a change does to the rules of its gate, and the stricter rules that look like it (T20, T22)."""

from __future__ import annotations

from dataclasses import fields

import pytest
from integrity_builders import found, prompt, replace, rules, scene, suite

from mergefloor.core.integrity.gate_rules import BUDGET, POLICY
from mergefloor.core.settings import Budget, Policy
from mergefloor.core.types import GraderSpec

JUDGED = (
    "suites: {s: {prompt: p.md, graders: [{type: judge, name: tone, rubric: Warm.}, {type: words, max: 9}]}}"
)
FLOORS = "suites: {s: {prompt: p.md, metrics: {pass_rate: {floor: 0.8, max_drop: 0.02}, tone: {floor: 0.7}}}}"
# before, after, rule, subject
LOOSENED = [
    ("policy: {alpha: 0.05}", "policy: {alpha: 0.01}", "policy-loosened", "policy.alpha"),
    ("", "policy: {margin: 0.5}", "policy-loosened", "policy.margin"),
    ("", "policy: {score_margin: 0.5}", "policy-loosened", "policy.score_margin"),
    ("", "policy: {max_unresolved: 0.5}", "policy-loosened", "policy.max_unresolved"),
    ("policy: {on_inconclusive: block}", "", "policy-loosened", "policy.on_inconclusive"),
    ("", "policy: {semver: 'off'}", "policy-loosened", "policy.semver"),
    ("policy: {semver: behaviour}", "policy: {semver: contract}", "policy-loosened", "policy.semver"),
    ("", "policy: {floating_models: warn}", "policy-loosened", "policy.floating_models"),
    ("", "policy: {judge_calibration: waive}", "policy-loosened", "policy.judge_calibration"),
    ("policy: {judge_calibration: waive}", "", "policy-loosened", "policy.judge_calibration"),
    ("", "policy: {judge_labels: 49}", "policy-loosened", "policy.judge_labels"),
    ("", "policy: {judge_kappa: 0.39}", "policy-loosened", "policy.judge_kappa"),
    ("policy: {judge_specificity: 0.7}", "", "policy-loosened", "policy.judge_specificity"),
    (
        "policy: {integrity: {case-removed: block}}",
        "",
        "policy-loosened",
        "policy.integrity.case-removed",
    ),
    ("", "policy: {integrity: {left-coverage: 'off'}}", "policy-loosened", "policy.integrity.left-coverage"),
    ("", "budget: {usd: 26}", "budget-raised", "budget.usd"),
    ("", "budget: {minutes: 60}", "budget-raised", "budget.minutes"),
    (
        "prices: {openai/a: {input: 1, output: 2}}",
        "prices: {openai/a: {input: 1, output: 0}}",
        "budget-raised",
        "prices.openai/a",
    ),
    (
        "prices: {openai/a: {input: 1, output: 2}}",
        "prices: {openai/a: {input: 1, output: 2, cached_input: 0}}",
        "budget-raised",
        "prices.openai/a",
    ),
    ("", "judge: {model: openai/kind-2025-01-01}", "judge-changed", "judge.model"),
    ("judge: {calibration: l.jsonl}", "judge: {calibration: m.jsonl}", "judge-changed", "judge.calibration"),
    ("judge: {calibration: l.jsonl}", "", "judge-changed", "judge.calibration"),
    ("", "judge: {params: {temperature: 1}}", "judge-changed", "judge.params"),
    ("", "judge: {panel: [openai/kind-2025-01-01, openai/soft-2025-01-01]}", "judge-changed", "judge.panel"),
    (
        "judge: {panel: [openai/a-1, openai/b-1]}",
        "judge: {panel: [openai/a-1, openai/c-1]}",
        "judge-changed",
        "judge.panel",
    ),
    ("judge: {panel: [openai/a-1, openai/b-1]}", "", "judge-changed", "judge.panel"),
    (
        "defaults: {embedding_model: openai/a}",
        "defaults: {embedding_model: openai/b}",
        "judge-changed",
        "defaults.embedding_model",
    ),
    (FLOORS, FLOORS.replace("0.8", "0.5"), "floor-loosened", "suites.s.metrics.pass_rate.floor"),
    (FLOORS, FLOORS.replace("floor: 0.8, ", ""), "floor-loosened", "suites.s.metrics.pass_rate.floor"),
    (FLOORS, FLOORS.replace("0.02", "0.9"), "floor-loosened", "suites.s.metrics.pass_rate.max_drop"),
    (
        FLOORS,
        FLOORS.replace("floor: 0.7", "floor: 0.7, gating: false"),
        "floor-loosened",
        "suites.s.metrics.tone.gating",
    ),
    (JUDGED, JUDGED.replace("Warm.", "Any answer passes."), "rubric-changed", "suites.s.graders.tone"),
    (JUDGED, JUDGED.replace("max: 9", "max: 99"), "rubric-changed", "suites.s.graders.words"),
    (JUDGED, JUDGED.replace(", {type: words, max: 9}", ""), "rubric-changed", "suites.s.graders.words"),
]
HONEST = [
    ("policy: {alpha: 0.05, margin: 0.05}", "policy: {margin: 0.05, alpha: 0.05}"),
    ("", "policy: {alpha: 0.1, margin: 0.01, score_margin: 0.01, max_unresolved: 0}"),
    ("", "policy: {on_inconclusive: block, semver: behaviour}"),
    ("", "policy: {judge_labels: 200, judge_kappa: 0.6, judge_specificity: 0.8}"),
    ("policy: {floating_models: warn, semver: 'off'}", ""),
    ("policy: {integrity: {case-removed: 'off'}}", "policy: {integrity: block}"),
    ("", "budget: {usd: 5, minutes: 10, concurrency: 50}"),
    ("", "prices: {openai/a: {input: 1, output: 2}}"),
    (
        "prices: {openai/a: {input: 1, output: 2}}",
        "prices: {openai/a: {input: 2, output: 2, cached_input: 1}}",
    ),
    ("prices: {openai/a: {input: 1, output: 2}}", ""),
    ("", "judge: {calibration: labels.jsonl}"),
    ("judge: {params: {a: 1, b: 2}}", "judge: {params: {b: 2, a: 1}}"),
    ("", "defaults: {embedding_model: openai/a}"),
    (FLOORS, FLOORS.replace("0.8", "0.9").replace("0.02", "0.01")),
    (FLOORS, FLOORS.replace("{s:", "{renamed:")),
    (FLOORS, FLOORS.replace("{s: {prompt: p.md,", "{t: {prompt: q.md}, s: {prompt: p.md,")),
    (JUDGED, JUDGED.replace("max: 9", "max: 8")),
    (JUDGED, JUDGED.replace("[{", "[{type: chars, max: 99}, {")),
]


@pytest.mark.parametrize(("before", "after", "rule", "subject"), LOOSENED)
def test_rule__loosened__is_found_with_both_values(before: str, after: str, rule: str, subject: str) -> None:
    (one,) = found(scene(before), scene(after))
    assert (one.rule, one.subject) == (rule, subject)


@pytest.mark.parametrize(("before", "after"), HONEST)
def test_rule__stricter_or_the_same__is_left_alone(before: str, after: str) -> None:
    assert found(scene(before), scene(after)) == ()


def test_floor__lowered__shows_before_and_after() -> None:
    (one,) = found(scene(FLOORS), scene(FLOORS.replace("0.8", "0.5")))
    assert (one.evidence, one.suite) == ("\u201c0.8\u201d \u2192 \u201c0.5\u201d", "s")


def test_metric__no_longer_written__loses_floor_and_gate() -> None:
    after = "suites: {s: {prompt: p.md, metrics: {pass_rate: {floor: 0.8, max_drop: 0.02}}}}"
    assert rules(found(scene(FLOORS), scene(after))) == ["floor-loosened", "floor-loosened"]


def test_prompts_own_checks__removed__are_found() -> None:
    check = GraderSpec(kind="contains", name="polite", options={"values": ["please"], "mode": "all"})
    before, after = suite(prompt=prompt((check,))), suite(prompt=prompt())
    (one,) = found(scene(one=before), scene(one=after))
    assert (one.rule, one.subject) == ("rubric-changed", "suites.s.graders.polite")
    gone = replace(after, prompt=None)
    assert found(scene(one=before), scene(one=gone)) == ()


def test_policy__every_rule_of_it__is_watched() -> None:
    """A new rule of the gate must say when it is looser."""
    assert {field.name for field in fields(Policy)} == {*POLICY, "integrity"}
    assert {field.name for field in fields(Budget)} == {*BUDGET, "concurrency"}
