"""A repository with a comparing check: mean preference by the score rule, and its calibration."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.e2e.conftest import Gate, GitRepo

Files = dict[str, str | None]
CASES = 40
FIRST, SECOND = "<<<END OUTPUT 1 ", "<<<END OUTPUT 2 "


def said(choice: str) -> str:
    row = {"id": "c1", "reason": "because", "evidence": [], "choice": choice}
    return json.dumps({"checks": [row]})


def graded(passed: bool) -> str:
    return json.dumps({"checks": [{"id": "c1", "reason": "because", "evidence": [], "pass": passed}]})


def judge(*rules: tuple[str, str], default: str = "tie") -> str:
    """A judge that knows the planted answers and pairs, then goes by texts that occur, then says the default."""
    planted = (
        ("CANDIDATE", "The capital of France is Paris", graded(True)),
        ("CANDIDATE", "", graded(False)),
        ("OUTPUT 1", f'on the Seine."\n{FIRST}', said("output 1")),
        ("OUTPUT 1", f'on the Seine."\n{SECOND}', said("output 2")),
    )
    lines: list[dict[str, Any]] = [
        {"when": {"user": [mark, text] if text else mark}, "say": [reply]} for mark, text, reply in planted
    ]
    lines += [{"when": {"user": text}, "say": [said(choice)]} for text, choice in rules]
    return yaml.safe_dump({"default": said(default), "answers": lines})


# Kind beats plain, plain beats cold, wherever they stand.
SOUND = judge(
    (f'kind answer"\n{FIRST}', "output 1"),
    (f'kind answer"\n{SECOND}', "output 2"),
    (f'cold answer"\n{FIRST}', "output 2"),
    (f'cold answer"\n{SECOND}', "output 1"),
)
BIASED = judge(default="output 1")


def config(**check: object) -> str:
    spec = {"type": "pairwise", "name": "kinder", "rubric": "The better one is kinder.", **check}
    return yaml.safe_dump(
        {
            "version": 1,
            "defaults": {"model": "scripted/answers.yaml"},
            "judge": {"model": "scripted/judge.yaml", "calibration": "labels.jsonl"},
            "policy": {"floating_models": "warn", "semver": "off", "judge_calibration": "waive"},
            "suites": {
                "s": {
                    "prompt": "p.md",
                    "golden": "g.jsonl",
                    "graders": [spec, {"type": "words", "min": 1}],
                    "metrics": {"kinder": {"gating": True}},
                }
            },
        }
    )


def labels(number: int = 90) -> str:
    """A third better, a third worse, a third as good; each with the reference that the rater saw."""
    kinds = (("kind answer", "better"), ("cold answer", "worse"), ("other answer", "tie"))
    rows = [
        {
            "id": f"l{i}",
            "input": f"labelled {i}",
            "output": kinds[i % 3][0],
            "label": kinds[i % 3][1],
            "reference": "plain answer",
            "grader": "kinder",
        }
        for i in range(number)
    ]
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def files(**more: str) -> Files:
    answers = {"default": "kind answer", "answers": [{"when": {"system": "shortly"}, "say": ["cold answer"]}]}
    rows = [
        {"id": f"c{i}", "input": f"case {i}", "expected": "plain answer", "method": "reference"}
        for i in range(CASES)
    ]
    return {
        "mergefloor.yml": config(),
        "g.jsonl": "".join(f"{json.dumps(row)}\n" for row in rows),
        "p.md": "Answer.",
        "labels.jsonl": labels(),
        "answers.yaml": yaml.safe_dump(answers),
        "judge.yaml": SOUND,
        **{name.replace("_", "."): text for name, text in more.items()},
    }


@pytest.fixture
def shell(gate: Callable[..., Gate]) -> Gate:
    return gate()


def gated(repo: GitRepo, shell: Gate, **more: str) -> dict[str, Any]:
    base = repo.commit(files(**more))
    return shell.gate(base, repo.commit({"p.md": "Answer shortly."}))


def metric(report: dict[str, Any]) -> dict[str, Any]:
    (found,) = [each for each in report["suites"][0]["metrics"] if each["name"] == "kinder"]
    return dict(found)


def test_gate__answers_that_lose_to_the_reference__blocks_by_the_score_rule(
    repo: GitRepo, shell: Gate
) -> None:
    report = gated(repo, shell)
    assert shell.code == 1, shell.out + shell.err
    found = metric(report)
    assert (found["kind"], found["base"], found["head"]) == ("score", 1.0, 0.0)
    assert found["verdict"] == "block"


def test_gate__judge_that_goes_by_the_order__is_caught_by_the_planted_pair(
    repo: GitRepo, shell: Gate
) -> None:
    biased = yaml.safe_load(BIASED)
    for line in biased["answers"]:
        line["say"] = [said("output 1")] if "choice" in line["say"][0] else line["say"]
    report = gated(repo, shell, judge_yaml=yaml.safe_dump(biased))
    assert (metric(report)["base"], metric(report)["head"]) == (0.5, 0.5)
    assert shell.code == 2
    assert any("planted better-second answer: failed" in reason for reason in report["reasons"])


def test_gate__order_biased_judge_that_knows_the_planted_pairs__yields_ties_only(
    repo: GitRepo, shell: Gate
) -> None:
    report = gated(repo, shell, judge_yaml=BIASED)
    assert (metric(report)["base"], metric(report)["head"]) == (0.5, 0.5)
    assert shell.code == 0, shell.out + shell.err


def test_gate__cases_pass_by_a_threshold__counts_in_the_pass_rate(repo: GitRepo, shell: Gate) -> None:
    report = gated(repo, shell, mergefloor_yml=config(threshold=0.5))
    assert shell.code == 1
    broken = report["suites"][0]["broken"]
    assert len(broken) == CASES
    (grade,) = [each for each in broken[0]["head"]["grades"] if each["grader"] == "kinder"]
    assert grade["votes"] == [
        {"judge": "scripted/judge.yaml", "passed": False, "score": 0.0, "orders": [0.0, 0.0]}
    ]


def test_calibrate__comparing_judge_that_agrees__may_block_and_tells_of_both_orders(
    repo: GitRepo, shell: Gate, tmp_path: Path
) -> None:
    repo.commit(files())
    record = tmp_path / "calibration.json"
    code = shell.run("calibrate", "--json", str(record), "--cache", str(tmp_path / "cache"))
    assert code == 0, shell.out + shell.err
    assert "order: the same verdict in both orders on 100" in shell.out
    (check,) = json.loads(record.read_text())["checks"]
    assert (check["may_block"], check["agreement"], check["n"]) == (True, 1.0, 90)
    assert check["order"]["same"] == 1.0


def test_calibrate__comparing_judge_that_goes_by_the_order__may_not_block(
    repo: GitRepo, shell: Gate, tmp_path: Path
) -> None:
    repo.commit(files(judge_yaml=BIASED))
    record = tmp_path / "calibration.json"
    assert shell.run("calibrate", "--json", str(record), "--cache", str(tmp_path / "cache")) == 1
    (check,) = json.loads(record.read_text())["checks"]
    assert not check["may_block"]
    assert (check["order"]["same"], check["order"]["first"]) == (0.0, 1.0)
    assert "100 % of its choices are shown first" in shell.out.replace("100.0", "100")


def test_gate__comparing_check_alone__is_decided_by_its_score(repo: GitRepo, shell: Gate) -> None:
    whole = yaml.safe_load(config())
    whole["suites"]["s"]["graders"].pop()
    report = gated(repo, shell, mergefloor_yml=yaml.safe_dump(whole))
    assert (shell.code, report["verdict"]) == (1, "block")
    assert [each["name"] for each in report["suites"][0]["metrics"]] == ["kinder"]


def test_gate__comparing_check_alone_that_nothing_lets_block__proves_nothing_and_validate_says_why(
    repo: GitRepo, shell: Gate
) -> None:
    whole = yaml.safe_load(config())
    whole["suites"]["s"]["graders"].pop()
    del whole["suites"]["s"]["metrics"]
    report = gated(repo, shell, mergefloor_yml=yaml.safe_dump(whole))
    assert report["verdict"] == "inconclusive"
    assert shell.run("validate") == 0
    assert "suite 's' can never block: no check passes or fails a case" in shell.out


def test_label__comparing_check_alone__is_refused_in_one_sentence(
    repo: GitRepo, shell: Gate, tmp_path: Path
) -> None:
    repo.commit(files())
    assert shell.run("label", "--cache", str(tmp_path / "cache")) == 3
    assert "`kinder` compares two outputs, and a screen shows one" in shell.err


def test_validate__comparing_check_negated__is_refused(repo: GitRepo, shell: Gate) -> None:
    repo.commit(files(mergefloor_yml=config(negate=True)))
    assert shell.run("validate") == 3
    assert "has `negate`, which a comparison does not use" in shell.err
