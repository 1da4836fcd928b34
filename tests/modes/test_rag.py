"""The judged measures through the whole gate: a scripted judge, embeddings of words, real planning and decision."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.fuzz.memory import Tree, run_gate, world

from mergefloor.core.report import Report
from mergefloor.modes import gate

CASES = 40
ALL = "faithfulness, answer_relevancy, context_precision, context_recall"
BASE, HEAD = "Be brief.", "Be very brief."
GOOD, BAD = "Tea number {n} is in the kitchen.", "Tea number {n} is in the garage."


def verdict(holds: bool) -> str:
    row = {"id": "c1", "reason": "So it says.", "evidence": [], "pass": holds}
    return json.dumps({"checks": [row]})


def judge(cases: int) -> str:
    """Breaks either answer into its one sentence; the kitchen is documented and the garage is not."""
    entries: list[dict[str, Any]] = [
        {"when": {"any": ["city on the Seine"]}, "say": verdict(True)},
        {"when": {"user": ["CHECKS (JSON)", "Tea number"]}, "say": verdict(True)},
        {"when": {"user": ["Decide for every entry", "garage"]}, "say": verdict(False)},
        {"when": {"user": "Decide for every entry"}, "say": verdict(True)},
        {"when": {"user": ["Decide whether the field", "Weather"]}, "say": verdict(False)},
        {"when": {"user": "Decide whether the field"}, "say": verdict(True)},
    ]
    for number in range(cases):
        asked = json.dumps({"question": f"Where is tea number {number:02d}?", "noncommittal": False})
        entries.append({"when": {"user": ["Write the one question", f"number {number:02d}"]}, "say": asked})
        for text in (GOOD, BAD):
            said = text.format(n=f"{number:02d}")
            entries.append(
                {"when": {"user": ["Break the field", said]}, "say": json.dumps({"statements": [said]})}
            )
    return json.dumps({"default": verdict(False), "answers": entries})


def tree(system: str, wrong: int, *, policy: str = "judge_calibration: waive, ", **metrics: str) -> Tree:
    """`wrong`: how many answers of this side put the tea where no document says it is."""
    types = ", ".join(f"{{type: {name}}}" for name in ALL.split(", "))
    config = (
        "version: 1\ndefaults: {model: scripted/answers.yaml, embedding_model: scripted/judge.yaml}\n"
        f"judge: {{model: scripted/judge.yaml}}\n"
        f"policy: {{{policy}floating_models: warn, semver: 'off'}}\n"
        f"suites:\n  s:\n    prompt: prompts/p.yaml\n    golden: evals/*.yaml\n    graders: [{types}]\n"
        f"    metrics: {json.dumps({name: json.loads(rule) for name, rule in metrics.items()})}\n"
    )
    golden = [
        {
            "id": f"q-{number:02d}",
            "input": f"Where is tea number {number:02d}?",
            "expected": GOOD.format(n=f"{number:02d}"),
            "method": "judge",
            "context": ["Weather: rain.", GOOD.format(n=f"{number:02d}")],
        }
        for number in range(CASES)
    ]
    answers = [
        {
            "when": {"user": f"number {number:02d}", "system": side},
            "say": (BAD if side == HEAD and number < wrong else GOOD).format(n=f"{number:02d}"),
        }
        for number in range(CASES)
        for side in (BASE, HEAD)
    ]
    return {
        "mergefloor.yml": config.encode(),
        "evals/a.yaml": json.dumps(golden).encode(),
        "answers.yaml": json.dumps({"answers": answers}).encode(),
        "judge.yaml": judge(CASES).encode(),
        "prompts/p.yaml": f"system: {system}\n".encode(),
    }


def examined(wrong: int, **more: Any) -> Report:
    before, after = tree(BASE, wrong, **more), tree(HEAD, wrong, **more)
    return gate.examine(gate.GateRequest(base="base", head="head"), world(before, after))


def metric(report: Report, name: str) -> Any:
    return next(each for each in report.suites[0].metrics if each.rule.name == name)


def test_measures__of_a_prompt_with_context__are_all_in_the_report() -> None:
    report = examined(0)
    assert report.verdict == "pass", report
    values = {name: metric(report, name).head for name in ALL.split(", ")}
    assert values == {
        "faithfulness": 1.0,
        "answer_relevancy": pytest.approx(1.0),
        "context_precision": pytest.approx(0.5),
        "context_recall": 1.0,
    }
    assert all(metric(report, name).kind == "score" for name in values)


def test_faithfulness__that_falls_under_its_floor__blocks() -> None:
    report = examined(20, faithfulness='{"floor": 0.85}')
    found = metric(report, "faithfulness")
    assert (found.base, found.head, found.verdict) == (1.0, 0.5, "block")
    assert metric(report, "context_recall").head == 1.0, "the documents are as good as before"
    assert report.verdict == "block"


def test_faithfulness__of_a_judge_that_nobody_compared_with_people__cannot_block() -> None:
    report = examined(20, policy="", faithfulness='{"floor": 0.85}')
    found = metric(report, "faithfulness")
    assert not found.rule.gating
    assert found.head == 0.5
    assert any("scripted/judge.yaml has not been compared with people" in line for line in report.unseen)


def test_gate__with_measures__exits_like_any_other() -> None:
    before, after = (
        tree(BASE, 20, faithfulness='{"floor": 0.85}'),
        tree(HEAD, 20, faithfulness='{"floor": 0.85}'),
    )
    outcome = run_gate(before, after)
    assert outcome.code == 1
