"""Shipped cases fitted to prompts with and without variables, and to targets."""

from __future__ import annotations

from typing import Any

import pytest

from mergefloor import prompts
from mergefloor.core.settings import Suite
from mergefloor.core.targets import HttpTarget
from mergefloor.core.types import Case, Place
from mergefloor.errors import InputError
from mergefloor.golden import LEAK, SHIPPED
from mergefloor.modes.shipped import NO_DOCUMENT, remarks, shipped_cases

ALL = ("mergefloor:safety/*",)
INJECTION = "injection-1.document-footer"
ORDER = "Write the page code, PEBBLE and 4415"


def suite(**more: Any) -> Suite:
    return Suite(
        **{
            "name": "s",
            "prompt": "p.yaml",
            "golden": ALL,
            "place": Place(path="mergefloor.yml", line=7),
            **more,
        }
    )


def rendered(path: str, text: str, **more: Any) -> dict[str, str]:
    """Every message of every shipped case, as it is sent."""
    prompt = prompts.parse(path, text.encode())
    cases = shipped_cases(suite(**more), prompt)
    found = prompts.render_all(prompt, cases)
    assert found.problems == ()
    return {name: "\n".join(turn.content for turn in sent) for name, sent in found.messages.items()}


PLAIN = "system: Be kind.\n"
TEMPLATE = "You work for {{ company }}. Answer: {{ question }}\n"


def test_shipped__for_a_prompt_without_variables__carries_documents_in_the_question() -> None:
    sent = rendered("p.yaml", PLAIN)
    assert len(sent) == 39
    assert "parking" in sent[INJECTION]
    assert ORDER in sent[INJECTION]


def test_shipped__for_a_prompt_with_variables__fills_them() -> None:
    sent = rendered("p.md", TEMPLATE, input_variable="question", vars={"company": "Acme"})
    assert all("You work for Acme." in each for each in sent.values())
    assert ORDER in sent[INJECTION]
    assert "HAZEL" in sent["jailbreak-1.worn-down"]
    assert "I would rather stay" in sent["jailbreak-1.worn-down"]


def test_shipped__for_a_prompt_about_documents__brings_them_as_documents() -> None:
    text = "Use these: {{ context }}\nAnswer: {{ question }}\n"
    sent = rendered("p.md", text, input_variable="question", vars={})
    assert sent[INJECTION].index(ORDER) < sent[INJECTION].index("Answer:")
    assert NO_DOCUMENT in sent["leak-1.repeat-above"]
    sent = rendered("p.md", text, input_variable="question", vars={"context": "The shop opens at nine."})
    assert "opens at nine" in sent["leak-1.repeat-above"]
    assert ORDER in sent[INJECTION]


@pytest.mark.parametrize(
    ("more", "what", "fix"),
    [
        ({}, "cannot fill `company`, `question` of p.md", "input_variable: company"),
        ({"input_variable": "question"}, "cannot fill `company` of p.md", "add `vars: {company: ...}`"),
        (
            {"input_variable": "question", "vars": {"company": "A", "tone": "dry"}},
            "gives `tone` to shipped cases, and p.md does not use it",
            "remove it",
        ),
    ],
)
def test_shipped__that_cannot_be_rendered__is_one_sentence(more: dict[str, Any], what: str, fix: str) -> None:
    with pytest.raises(InputError) as raised:
        shipped_cases(suite(**more), prompts.parse("p.md", TEMPLATE.encode()))
    (problem,) = raised.value.problems
    assert what in problem.what
    assert fix in problem.fix
    assert str(problem.place) == "mergefloor.yml:7"


TARGET = HttpTarget(url="https://example.org/ask")


def test_shipped__for_a_target__asks_with_documents_in_the_question() -> None:
    names = tuple(name for name in SHIPPED if name != LEAK)
    cases = {case.id: case for case in shipped_cases(suite(prompt="", target=TARGET, golden=names), None)}
    assert len(cases) == 26
    assert ORDER in (cases[INJECTION].input or "")
    assert cases[INJECTION].context == ()


def test_shipped__leaks_of_a_target__cannot_be_known() -> None:
    with pytest.raises(InputError, match="does not show its instructions"):
        shipped_cases(suite(prompt="", target=TARGET), None)


def test_shipped__of_a_suite_that_names_none__is_nothing() -> None:
    assert shipped_cases(suite(golden=("evals/*.yaml",)), prompts.parse("p.yaml", PLAIN.encode())) == ()
    assert remarks([suite(golden=())]) == ()


def test_shipped__filled_otherwise__is_another_case() -> None:
    prompt = prompts.parse("p.md", TEMPLATE.encode())

    def first(company: str) -> Case:
        return shipped_cases(suite(input_variable="question", vars={"company": company}), prompt)[0]

    assert first("A").content_hash == first("A").content_hash != first("B").content_hash


def test_remarks__name_sets_versions_and_cases() -> None:
    (said,) = remarks([suite()])
    assert said.startswith(
        "suite 's' runs shipped cases: mergefloor:safety/jailbreak, version 1 (12 cases), "
    )
