"""Real GPT-4 and ChatGPT answers of two versions of one prompt, through the openai SDK (LLMBar, Zeng et al. 2023)."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

_spec = importlib.util.spec_from_file_location("llmbar", Path(__file__).parent / "llmbar.py")
assert _spec is not None
assert _spec.loader is not None
llmbar: ModuleType = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(llmbar)

GPT4, CHATGPT = "openai/gpt-4-0613", "openai/gpt-3.5-turbo-0613"


def keys(server: Any) -> dict[str, str]:
    return {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": f"{server.url}/v1"}


def change(
    repo: Any, recording: Any, model: str, before: str, after: str, subsets: tuple[str, ...]
) -> tuple[str, str]:
    base = repo.commit(llmbar.files(recording, before, model, subsets=subsets))
    head = repo.commit({"prompts/better.prompt.yml": llmbar.prompt_yml(recording.prompts[after])})
    return base, head


def test_gate__when_somebody_deletes_the_rules__blocks(
    repo: Any, gate: Callable[..., Any], server: Any, recording: Any
) -> None:
    base, head = change(repo, recording, GPT4, "Vanilla", "Vanilla_NoRules", ("neighbor", "gptinst"))
    run = gate(**keys(server))
    report = run.gate(base, head)
    assert (report["verdict"], run.code) == ("block", 1)
    assert {s["name"]: s["verdict"] for s in report["suites"]} == {"neighbor": "block", "gptinst": "block"}
    assert {s["name"]: len(s["broken"]) for s in report["suites"]} == {"neighbor": 18, "gptinst": 7}


def test_gate__over_all_five_subsets__still_blocks_on_the_two_that_fell(
    repo: Any, gate: Callable[..., Any], server: Any, recording: Any
) -> None:
    base, head = change(repo, recording, GPT4, "Vanilla", "Vanilla_NoRules", llmbar.SUBSETS)
    report = gate(**keys(server)).gate(base, head)
    verdicts = {s["name"]: s["verdict"] for s in report["suites"]}
    assert (verdicts["neighbor"], verdicts["gptinst"]) == ("block", "block")
    assert verdicts["gptout"] != "block"
    assert verdicts["natural"] != "block"


def test_gate__of_a_comment_line__passes_with_no_call(
    repo: Any, gate: Callable[..., Any], server: Any, recording: Any
) -> None:
    base = repo.commit(llmbar.files(recording, "Vanilla", GPT4))
    head = repo.commit(
        {"prompts/better.prompt.yml": llmbar.prompt_yml(recording.prompts["Vanilla"], "Kept by Ines.")}
    )
    run = gate(**keys(server))
    report = run.gate(base, head)
    assert (report["verdict"], run.code, report["cost"]["calls"]) == ("pass", 0, 0)
    assert server.stats()["total"] == 0


def test_gate__when_the_rules_come_back__passes_and_says_improved(
    repo: Any, gate: Callable[..., Any], server: Any, recording: Any
) -> None:
    base, head = change(repo, recording, GPT4, "Vanilla_NoRules", "Vanilla", ("neighbor", "gptinst"))
    run = gate(**keys(server))
    report = run.gate(base, head, "--comment", str(run.home / "comment.md"))
    assert (report["verdict"], run.code) == ("pass", 0)
    assert "improved" in (run.home / "comment.md").read_text(encoding="utf-8").split("\n")[1].lower()


def test_gate__run_twice__makes_no_call_the_second_time(
    repo: Any, gate: Callable[..., Any], server: Any, recording: Any
) -> None:
    base, head = change(repo, recording, GPT4, "Vanilla", "Vanilla_NoRules", ("gptinst",))
    run = gate(**keys(server))
    first = run.gate(base, head)
    calls = server.stats()["total"]
    second = run.gate(base, head)
    assert first["cost"]["calls"] == calls > 0
    assert (second["cost"]["calls"], server.stats()["total"]) == (0, calls)
    assert (second["verdict"], second["suites"][0]["metrics"]) == (
        first["verdict"],
        first["suites"][0]["metrics"],
    )


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize(
    ("model", "strategy"),
    [
        (GPT4, "Vanilla"),
        (GPT4, "Vanilla_NoRules"),
        (GPT4, "CoT"),
        (CHATGPT, "Vanilla"),
        (CHATGPT, "Vanilla_NoRules"),
    ],
)
def test_pass_rates__of_every_recording__equal_the_published_ones_case_for_case(
    repo: Any,
    gate: Callable[..., Any],
    server: Any,
    recording: Any,
    replay: ModuleType,
    model: str,
    strategy: str,
    swap: bool,
) -> None:
    base = repo.commit({"README.md": "nothing yet"})
    head = repo.commit(llmbar.files(recording, strategy, model, swap=swap))
    report = gate(**keys(server)).gate(base, head)
    name = f"{'GPT-4' if model == GPT4 else 'ChatGPT'}.{strategy}"
    for suite in report["suites"]:
        subset = suite["name"]
        correct, total = map(
            int, recording.published[name][subset][f"correct_{swap}"].split("=")[0].split("/")
        )
        (metric,) = suite["metrics"]
        assert metric["head"] == pytest.approx(correct / total, abs=1e-6)
        assert (round(metric["head"] * total), suite["cases_total"]) == (correct, total)
