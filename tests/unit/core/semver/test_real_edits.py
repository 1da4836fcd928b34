"""Four hundred real edits of real prompts, where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mergefloor import prompts
from mergefloor.core.prompt import PromptVersion
from mergefloor.core.semver.rules import required
from mergefloor.core.semver.static import static_change
from mergefloor.core.types import Case, ModelRef, Place, Request
from mergefloor.errors import InputError

EDITS = Path(__file__).parents[4].parent / "shared" / "data" / "prompt-history" / "fabric.jsonl"
MODEL = ModelRef(provider="none", name="none", endpoint="")


@pytest.fixture(scope="module")
def edits() -> list[dict[str, Any]]:
    if not EDITS.exists():
        pytest.skip("the real edits are not here")
    return [json.loads(line) for line in EDITS.read_text(encoding="utf-8").split("\n") if line]


def read(text: str) -> PromptVersion:
    """As `.md`; what only looks like Jinja is marked as raw, as the parser advises."""
    try:
        return prompts.parse("prompts/p.md", text.encode())
    except InputError as error:
        assert "{% raw %}" in str(error)
        return prompts.parse("prompts/p.md", f"{{% raw %}}{text}{{% endraw %}}".encode())


def send(prompt: PromptVersion) -> dict[str, Request]:
    values: dict[str, Any] = {name: f"<{name}>" for name in prompt.required_vars if name != "input"}
    case = Case(id="one", place=Place(path="g"), content_hash="one", input="An input.", vars=values)
    rendered = prompts.render_all(prompt, [case])
    assert not rendered.problems
    return {name: Request(model=MODEL, messages=messages) for name, messages in rendered.messages.items()}


def test_static_change__of_every_real_edit__finds_facts_and_no_edit_is_nothing(
    edits: list[dict[str, Any]],
) -> None:
    bumps = []
    for edit in edits:
        before, after = read(edit["before"]), read(edit["after"])
        facts = static_change(before, after, send(before), send(after))
        assert facts
        assert all(fact.why and len(fact.why) < 400 for fact in facts)
        bumps.append(required(facts, "contract", hopeful=True))
    assert len(bumps) == len(edits) == 400
    assert "none" not in bumps
    assert {"patch", "minor", "major"} <= set(bumps)


def test_static_change__of_a_real_prompt_and_itself__is_identical(edits: list[dict[str, Any]]) -> None:
    for edit in edits[:100]:
        prompt = read(edit["before"])
        assert [fact.kind for fact in static_change(prompt, prompt, send(prompt), send(prompt))] == [
            "identical"
        ]
