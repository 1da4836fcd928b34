from __future__ import annotations

from typing import Any

import pytest

from mergefloor.core.semver.settings import Setting, family, setting_facts
from mergefloor.core.semver.tools import tool_facts

NAME = "openai/gpt-4o-2024-08-06"


def kinds(before: Setting, after: Setting, lengths: tuple[int, ...] = ()) -> list[str]:
    return [fact.kind for fact in setting_facts(before, after, lengths)]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (NAME, NAME, []),
        (NAME, "openai/gpt-4o-2024-11-20", ["snapshot"]),
        (NAME, "openai/gpt-4o", ["snapshot"]),
        (NAME, "openai/gpt-4o-mini-2024-07-18", ["model"]),
        (NAME, "openai/gpt-4.1-2025-04-14", ["model"]),
        (NAME, "openai-compatible/gpt-4o-2024-08-06", ["model"]),
        ("", NAME, ["model"]),
    ],
)
def test_setting_facts__of_two_models__tell_a_snapshot_from_another_model(
    before: str, after: str, found: list[str]
) -> None:
    assert kinds(Setting(model=before), Setting(model=after)) == found


@pytest.mark.parametrize(
    "names",
    [
        "a/claude-sonnet-4-6 a/claude-sonnet-4-6-20251015 a/claude-sonnet-4-6@20251015 a/claude-sonnet-4-6-latest",
        "b/claude-3-5-sonnet-20240620-v1:0 b/claude-3-5-sonnet-20241022-v2:0",
        "o/gpt-4-0613 o/gpt-4-1106-preview o/gpt-4",
        "m/mistral-large-2407 m/mistral-large-2411",
        "g/gemini-2.5-pro-preview-05-20 g/gemini-2.5-pro-preview",
        "c/command-r-08-2024 c/command-r-09-2025",
    ],
)
def test_family__of_snapshots_of_one_model__is_one(names: str) -> None:
    assert len({family(name) for name in names.split()}) == 1


def test_setting_facts__another_endpoint_for_the_same_name__is_a_snapshot() -> None:
    assert kinds(
        Setting(model="scripted/a.yaml", endpoint="1"), Setting(model="scripted/a.yaml", endpoint="2")
    ) == ["snapshot"]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"temperature": 0}, {"temperature": 0.2}, ["parameters"]),
        ({}, {"top_p": 0.9, "seed": 1}, ["parameters", "parameters"]),
        ({"stop": ["x"]}, {}, ["parameters"]),
        ({"temperature": 0, "max_tokens": 5}, {"max_tokens": 5, "temperature": 0}, []),
        ({"temperature": 0}, {"temperature": 0.0}, ["parameters"]),
    ],
)
def test_setting_facts__of_sampling__are_parameters(
    before: dict[str, Any], after: dict[str, Any], found: list[str]
) -> None:
    assert kinds(Setting(params=before), Setting(params=after)) == found


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"max_tokens": 500}, {"max_tokens": 98}, ["max-tokens"]),
        ({"max_tokens": 500}, {"max_tokens": 99}, ["parameters"]),
        ({}, {"max_tokens": 50}, ["max-tokens"]),
        ({}, {"max_completion_tokens": 50}, ["max-tokens"]),
        ({"max_tokens": 50}, {"max_tokens": 60}, ["parameters"]),
        ({"max_tokens": 50}, {}, ["parameters"]),
        ({"max_tokens": 50}, {"max_completion_tokens": 50}, []),
        ({"max_tokens": True}, {}, []),
    ],
)
def test_setting_facts__of_the_cap_on_output__are_major_when_it_would_cut_the_bases_outputs(
    before: dict[str, Any], after: dict[str, Any], found: list[str]
) -> None:
    assert kinds(Setting(params=before), Setting(params=after), tuple(range(1, 101))) == found


def test_setting_facts__of_a_lower_cap_when_no_length_is_known__is_a_parameter() -> None:
    assert kinds(Setting(params={"max_tokens": 500}), Setting(params={"max_tokens": 5})) == ["parameters"]


def tool(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}, **more}}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (None, None, []),
        ([tool("a")], [tool("a")], []),
        ([tool("a"), tool("b")], [tool("b"), tool("a")], []),
        ([tool("a")], None, ["tool-changed"]),
        ([tool("a")], [tool("a"), tool("b")], ["tool-added"]),
        ([tool("a")], [tool("a", parameters={"type": "array"})], ["tool-changed"]),
        ([tool("a")], [tool("a", description="Use it often.")], ["instructions"]),
        (
            [{"name": "a", "input_schema": {}}],
            [{"name": "a", "input_schema": {"type": "object"}}],
            ["tool-changed"],
        ),
        (["search"], ["browse"], ["tool-changed"]),
        ([{"type": "web_search"}], [{"type": "web_search"}], []),
    ],
)
def test_tool_facts__of_two_lists__are_what_was_removed_retyped_or_added(
    before: Any, after: Any, found: list[str]
) -> None:
    assert [fact.kind for fact in tool_facts(before, after)] == found
    assert kinds(Setting(params={"tools": before}), Setting(params={"tools": after})) == found
