"""Recorded answers of two real models on GitHub: the pull request opens one way and never the other (LLMBar)."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.e2e.hosted.team import Team
from tests.fakes.github.access import Permissions

_spec = importlib.util.spec_from_file_location("llmbar", Path(__file__).parents[1] / "llmbar.py")
assert _spec is not None
assert _spec.loader is not None
llmbar: ModuleType = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(llmbar)

GPT4, CHATGPT = "openai/gpt-4-0613", "openai/gpt-3.5-turbo-0613"
PROMPT = "prompts/better.prompt.yml"


def dispatched(team: Team, server: Any, recording: Any, old: str, new: str) -> Any:
    """The recorded prompt on `main`, pinned to one model, and the button pressed for the other."""
    found = llmbar.files(recording, "Vanilla", old)
    found[PROMPT] = "version: 1.2.0\n" + found[PROMPT]
    team.commit("main", found)
    rights = Permissions(contents="write", pull_requests="write")
    team.github.add_token(team.github.token, permissions=rights)
    models = {"from": old, "to": new, "open-pr": "true"}
    keys = {"openai-api-key": "test", "openai-base-url": f"{server.url}/v1"}
    return team.dispatch("main", mode="model-update", **models, **keys)


def test_dispatch__from_chatgpt_to_gpt4__opens_a_pull_request_of_one_pin_and_one_version(
    team: Team, server: Any, recording: Any
) -> None:
    run = dispatched(team, server, recording, CHATGPT, GPT4)
    assert run.code == 0, run.log
    (pull,) = team.github.pulls.values()
    rows = team.git("diff", "-U0", "main", pull.head_ref).splitlines()
    assert [row for row in rows if row[:1] in "+-" and not row.startswith(("+++", "---"))] == [
        f'-  "model": "{CHATGPT}",',
        f'+  "model": "{GPT4}",',
        "-version: 1.2.0",
        "+version: 2.0.0",
    ]
    assert (pull.body or "").count("✅ better, moves") == len(llmbar.SUBSETS)


def test_dispatch__from_gpt4_to_chatgpt__opens_none(team: Team, server: Any, recording: Any) -> None:
    run = dispatched(team, server, recording, GPT4, CHATGPT)
    assert run.code == 1, run.log
    assert team.github.pulls == {}
    assert run.summary.count("❌ worse, keeps its pin") == len(llmbar.SUBSETS)
