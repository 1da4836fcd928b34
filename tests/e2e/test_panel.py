"""A repository whose judge is a panel of three: gated, calibrated, and kept from changing its own judges."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.e2e.conftest import Gate, GitRepo

Files = dict[str, str | None]
CASES = 24
JUDGES = ("scripted/a.yaml", "scripted/b.yaml", "scripted/c.yaml")


def said(passed: bool, reason: str = "because") -> str:
    row = {"id": "c1", "reason": reason, "evidence": [], "pass": passed}
    return json.dumps({"checks": [row]})


def judge(*rules: tuple[str, str], default: bool = False) -> str:
    """A judge that knows the planted answers, then goes by texts that occur, then says the default."""
    planted = (
        ("The capital of France is Paris", said(True)),
        ("The capital of France is Lyon", said(False)),
        ("I would rather talk about the weather", said(False)),
        ('>>>\n""\n<<<END', said(False)),
    )
    lines = [{"when": {"user": text}, "say": [reply]} for text, reply in (*planted, *rules)]
    return yaml.safe_dump({"default": said(default), "answers": lines})


SOUND = judge(("kind answer", said(True)))
LAX = judge(default=True)  # passes whatever it is shown, the planted answers apart
SILENT = yaml.safe_dump(
    {
        "answers": [
            *yaml.safe_load(SOUND)["answers"][:4],
            {"when": {"user": "CHECKS"}, "say": ["I cannot"], "finish": "refusal"},
        ]
    }
)


def config(panel: tuple[str, ...] = JUDGES[1:], **policy: object) -> str:
    return yaml.safe_dump(
        {
            "version": 1,
            "defaults": {"model": "scripted/answers.yaml"},
            "judge": {"model": JUDGES[0], "panel": list(panel), "calibration": "labels.jsonl"},
            "policy": {"floating_models": "warn", "semver": "off", "judge_calibration": "waive", **policy},
            "suites": {
                "s": {
                    "prompt": "p.md",
                    "golden": "g.jsonl",
                    "graders": [{"type": "judge", "name": "tone", "rubric": "It is warm."}],
                }
            },
        }
    )


def labels(number: int = 80) -> str:
    rows = [
        {
            "id": f"l{i}",
            "input": f"labelled {i}",
            "output": f"{'kind' if i % 2 else 'cold'} answer {i}",
            "label": i % 2,
            "grader": "tone",
        }
        for i in range(number)
    ]
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def files(**more: str) -> Files:
    answers = {"default": "kind answer", "answers": [{"when": {"system": "shortly"}, "say": ["cold answer"]}]}
    return {
        "mergefloor.yml": config(),
        "g.jsonl": "".join(json.dumps({"id": f"c{i}", "input": f"case {i}"}) + "\n" for i in range(CASES)),
        "p.md": "Answer.",
        "labels.jsonl": labels(),
        "answers.yaml": yaml.safe_dump(answers),
        "a.yaml": SOUND,
        "b.yaml": SOUND,
        "c.yaml": LAX,
        **{name.replace("_", "."): text for name, text in more.items()},
    }


@pytest.fixture
def shell(gate: Callable[..., Gate]) -> Gate:
    return gate()


def change(repo: GitRepo, head: Files, **more: str) -> tuple[str, str]:
    base = repo.commit(files(**more))
    return base, repo.commit(head)


def of_judges(report: dict[str, Any], name: str = "calls") -> dict[str, int]:
    uses = [use for suite in report["suites"] for use in suite["uses"] if use["arm"] == "judge"]
    found: dict[str, int] = {}
    for use in uses:
        found[use["model"]] = found.get(use["model"], 0) + use[name]
    return found


def test_gate__two_of_three_judges_see_the_loss__blocks_and_shows_the_split(
    repo: GitRepo, shell: Gate
) -> None:
    report = shell.gate(*change(repo, {"p.md": "Answer shortly."}))
    assert shell.code == 1, shell.out + shell.err
    broken = report["suites"][0]["broken"]
    assert len(broken) == CASES
    (grade,) = broken[0]["head"]["grades"]
    assert grade["reason"].startswith("2 of 3 judges fail it (scripted/c.yaml passes it). scripted/a.yaml: ")
    assert [(vote["judge"], vote["passed"]) for vote in grade["votes"]] == [
        (JUDGES[0], False),
        (JUDGES[1], False),
        (JUDGES[2], True),
    ]
    assert [each["model"] for each in report["judge"]["members"]] == list(JUDGES)
    assert [m["name"] for m in report["models"] if m["used_for"] == "judge"] == list(JUDGES)
    assert set(of_judges(report)) == set(JUDGES)
    assert len(set(of_judges(report).values())) == 1


def test_gate__the_same_again__asks_no_member(repo: GitRepo, shell: Gate) -> None:
    base, head = change(repo, {"p.md": "Answer shortly."})
    shell.gate(base, head)
    report = shell.gate(base, head)
    assert report["cost"]["calls"] == 0
    assert shell.code == 1


def test_gate__one_member_silent__the_two_others_decide(repo: GitRepo, shell: Gate) -> None:
    report = shell.gate(*change(repo, {"p.md": "Answer shortly."}, c_yaml=SILENT))
    assert shell.code == 1, shell.out + shell.err
    reason = report["suites"][0]["broken"][0]["head"]["grades"][0]["reason"]
    assert reason.startswith("2 of 3 judges fail it (scripted/c.yaml gave no verdict).")


def test_gate__one_member_silent_and_two_differ__cannot_decide(repo: GitRepo, shell: Gate) -> None:
    report = shell.gate(*change(repo, {"p.md": "Answer shortly."}, b_yaml=SILENT))
    assert shell.code == 2, shell.out + shell.err
    assert report["verdict"] == "error"


@pytest.mark.parametrize("prompt", ["Answer nicely.", "Answer shortly."])
def test_gate__one_gullible_member__is_caught_by_its_planted_answers(
    repo: GitRepo, shell: Gate, prompt: str
) -> None:
    gullible = yaml.safe_dump({"default": said(True)})
    report = shell.gate(*change(repo, {"p.md": prompt}, c_yaml=gullible))
    assert (shell.code, report["verdict"]) == (2, "error")
    (reason,) = [each for each in report["reasons"] if "cannot be believed" in each]
    assert "bad, empty and injection answers: passed by scripted/c.yaml" in reason
    assert "scripted/a.yaml" not in reason


def test_gate__change_of_the_panel__is_told_and_the_base_s_judges_decide(repo: GitRepo, shell: Gate) -> None:
    lax = config(("scripted/c.yaml", "scripted/d.yaml"))
    head: Files = {"p.md": "Answer shortly.", "mergefloor.yml": lax, "d.yaml": LAX}
    report = shell.gate(*change(repo, head))
    assert shell.code == 1
    (found,) = [each for each in report["tampering"] if each["rule"] == "judge-changed"]
    assert found["subject"] == "judge.panel"
    assert "scripted/d.yaml" not in of_judges(report)
    assert set(of_judges(report)) == set(JUDGES)
    assert any("The judge changed" in each for each in report["suites"][0]["not_comparable"])


def test_gate__change_of_the_panel_where_integrity_blocks__blocks(repo: GitRepo, shell: Gate) -> None:
    strict = config(integrity={"judge-changed": "block"})
    base = repo.commit(files(mergefloor_yml=strict))
    head = repo.commit({"mergefloor.yml": config((), integrity={"judge-changed": "block"})})
    shell.gate(base, head)
    assert shell.code == 1
    assert "judge-changed" in shell.out


def test_gate__two_members_more__pays_for_these_alone(repo: GitRepo, shell: Gate) -> None:
    base, head = change(repo, {"p.md": "Answer shortly."}, mergefloor_yml=config(()))
    shell.gate(base, head)
    wider = repo.commit({"p.md": "Answer.", "mergefloor.yml": config()})
    report = shell.gate(wider, repo.commit({"p.md": "Answer shortly."}))
    calls = of_judges(report)
    assert calls[JUDGES[0]] == 0
    assert calls[JUDGES[1]] == calls[JUDGES[2]] > 0


def test_gate__calibration_required__holds_the_panel_and_every_member_against_people(
    repo: GitRepo, shell: Gate
) -> None:
    required = config(judge_calibration="require")
    report = shell.gate(*change(repo, {"p.md": "Answer shortly."}, mergefloor_yml=required))
    assert shell.code == 1, shell.out + shell.err
    assert report["judge"]["agreement"] == 1.0
    assert report["judge"]["model"] == " + ".join(JUDGES)
    assert [each["agreement"] for each in report["judge"]["members"]] == [1.0, 1.0, 0.5]


def test_gate__majority_that_contradicts_people__may_not_block(repo: GitRepo, shell: Gate) -> None:
    required = config(judge_calibration="require")
    shell.gate(*change(repo, {"p.md": "Answer shortly."}, mergefloor_yml=required, b_yaml=LAX))
    assert shell.code == 0, shell.out + shell.err


def test_calibrate__of_a_panel__tells_what_every_member_is_worth(
    repo: GitRepo, shell: Gate, tmp_path: Path
) -> None:
    repo.commit(files(mergefloor_yml=config(judge_calibration="require")))
    record = tmp_path / "calibration.json"
    assert shell.run("calibrate", "--json", str(record), "--cache", str(tmp_path / "cache")) == 0, shell.err
    assert "scripted/c.yaml alone: 50 % of 80 outputs" in shell.out
    (check,) = json.loads(record.read_text())["checks"]
    assert check["may_block"]
    assert [each["agreement"] for each in check["members"]] == [1.0, 1.0, 0.5]


@pytest.mark.parametrize(
    ("panel", "told"),
    [
        (["scripted/b.yaml"], "makes a panel of 2"),
        (["scripted/b.yaml", "scripted/b.yaml"], "asks 'scripted/b.yaml' twice"),
        (["scripted/a.yaml", "scripted/b.yaml"], "asks 'scripted/a.yaml' twice"),
    ],
)
def test_validate__panel_without_a_majority__is_one_sentence(
    repo: GitRepo, shell: Gate, panel: list[str], told: str
) -> None:
    repo.commit(files(mergefloor_yml=config(tuple(panel))))
    assert shell.run("validate") == 3
    assert told in shell.err
    assert "name two or four different models" in shell.err


def test_explain__of_a_split_vote__names_who_voted_otherwise(repo: GitRepo, shell: Gate) -> None:
    base, head = change(repo, {"p.md": "Answer shortly."})
    shell.gate(base, head)
    cache = str(shell.home / "cache")
    shell.run("explain", "c1", "--base", base, "--head", head, "--cache", cache)
    told = " ".join(shell.out.split())
    assert "2 of 3 judges fail it (scripted/c.yaml passes it). scripted/a.yaml: Expected" in told, shell.out
