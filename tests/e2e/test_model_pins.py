"""Model names in a real repository: where they are found, what the base's policy does, when they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from mergefloor.core.settings import DEFAULT_JUDGE

PROMPT = "prompts/city.prompt.yml"


def prompt(
    *, model: str | None = "openai/gpt-4o", text: str = "Where is {{q}}?", judge: str | None = None
) -> str:
    """A prompt in GitHub's format; its model is on line 2, its evaluator's on the line of `modelId`."""
    found: dict[str, Any] = {"name": "city"}
    found |= {"model": model} if model else {}
    checks: list[dict[str, Any]] = [{"name": "year", "string": {"contains": "1666"}}]
    if judge:
        choices = [{"choice": "good", "score": 1}, {"choice": "bad", "score": 0}]
        llm = {"modelId": judge, "prompt": "Is {{completion}} kind?", "choices": choices}
        checks.append({"name": "kind", "llm": llm})
    found |= {
        "messages": [{"role": "user", "content": text}],
        "testData": [{"q": f"place {i}"} for i in range(3)],
        "evaluators": checks,
    }
    return yaml.safe_dump(found, sort_keys=False)


def config(**more: Any) -> str:
    return yaml.safe_dump({"version": 1, **more, "suites": {"city": {"prompt": PROMPT}}}, sort_keys=False)


def line_of(text: str, needle: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if needle in line)


@pytest.fixture
def run(repo: Any, gate: Callable[..., Any]) -> Any:
    return gate(OPENAI_API_KEY="test", OPENAI_BASE_URL="http://127.0.0.1:9/v1")


# The table's own dates pass one day; rules of the base branch do not.
FAR = {"openai/gpt-4o": {"instead": "openai/gpt-4o-2222-02-02", "retires": "2999-01-01"}}


@pytest.mark.parametrize(("policy", "verdict"), [("block", "block"), ("warn", "error")])
def test_gate__of_a_prompt_with_a_floating_model__names_the_dated_one_and_the_line(
    repo: Any, run: Any, policy: str, verdict: str
) -> None:
    rules = config(policy={"floating_models": policy}, models=FAR)
    base = repo.commit({"mergefloor.yml": rules, PROMPT: prompt()})
    report = run.gate(base, repo.commit({PROMPT: prompt(text="Where is {{q}}, please?")}), "--offline")
    assert report["verdict"] == verdict
    assert "openai/gpt-4o: not a dated snapshot" in " ".join(report["reasons"])
    assert "name `openai/gpt-4o-2222-02-02` instead" in " ".join(report["reasons"])
    head = next(model for model in report["models"] if model["used_for"] == "head")
    assert (head["pinned"], head["instead"], head["retires"]) == (
        False,
        "openai/gpt-4o-2222-02-02",
        "2999-01-01",
    )
    assert head["days_left"] > 300_000
    (notice,) = report["notices"]
    assert (notice["name"], notice["path"], notice["line"]) == ("openai/gpt-4o", PROMPT, 2)
    assert (notice["floating"], notice["instead"]) == (True, "openai/gpt-4o-2222-02-02")
    assert f"{PROMPT}:2" in run.out


def test_gate__of_a_model_that_ended__warns_with_the_days_and_never_blocks(repo: Any, run: Any) -> None:
    model = "openai/gpt-3.5-turbo-0613"
    base = repo.commit({"mergefloor.yml": config(), PROMPT: prompt(model=model)})
    head = repo.commit({"README.md": "hello", PROMPT: prompt(model=model, text="Where is {{q}}, please?")})
    report = run.gate(base, head, "--offline")
    assert report["verdict"] == "error"  # there is no answer to be had offline; the date decides nothing
    (notice,) = report["notices"]
    assert (notice["floating"], notice["retires"]) == (False, "2024-09-13")
    assert notice["days_left"] < -700
    assert not any("2024-09-13" in reason for reason in report["reasons"])


def test_gate__of_a_change_that_silences_a_warning_about_itself__still_warns(repo: Any, run: Any) -> None:
    """The base's `models` bind."""
    model = "openai/ours-2026-01-02"
    told = {model: {"retires": "2020-01-31"}}
    base = repo.commit({"mergefloor.yml": config(models=told), PROMPT: prompt(model=model)})
    silent = config(models={model: {"retires": "2999-01-01"}})
    report = run.gate(
        base, repo.commit({"mergefloor.yml": silent, PROMPT: prompt(model=model, text="{{q}}?")})
    )
    assert [notice["retires"] for notice in report["notices"]] == ["2020-01-31"]


def test_gate__of_a_change_to_a_floating_model_in_the_config__blocks(repo: Any, run: Any) -> None:
    scripted = {"prompts/city.yaml": yaml.safe_dump({"system": "City.", "test_cases": [CASE]})}
    suites = {"suites": {"city": {"prompt": "prompts/city.yaml"}}}

    def named(model: str) -> str:
        return yaml.safe_dump({"defaults": {"model": model}, **suites})

    answers = yaml.safe_dump({"default": "1666"})
    base = repo.commit(
        {"mergefloor.yml": named("scripted/answers.yaml"), "answers.yaml": answers, **scripted}
    )
    report = run.gate(base, repo.commit({"mergefloor.yml": named("openai/gpt-4o")}), "--offline")
    assert (report["verdict"], run.code) == ("block", 1)
    assert [(n["name"], n["path"], n["line"]) for n in report["notices"]] == [
        ("openai/gpt-4o", "mergefloor.yml", 2)
    ]


CASE = {"input": "When?", "must_contain": ["1666"]}


def test_validate__lists_every_name_that_moves_ends_or_is_not_used(repo: Any, run: Any) -> None:
    text = prompt(judge="openai/gpt-4o-mini")
    golden = (
        "- id: a\n  vars: {q: Rome}\n  graders:\n    - {type: judge, rubric: kind, model: openai/o-judge}\n"
    )
    rules = {
        "version": 1,
        "defaults": {"embedding_model": "openai/e-3"},
        "judge": {"model": "openai/j-2026-01-02"},
        "models": {
            **FAR,
            "openai/j-2026-01-02": {"retires": "2020-01-31"},
            "openai/e-3": {"retires": "2020-01-31"},
        },
        "suites": {"city": {"prompt": PROMPT, "golden": "evals/*.yaml"}},
    }
    written = yaml.safe_dump(rules, sort_keys=False)
    repo.commit({"mergefloor.yml": written, PROMPT: text, "evals/a.yaml": golden})
    assert run.run("validate") == 0
    said = [line.removeprefix("model: ") for line in run.out.splitlines() if line.startswith("model: ")]
    places = [line.split(": ")[0] for line in said]
    assert places == [
        f"mergefloor.yml:{line_of(written, 'openai/j-')}",
        f"mergefloor.yml:{line_of(written, 'openai/e-3')}",
        f"{PROMPT}:2",
        "evals/a.yaml:4",
        f"{PROMPT}:{line_of(text, 'modelId')}",
    ]
    assert "retired on 2020-01-31" in said[0]
    assert "retired on 2020-01-31" in said[1]
    assert "not a dated" not in said[1]
    assert said[2].endswith("name `openai/gpt-4o-2222-02-02` instead")
    assert "not used" in said[3]
    assert "not used" in said[4]


def test_validate__of_a_prompts_model_under_one_for_everyone__says_that_it_is_not_used(
    repo: Any, run: Any
) -> None:
    rules = config(defaults={"model": "openai/a-2026-01-02"}, models=FAR)
    repo.commit({"mergefloor.yml": rules, PROMPT: prompt()})
    assert run.run("validate") == 0
    assert f"model: {PROMPT}:2: `openai/gpt-4o` (named here and not used) is not a dated" in run.out


def test_validate__of_a_hint__notes_it_where_it_can_be_a_name(repo: Any, run: Any) -> None:
    template = {"name": "c", "model_hint": "gpt-4o", "required_vars": ["q"], "template": "Where is $q?"}
    rules = {"defaults": {"model": "openai/a-2026-01-02"}, "suites": {"c": {"prompt": "prompts/c.yaml"}}}
    rules["suites"]["c"]["golden"] = "evals/*.yaml"
    golden = yaml.safe_dump([{"id": "a", "vars": {"q": "Rome"}, "must_contain": ["Italy"]}])
    for hint, count in (("gpt-4o", 1), ("any model with a long context", 0)):
        files = {"prompts/c.yaml": yaml.safe_dump({**template, "model_hint": hint})}
        repo.commit({"mergefloor.yml": yaml.safe_dump(rules), "evals/a.yaml": golden, **files})
        assert run.run("validate") == 0
        assert run.out.count("(named here and not used)") == count


@pytest.mark.parametrize(("check", "count"), [("expected_behavior: kind", 1), ("must_contain: [a]", 0)])
def test_validate__of_a_judge_that_nobody_named__counts_it_where_something_asks_it(
    repo: Any, run: Any, check: str, count: int
) -> None:
    native = f"system: City.\ntest_cases:\n- input: Where?\n  {check}\n"
    rules = {
        "models": {DEFAULT_JUDGE: {"retires": "2020-01-31"}},
        "suites": {"c": {"prompt": "prompts/c.yaml"}},
    }
    repo.commit({"mergefloor.yml": yaml.safe_dump(rules), "prompts/c.yaml": native})
    assert run.run("validate") == 0
    assert run.out.count(f"model: mergefloor.yml:1: `{DEFAULT_JUDGE}` retired on 2020-01-31") == count


def test_gate__of_a_change_of_judge__notes_the_one_that_binds_and_the_new_one(repo: Any, run: Any) -> None:
    ended = {name: {"retires": "2020-01-31"} for name in ("openai/j-2026-01-02", "openai/k-2026-01-02")}
    model = "openai/a-2026-01-02"
    first = config(judge={"model": "openai/j-2026-01-02"}, models=ended)
    base = repo.commit({"mergefloor.yml": first, PROMPT: prompt(model=model)})
    second = config(judge={"model": "openai/k-2026-01-02"}, models=ended)
    report = run.gate(base, repo.commit({"mergefloor.yml": second}), "--offline")
    assert [notice["name"] for notice in report["notices"]] == list(ended)
