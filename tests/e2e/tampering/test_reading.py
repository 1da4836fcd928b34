"""What is read of both sides, and what is said where something cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

BASE: dict[str, str] = yaml.safe_load((Path(__file__).parent / "base.yaml").read_text(encoding="utf-8"))
PROMPT = "prompts/support.yaml"
EMBEDDED = BASE[PROMPT] + "test_cases:\n  - {id: inside, input: Inside?, must_contain: [receipt]}\n"


@pytest.fixture
def run(gate: Callable[..., Any]) -> Any:
    return gate()


def found(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["rule"], each["subject"]) for each in report["tampering"]]


def test_policy__of_the_base__decides_that_a_finding_blocks(repo: Any, run: Any) -> None:
    config = BASE["mergefloor.yml"].replace("  margin", "  integrity: block\n  margin")
    base = repo.commit({**BASE, "mergefloor.yml": config})
    head = repo.commit({"mergefloor.yml": BASE["mergefloor.yml"], "evals/support/more.yaml": None})
    report = run.gate(base, head)
    assert (report["verdict"], run.code) == ("block", 1)
    assert any(reason.startswith("case-removed, kids: ") for reason in report["reasons"])
    assert {each["action"] for each in report["tampering"]} == {"block"}


def test_policy__of_the_head__decides_nothing(repo: Any, run: Any) -> None:
    base = repo.commit(BASE)
    config = BASE["mergefloor.yml"].replace("  margin", "  integrity: block\n  margin")
    head = repo.commit({"mergefloor.yml": config, "evals/support/more.yaml": None})
    assert (run.gate(base, head)["verdict"], run.code) == ("pass", 0)


def test_change__elsewhere__is_examined_too(repo: Any, run: Any) -> None:
    base = repo.commit(BASE)
    report = run.gate(base, repo.commit({".github/workflows/gate.yml": None}))
    assert (report["cost"]["calls"], found(report)) == (
        0,
        [("workflow-changed", ".github/workflows/gate.yml")],
    )


def test_branch__that_is_behind__is_not_blamed_for_what_others_added(repo: Any, run: Any) -> None:
    fork = repo.commit(BASE)
    head = repo.commit({"src/app.py": "x = 1\n"})
    repo.git("checkout", "-q", fork)
    base = repo.commit({"evals/support/new.yaml": "- {id: new, input: New?, must_contain: [receipt]}\n"})
    assert found(run.gate(base, head)) == []


def test_branch__that_drops_what_the_base_dropped_too__is_not_blamed(repo: Any, run: Any) -> None:
    fork = repo.commit(BASE)
    head = repo.commit({"evals/support/more.yaml": None})
    repo.git("checkout", "-q", fork)
    base = repo.commit({"evals/support/more.yaml": None, "src/app.py": "x = 1\n"})
    assert found(run.gate(base, head)) == []


def test_branch__from_a_broken_prompt__is_not_compared(repo: Any, run: Any) -> None:
    fork = repo.commit({**BASE, PROMPT: "system: [unclosed"})
    head = repo.commit({PROMPT: BASE[PROMPT], "evals/support/more.yaml": None})
    repo.git("checkout", "-q", fork)
    base = repo.commit({"src/app.py": "x = 1\n"})
    assert [rule for rule, _ in found(run.gate(base, head)) if rule.startswith("case-")] == []


def test_prompt__gone_with_its_embedded_cases__names_the_other_cases_only(repo: Any, run: Any) -> None:
    base = repo.commit({**BASE, PROMPT: EMBEDDED})
    report = run.gate(base, repo.commit({PROMPT: None, "evals/support/more.yaml": None}))
    assert report["verdict"] == "block"
    assert [subject for rule, subject in found(report) if rule == "case-removed"] == [
        "kids",
        "late",
        "sale",
        "worn",
    ]


def test_prompt__gone_and_its_golden_files_broken__is_not_compared(repo: Any, run: Any) -> None:
    base = repo.commit(BASE)
    report = run.gate(base, repo.commit({PROMPT: None, "evals/support/more.yaml": "- {id: "}))
    assert report["verdict"] == "block"
    assert found(report) == []


def test_suite__that_the_change_adds__shows_answers_in_its_prompt(repo: Any, run: Any) -> None:
    base = repo.commit(BASE)
    answer = "Invoices are kept for ten years and can be loaded from your account page."
    suite = "  bills:\n    prompt: prompts/bills.md\n    golden: evals/bills.yaml\n"
    head = repo.commit(
        {
            "mergefloor.yml": BASE["mergefloor.yml"] + suite,
            "prompts/bills.md": f"Answer about bills. {answer}\n",
            "evals/bills.yaml": f"- {{id: b, input: Invoice?, expected: {answer}}}\n",
        }
    )
    assert found(run.gate(base, head)) == [("answer-in-prompt", "b")]


def test_large_and_binary_files__are_named_or_left_out(repo: Any, run: Any) -> None:
    base = repo.commit(BASE)
    (repo.path / "image.png").write_bytes(b"\x89PNG\xff")
    (repo.path / "zero.txt").write_bytes(b"You are a helpful assistant\0")
    (repo.path / "link").symlink_to("README.md")
    report = run.gate(base, repo.commit({"src/large.py": "x = 1\n" * 400_000}))
    assert found(report) == []
    assert [text for text in report["unseen"] if "too large" in text] == [
        "1 changed file too large to be searched for hidden text and prompts: `src/large.py`."
    ]


def test_branch__from_a_broken_golden_set__is_not_compared(repo: Any, run: Any) -> None:
    fork = repo.commit({**BASE, "evals/support/more.yaml": "- {id: "})
    head = repo.commit({"evals/support/more.yaml": None})
    repo.git("checkout", "-q", fork)
    base = repo.commit({"evals/support/more.yaml": BASE["evals/support/more.yaml"]})
    assert found(run.gate(base, head)) == []
