"""A changed judge begins an epoch: the base's judge decides about the change, the new one judges what is stored anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.e2e.conftest import Gate, GitRepo

CASES = 12
OLD = "It is warm."


def said(passed: bool) -> str:
    return json.dumps({"checks": [{"id": "c1", "reason": "because", "evidence": [], "pass": passed}]})


def judge(*kind: str) -> str:
    """Passes what is kind when it is asked as it should be, and the planted answer."""
    yes = said(True)
    rules = [{"when": {"user": [*kind, "kind answer"]}, "say": yes}] if kind else []
    planted = {"when": {"user": "The capital of France is Paris"}, "say": yes}
    return yaml.safe_dump({"default": said(False), "answers": [*rules, planted]})


def config(model: str = "judge", rubric: str = OLD) -> str:
    suite = {
        "prompt": "p.md",
        "golden": "g.jsonl",
        "graders": [{"type": "judge", "name": "tone", "rubric": rubric}],
    }
    return yaml.safe_dump(
        {
            "version": 1,
            "defaults": {"model": "scripted/answers.yaml"},
            "judge": {"model": f"scripted/{model}.yaml"},
            "policy": {"floating_models": "warn", "semver": "off", "judge_calibration": "waive"},
            "suites": {"s": suite},
        }
    )


FILES: dict[str, str | None] = {
    "mergefloor.yml": config(),
    "g.jsonl": "".join(json.dumps({"id": f"c{i}", "input": f"case {i}"}) + "\n" for i in range(CASES)),
    "p.md": "Answer.",
    "answers.yaml": yaml.safe_dump(
        {"answers": [{"when": {"user": f"case {i}"}, "say": [f"kind answer {i:02}"]} for i in range(CASES)]}
    ),
    "judge.yaml": judge(OLD),
    "strict.yaml": judge(),
}
CHANGES = {"judge": config("strict"), "rubric": config(rubric="It is hot.")}


@pytest.fixture
def shell(gate: Callable[..., Gate]) -> Gate:
    return gate()


def rates(report: dict[str, Any]) -> tuple[float, float]:
    (metric,) = (each for each in report["suites"][0]["metrics"] if each["name"] == "pass_rate")
    return metric["base"], metric["head"]


def notes(report: dict[str, Any]) -> list[str]:
    return [note for note in report["notes"] if "judged again" in note]


@pytest.mark.parametrize("change", CHANGES)
def test_gate__of_a_change_of_the_judge__is_judged_by_the_base_and_after_the_merge_anew(
    repo: GitRepo, shell: Gate, tmp_path: Path, change: str
) -> None:
    base = repo.commit(FILES)
    merged = repo.commit({"mergefloor.yml": CHANGES[change], "p.md": "Answer, please."})
    proposal = shell.gate(base, merged)
    assert rates(proposal) == (1.0, 1.0), "by the new judge or rubric no answer passes"
    assert any(
        "both sides are" in each and "by the base's" in each
        for each in proposal["suites"][0]["not_comparable"]
    )
    assert notes(proposal) == []

    following = repo.commit({"p.md": "Answer kindly, please."})
    report = shell.gate(merged, following, "--comment", str(tmp_path / "comment.md"))
    assert rates(report) == (0.0, 0.0), "a stored verdict of the old epoch would have passed the base"
    arms = {each["arm"]: each for each in report["suites"][0]["uses"]}
    assert "base" not in arms, "no candidate is asked on that side"
    assert (arms["head"]["calls"], arms["judge"]["calls"]) == (CASES, CASES)
    (note,) = notes(report)
    assert f": {CASES} stored outputs were judged again" in note
    assert note.startswith("The judge changed since 20" if change == "judge" else "What the judge is asked")
    assert "judged again" in (tmp_path / "comment.md").read_text()

    again = shell.gate(merged, following)
    assert (again["cost"]["calls"], notes(again)) == (0, [])


def test_gate__of_a_check_that_is_new_after_the_merge__speaks_of_no_changed_judge(
    repo: GitRepo, shell: Gate
) -> None:
    base = repo.commit(FILES)
    added = yaml.safe_load(config())
    added["suites"]["s"]["graders"].append({"type": "judge", "name": "size", "rubric": "It is short."})
    merged = repo.commit({"mergefloor.yml": yaml.safe_dump(added), "p.md": "Answer, please."})
    shell.gate(base, merged)
    report = shell.gate(merged, repo.commit({"p.md": "Answer kindly, please."}))
    assert report["suites"][0]["ran"] and notes(report) == []
