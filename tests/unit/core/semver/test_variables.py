from __future__ import annotations

from collections.abc import Callable

import pytest

from mergefloor.core.prompt import PromptVersion
from mergefloor.core.semver.variables import takes_input, variable_facts
from mergefloor.core.types import Message

Make = Callable[..., PromptVersion]


@pytest.fixture
def kinds(prompt: Make) -> Callable[..., list[str]]:
    def make(before: dict[str, object], after: dict[str, object]) -> list[str]:
        return [fact.kind for fact in variable_facts(prompt(**before), prompt(**after))]

    return make


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"required_vars": ("a", "b")}, {"required_vars": ("b", "a")}, []),
        ({"required_vars": ("a", "b")}, {"required_vars": ("a",)}, ["variable-removed"]),
        ({"required_vars": ("a",)}, {"required_vars": ("b",)}, ["variable-renamed"]),
        ({"optional_vars": {"a": 1}}, {"optional_vars": {"b": 1}}, ["variable-renamed"]),
        ({"required_vars": ("a",)}, {"optional_vars": {"b": 1}}, ["variable-removed", "variable-optional"]),
        ({}, {"required_vars": ("a",)}, ["variable-required"]),
        ({}, {"optional_vars": {"a": None}}, ["variable-optional"]),
        ({"optional_vars": {"a": 1}}, {"required_vars": ("a",)}, ["variable-required"]),
        ({"required_vars": ("a",)}, {"optional_vars": {"a": 1}}, ["variable-optional"]),
        ({"optional_vars": {"a": 1}}, {"optional_vars": {"a": 2}}, ["variable-default"]),
        ({"optional_vars": {"a": 1, "b": 1}}, {"optional_vars": {"a": 1, "b": 1}}, []),
        ({"optional_vars": {"a": 1}}, {}, ["variable-removed"]),
    ],
)
def test_variable_facts__of_two_interfaces__are_what_callers_notice(
    kinds: Callable[..., list[str]], before: dict[str, object], after: dict[str, object], found: list[str]
) -> None:
    assert kinds(before, after) == found


def test_variable_facts__input_as_a_turn_or_as_a_name__is_the_same_to_callers(
    kinds: Callable[..., list[str]],
) -> None:
    named = {"turns": (Message(role="user", content="{{ input }}"),), "required_vars": ("input",)}
    assert kinds({}, named) == []
    deaf = {"turns": (Message(role="user", content="Hello"),)}
    assert kinds(deaf, named) == ["variable-required"]
    assert kinds(named, deaf) == ["variable-removed"]


def test_takes_input__by_format__says_whether_the_input_reaches_the_model(prompt: Make) -> None:
    user, system = (Message(role=role, content="Hi") for role in ("user", "system"))  # type: ignore[arg-type]
    assert takes_input(prompt(turns=(system,)))
    assert takes_input(prompt(turns=(system,), format="native"))
    assert takes_input(prompt(turns=(user,), optional_vars={"input": None}))
    assert not takes_input(prompt(turns=(user,)))
    assert not takes_input(prompt(turns=(system, user), format="prompt_yml"))
