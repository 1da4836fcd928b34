"""Two real models on one prompt: GPT-4 to ChatGPT is refused everywhere, ChatGPT to GPT-4 moves (LLMBar)."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

_spec = importlib.util.spec_from_file_location("llmbar", Path(__file__).parent / "llmbar.py")
assert _spec is not None
assert _spec.loader is not None
llmbar: ModuleType = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(llmbar)

GPT4, CHATGPT = "openai/gpt-4-0613", "openai/gpt-3.5-turbo-0613"


def begin(repo: Any, recording: Any, model: str) -> None:
    """The recorded prompt, with a version, pinned to a model."""
    files = llmbar.files(recording, "Vanilla", model)
    files["prompts/better.prompt.yml"] = "version: 1.2.0\n" + files["prompts/better.prompt.yml"]
    repo.commit(files)


def update(
    gate: Callable[..., Any], server: Any, old: str, new: str, *more: str
) -> tuple[Any, dict[str, Any]]:
    run = gate(OPENAI_API_KEY="test", OPENAI_BASE_URL=f"{server.url}/v1")
    cache, folder = str(run.home / "cache"), run.home / "report"
    run.run("model-update", "--from", old, "--to", new, "--cache", cache, "--report", str(folder), *more)
    assert (folder / "update.json").exists(), run.err
    return run, json.loads((folder / "update.json").read_text(encoding="utf-8"))


def test_update__from_gpt4_to_chatgpt__is_refused_on_all_five_subsets_and_moves_no_pin(
    repo: Any, gate: Callable[..., Any], server: Any, recording: Any
) -> None:
    begin(repo, recording, GPT4)
    run, found = update(gate, server, GPT4, CHATGPT, "--write")
    assert run.code == 1, run.err
    told = {suite["name"]: (suite["verdict"], suite["direction"]) for suite in found["suites"]}
    assert told == dict.fromkeys(llmbar.SUBSETS, ("refused", "worse"))
    assert found["files"] == []
    assert repo.git("status", "--short") == ""


def test_update__from_chatgpt_to_gpt4__moves_the_pin_and_the_version_and_nothing_else(
    repo: Any, gate: Callable[..., Any], server: Any, recording: Any
) -> None:
    begin(repo, recording, CHATGPT)
    run, found = update(gate, server, CHATGPT, GPT4, "--write")
    assert run.code == 0, run.out
    told = {suite["name"]: suite["direction"] for suite in found["suites"]}
    assert told == dict.fromkeys(llmbar.SUBSETS, "better")
    changed = [
        line for line in repo.git("diff", "-U0").splitlines() if line[:1] in "+-" and line[1:2] not in "+-"
    ]
    assert changed == [
        f'-  "model": "{CHATGPT}",',
        f'+  "model": "{GPT4}",',
        "-version: 1.2.0",
        "+version: 2.0.0",
    ]
