"""A missing key is told before anybody is paid, with every variable at once; stored answers need none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from tests.adapters.broker.conftest import CLAUDE, GPT, OPENAI_KEY, Provider, chat, serving
from tests.e2e.conftest import Gate, GitRepo

CASES = 6
VERDICT = {"checks": [{"id": "c1", "reason": "r", "evidence": [], "pass": True}]}


def files(
    model: str = GPT, judge: str | None = None, words: str = "Greet.", waive: bool = False
) -> dict[str, str | None]:
    """One suite. `judge`: a judged check too, with labels unless the policy waives them."""
    suite: dict[str, Any] = {"prompt": "p.md", "golden": "g.jsonl"}
    config: dict[str, Any] = {"version": 1, "defaults": {"model": model}, "suites": {"s": suite}}
    config["policy"] = {"semver": "off"}
    row: dict[str, Any] = {"must_contain": ["friend"]}
    labels = [
        {"id": f"l{i}", "input": f"q {i}", "output": f"said {i}", "label": i % 2, "grader": "tone"}
        for i in range(4)
    ]
    if judge is not None:
        config["judge"] = {"model": judge} if waive else {"model": judge, "calibration": "labels.jsonl"}
        config["policy"] |= {"judge_calibration": "waive"} if waive else {}
        suite["graders"] = [{"type": "judge", "name": "tone", "rubric": "It is warm."}]
    return {
        "mergefloor.yml": yaml.safe_dump(config),
        "p.md": words,
        "g.jsonl": "".join(
            json.dumps({"id": f"c{i}", "input": f"guest {i}", **row}) + "\n" for i in range(CASES)
        ),
        "labels.jsonl": "".join(json.dumps(each) + "\n" for each in labels),
    }


@pytest.fixture
def provider() -> Iterator[Provider]:
    """OpenAI on this machine: greets guests, and judges everything as passed."""
    server = Provider()

    def say(path: str, body: Any, headers: dict[str, str]) -> dict[str, Any]:
        return chat(json.dumps(VERDICT) if "response_format" in body else "Hello, friend!")

    server.say = say
    with serving(server):
        yield server


@pytest.fixture
def shell(gate: Callable[..., Gate], provider: Provider) -> Gate:
    return gate(OPENAI_API_KEY=OPENAI_KEY, OPENAI_BASE_URL=f"{provider.url}/v1")


def told(shell: Gate) -> str:
    return " ".join((shell.out + shell.err).replace("\n|", "\n").split())


def test_update__to_a_provider_without_a_key__asks_nobody(
    repo: GitRepo, shell: Gate, provider: Provider
) -> None:
    repo.commit(files())
    assert shell.run("model-update", "--from", GPT, "--to", CLAUDE) == 2
    assert "set `ANTHROPIC_API_KEY`" in told(shell)
    assert provider.seen == []


def test_update__of_the_judge_to_a_provider_without_a_key__asks_neither_judge(
    repo: GitRepo, shell: Gate, provider: Provider
) -> None:
    repo.commit(files("scripted/a.yaml", GPT, waive=True) | {"a.yaml": "default: Hello, friend!\n"})
    assert shell.run("model-update", "--from", GPT, "--to", CLAUDE) == 2
    assert "set `ANTHROPIC_API_KEY`" in told(shell)
    assert provider.seen == []


def test_gate__of_two_providers_without_any_key__names_both_variables(
    repo: GitRepo, gate: Callable[..., Gate]
) -> None:
    base, head = repo.commit(files()), repo.commit(files(CLAUDE))
    shell = gate()
    assert shell.run("gate", "--base", base, "--head", head) == 2
    assert "set `ANTHROPIC_API_KEY` and `OPENAI_API_KEY`" in told(shell)


@pytest.mark.parametrize("waive", [False, True])
def test_gate__of_a_model_without_a_key_and_a_judge_with_one__does_not_ask_the_judge(
    repo: GitRepo, shell: Gate, provider: Provider, waive: bool
) -> None:
    base = repo.commit(files(CLAUDE, GPT, waive=waive))
    head = repo.commit(files(CLAUDE, GPT, "Greet them.", waive=waive))
    assert shell.run("gate", "--base", base, "--head", head) == 2
    assert "set `ANTHROPIC_API_KEY`" in told(shell)
    assert provider.seen == []


@pytest.mark.parametrize("command", ["record", "scheduled"])
@pytest.mark.parametrize(("model", "judge"), [(CLAUDE, GPT), (GPT, CLAUDE)])
def test_recording__with_one_key_of_two__asks_nobody(
    repo: GitRepo, shell: Gate, provider: Provider, command: str, model: str, judge: str
) -> None:
    repo.commit(files(model, judge))
    assert shell.run(command) == 2, told(shell)
    assert "set `ANTHROPIC_API_KEY`" in told(shell)
    assert provider.seen == []


def test_calibrate__without_the_judges_key__names_the_variable(
    repo: GitRepo, shell: Gate, provider: Provider
) -> None:
    repo.commit(files(GPT, CLAUDE))
    assert shell.run("calibrate") == 2, told(shell)
    assert "set `ANTHROPIC_API_KEY`" in told(shell)
    assert provider.seen == []


def test_gate__that_the_cache_answers__passes_without_a_key(
    repo: GitRepo, shell: Gate, provider: Provider
) -> None:
    base, head = repo.commit(files(judge=GPT)), repo.commit(files(judge=GPT, words="Greet them."))
    first, calls = shell.gate(base, head), len(provider.seen)
    del shell.env["OPENAI_API_KEY"]
    report = shell.gate(base, head)
    assert (shell.code, report["cost"]["calls"], len(provider.seen)) == (0, 0, calls)
    assert report["suites"][0]["metrics"] == first["suites"][0]["metrics"]


def test_gate__of_a_compatible_endpoint_without_a_key__asks_it(
    repo: GitRepo, shell: Gate, provider: Provider
) -> None:
    name = "openai-compatible/gpt-5-mini-2025-08-07"
    base, head = repo.commit(files(name)), repo.commit(files(name, words="Greet them."))
    del shell.env["OPENAI_API_KEY"]
    assert shell.gate(base, head)["suites"][0]["cases_unresolved"] == 0
    assert shell.code == 0, told(shell)
    assert len(provider.seen) >= 2 * CASES
