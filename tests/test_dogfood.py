"""The suite that gates the project's own judge prompts: it exercises what the product sends, and its checks can fail."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mergefloor import graders
from mergefloor.core.ports import Toolbox
from mergefloor.core.types import Case, Grade, Message, ModelRef, Output, Request, Subject
from mergefloor.golden import read_golden
from mergefloor.graders.judge.pair_prompt import PREFERENCE, Pair, ask_pair, comparison
from mergefloor.graders.judge.prompt import ask_judge
from mergefloor.graders.judge.sheet import Sheet
from mergefloor.main import main
from mergefloor.prompts import parse, render_all

ROOT = Path(__file__).parent.parent
SUITES = {"verdict": "pass", "choice": "choice", "pair": "choice"}
MODEL = ModelRef(provider="openai", name="judge-2026-01-01", endpoint="https://judge.example/v1")
TOOLBOX = Toolbox(judge=MODEL, nonce_key=b"dogfood")


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "write_prompts", ROOT / "evals" / "judge" / "write_prompts.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cases(suite: str) -> tuple[Case, ...]:
    files = sorted((ROOT / "evals" / "judge" / suite).glob("*.yaml"))
    return tuple(
        case for path in files for case in read_golden(str(path.relative_to(ROOT)), path.read_bytes())
    )


def rendered(suite: str) -> dict[str, tuple[Message, ...]]:
    path = ROOT / "evals" / "judge" / f"{suite}.prompt.yml"
    found = render_all(parse(str(path.relative_to(ROOT)), path.read_bytes()), cases(suite))
    assert found.problems == ()
    return dict(found.messages)


def value(case: Case, name: str) -> Any:
    return json.loads(str(case.vars[name]))


def sent(case: Case, choices: dict[str, float]) -> tuple[Message, ...]:
    """The request that the product makes of the same question, candidate and checks."""
    sheet = Sheet(
        checks=tuple(each["check"] for each in value(case, "checks")),
        question=value(case, "question"),
        reference=value(case, "reference"),
        context=tuple(value(case, "context")),
        choices=choices,
    )
    request = ask_judge(sheet, value(case, "candidate"), TOOLBOX, MODEL).request
    assert isinstance(request, Request)
    return tuple(request.messages)


def compared(case: Case) -> tuple[Message, ...]:
    """The request that the product makes of the same pair in the same order; the ids end in it."""
    one, two = value(case, "one"), value(case, "two")
    (criterion,) = value(case, "criterion")
    sheet = comparison(criterion["better means"], value(case, "question"), tuple(value(case, "context")))
    if case.id.endswith("-1"):
        request = ask_pair(sheet, Pair(output=one, reference=two), 1, TOOLBOX, MODEL).request
    else:
        request = ask_pair(sheet, Pair(output=two, reference=one), 2, TOOLBOX, MODEL).request
    assert isinstance(request, Request)
    return tuple(request.messages)


def verdicts(case: Case, key: str) -> list[Any]:
    """What the case's own check says is right, in the order of its checks."""
    (own,) = [spec for spec in case.graders if spec.kind == "json"]
    schema: Any = own.options["schema"]
    return [item["properties"][key]["const"] for item in schema["properties"]["checks"]["prefixItems"]]


def answer(key: str, said: list[Any]) -> str:
    rows = [{"id": f"c{n}", "reason": "So.", "evidence": [], key: each} for n, each in enumerate(said, 1)]
    return json.dumps({"checks": rows})


def passes(case: Case, suite: str, text: str) -> bool:
    path = ROOT / "evals" / "judge" / f"{suite}.prompt.yml"
    specs = (*parse(path.name, path.read_bytes()).graders, *case.graders)
    subject = Subject(case=case, question="", output=Output(text=text))
    grades = [graders.build(spec, Toolbox()).step(subject, ()) for spec in specs]
    assert len(grades) == 2 and all(isinstance(grade, Grade) for grade in grades)
    return all(grade.passed for grade in grades if isinstance(grade, Grade))


def test_prompts__are_the_texts_of_the_judge(writer: ModuleType) -> None:
    for name, content in writer.prompts().items():
        assert (ROOT / "evals" / "judge" / name).read_text(encoding="utf-8") == content, (
            "the judge's texts have changed; type `python evals/judge/write_prompts.py`"
        )


@pytest.mark.parametrize("suite", SUITES)
def test_case__as_rendered__is_the_request_of_the_product(suite: str, writer: ModuleType) -> None:
    choices = writer.CHOICES if suite == "choice" else {}
    found = rendered(suite)
    for case in cases(suite):
        asked = compared(case) if suite == "pair" else sent(case, choices)
        assert found[case.id] == asked, case.id


@pytest.mark.parametrize(("suite", "key"), SUITES.items())
def test_case__with_the_right_answer__passes_and_with_any_other__fails(
    suite: str, key: str, writer: ModuleType
) -> None:
    for case in cases(suite):
        right = verdicts(case, key)
        wrong = (
            [not right[0]]
            if key == "pass"
            else [each for each in (PREFERENCE if suite == "pair" else writer.CHOICES) if each != right[0]]
        )
        assert passes(case, suite, answer(key, right)), case.id
        for each in wrong:
            assert not passes(case, suite, answer(key, [each, *right[1:]])), case.id
        assert not passes(case, suite, answer(key, [*right, right[0]]))
        assert not passes(case, suite, "I let it pass.") and not passes(case, suite, answer(key, []))


def test_cases__of_the_judge__are_enough_and_of_every_kind() -> None:
    found = cases("verdict")
    right = [verdicts(case, "pass") for case in found]
    tags = [tag for case in found for tag in case.tags]
    assert len(found) >= 24 and len(cases("choice")) >= 8
    assert 0.25 <= sum(all(each) for each in right) / len(right) <= 0.75
    assert tags.count("injection") >= 8 and tags.count("empty") >= 4
    assert any(value(case, "candidate") == "" and case.critical for case in found)
    assert any(len(each) == 3 for each in right)


def test_cases__of_the_comparison__come_in_both_orders_with_injections_and_padding() -> None:
    found = cases("pair")
    stems = {case.id.rpartition("-")[0] for case in found}
    assert {case.id for case in found} == {f"{stem}-{order}" for stem in stems for order in (1, 2)}
    tags = [tag for case in found for tag in case.tags]
    assert len(stems) >= 8 and tags.count("injection") >= 6 and tags.count("length") >= 4


def test_texts__of_the_judge__are_all_in_a_prompt_that_is_gated(writer: ModuleType) -> None:
    """But the second try's: it is one sentence before the same form, and no first answer is left to show it with."""
    folder = ROOT / "src" / "mergefloor" / "templates" / "judge"
    prompts = "".join(writer.prompts().values())
    for path in folder.iterdir():
        first = path.read_text(encoding="utf-8").splitlines()[0].partition("$")[0]
        assert first in prompts or path.stem.endswith("repair"), path.name
    assert 'watch: ["src/mergefloor/templates/judge/**"' in (ROOT / "mergefloor.yml").read_text(
        encoding="utf-8"
    )


def test_repository__as_it_is__is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--repo", str(ROOT)], {"PATH": os.environ["PATH"]}) == 0
    said = capsys.readouterr().out
    assert "All valid." in said and "note:" not in said and "model:" not in said
