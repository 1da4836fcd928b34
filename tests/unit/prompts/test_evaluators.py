from __future__ import annotations

import pytest

from mergefloor.prompts import parse
from mergefloor.prompts.rubrics import RUBRICS

PATH = "a.prompt.yml"
HEAD = "messages: [{role: user, content: 'Hi {{name}}'}]\n"
ROWS = "testData:\n- {name: Bo, id: bo, expected: '{{name}}', word: ok}\n- {name: Al, id: al, expected: E2, word: no}\n"
CHOICES = "[{choice: 10, score: 1}, {choice: 1, score: 0}]"


def checks(evaluators: str, rows: str = ROWS) -> list:
    prompt = parse(PATH, (HEAD + rows + f"evaluators:\n{evaluators}").encode())
    return [case.graders for case in prompt.cases]


@pytest.mark.parametrize(
    "written, kind, options",
    [
        ("{equals: Hello}", "equals", {"value": "Hello", "case": True}),
        ("{contains: Hello}", "contains", {"values": ["Hello"], "mode": "all", "case": False}),
        ("{startsWith: Hello}", "starts_with", {"value": "Hello"}),
        ("{endsWith: Hello}", "ends_with", {"value": "Hello"}),
    ],
)
def test_string__each_operator__becomes_its_check(written: str, kind: str, options: dict) -> None:
    (spec,) = checks(f"- {{name: 'Says hello!', string: {written}}}\n")[0]
    assert (spec.kind, spec.options, spec.gating, spec.negate) == (kind, options, True, False)
    assert spec.name == "Says-hello"
    assert spec.place is not None and spec.place.line == 6


def test_string__value_with_columns__is_filled_for_each_row_once() -> None:
    first, second = checks("- {name: e, string: {equals: '{{expected}} {{ word }}'}}\n")
    assert first[0].options["value"] == "{{name}} ok"
    assert second[0].options["value"] == "E2 no"


def test_columns_of_evaluators__are_not_variables_of_the_call() -> None:
    prompt = parse(PATH, (HEAD + ROWS + "evaluators: [{name: e, string: {equals: '{{word}}'}}]\n").encode())
    assert [dict(case.vars) for case in prompt.cases] == [{"name": "Bo"}, {"name": "Al"}]


def test_llm__choices__become_a_judge_that_decides_nothing_without_a_threshold() -> None:
    (spec,) = checks(
        "- name: tone\n  llm: {modelId: openai/x, systemPrompt: Be strict., "
        f"prompt: 'Rate {{{{completion}}}} for {{{{name}}}}', choices: {CHOICES}}}\n"
    )[0]
    assert (spec.kind, spec.gating) == ("judge", False)
    assert spec.options == {
        "rubric": "Be strict.\n\nRate [the answer, which you are given as quoted data] for Bo",
        "choices": [{"choice": "10", "score": 1.0}, {"choice": "1", "score": 0.0}],
    }


def test_llm__threshold__decides_a_case() -> None:
    (spec,) = checks(f"- {{name: e, threshold: 0.5, llm: {{prompt: p, choices: {CHOICES}}}}}\n")[0]
    assert (spec.gating, spec.options["threshold"]) == (True, 0.5)


def test_notes__model_id_and_scores__are_told_once() -> None:
    line = f"- {{name: e, llm: {{modelId: m, prompt: p, choices: {CHOICES}}}}}\n"
    notes = parse(PATH, (HEAD + ROWS + "evaluators:\n" + line + line.replace("e,", "f,")).encode()).notes
    assert [note.text.split(":")[0] for note in notes] == [
        "`modelId` was not used",
        "`e`, `f` gives a score and decides no case",
    ]


@pytest.mark.parametrize("name", ["similarity", "coherence", "fluency", "relevance", "groundedness"])
def test_uses__each_ready_made__is_a_judge_with_our_rubric_on_five_steps(name: str) -> None:
    (spec,) = checks(f"- {{name: q, uses: github/{name}}}\n")[0]
    assert (spec.kind, spec.name, spec.gating) == ("judge", f"github.{name}@1", False)
    assert spec.options["rubric"] == RUBRICS[name].text
    assert [c["score"] for c in spec.options["choices"]] == [0, 0.25, 0.5, 0.75, 1]
    assert [c["choice"] for c in spec.options["choices"]] == ["1", "2", "3", "4", "5"]
    assert ("reference" in spec.options) is (name == "similarity")


def test_uses__similarity__compares_with_the_expected_of_the_row() -> None:
    assert [row[0].options["reference"] for row in checks("- {uses: github/similarity}\n")] == [
        "{{name}}",
        "E2",
    ]


def test_without_rows__evaluators_hold_for_every_case() -> None:
    prompt = parse(PATH, (HEAD + "evaluators: [{name: e, string: {contains: x}}]\n").encode())
    assert [spec.name for spec in prompt.graders] == ["e"]


@pytest.mark.parametrize(
    "evaluator, what",
    [
        ("{name: e}", "the evaluator has no check"),
        ("{name: e, string: {equals: x}, uses: github/fluency}", "the evaluator has `string`, `uses`"),
        ("{name: e, python: x}", "the key 'python' is not known"),
        ("{name: e, string: {}}", "the string check has no text"),
        ("{name: e, string: {equals: x, contains: y}}", "the string check has `equals`, `contains`"),
        ("{name: e, string: {startswith: x}}", "did you mean `startsWith`?"),
        ("{name: e, string: x}", "a text stands where a mapping belongs"),
        ("{name: e, string: {equals: '{{nothing}}'}}", "needs `nothing`, which this row does not have"),
        ("{name: e, string: {equals: '{{completion}}'}}", "needs `completion`"),
        ("{name: pass_rate, string: {equals: x}}", "is taken by the share of passed cases"),
        ("{name: e, uses: github/similarty}", "did you mean `github/similarity`?"),
        ("{name: e, uses: acme/thing}", "the evaluator 'acme/thing' is not supported"),
        ("{name: e, uses: similarity}", "is not supported"),
        ("{name: e, llm: {choices: [{choice: a, score: 1}, {choice: b, score: 0}]}}", "`prompt` is missing"),
        ("{name: e, llm: {prompt: p}}", "fewer than two different choices"),
        ("{name: e, llm: {prompt: p, choices: [{choice: a, score: 1}]}}", "fewer than two"),
        (
            "{name: e, llm: {prompt: p, choices: [{choice: a, score: 1}, {choice: a, score: 0}]}}",
            "listed twice",
        ),
        ("{name: e, llm: {prompt: p, choices: [{choice: a, score: 5}]}}", "the score is '5'"),
        ("{name: e, llm: {prompt: p, choices: [{choice: a, score: true}]}}", "the score is 'true'"),
        ("{name: e, llm: {prompt: p, choices: [{choice: a}]}}", "the score is 'null'"),
        ("{name: e, llm: {prompt: p, choices: [{score: 1}]}}", "the choice has no text"),
        ("{name: e, threshold: 2, uses: github/fluency}", "`threshold` is '2'"),
    ],
)
def test_evaluator__wrong__is_refused(problems, evaluator: str, what: str) -> None:
    told = problems(PATH, HEAD + ROWS + f"evaluators:\n- {evaluator}\n")
    assert any(what in line for line in told), told


def test_uses_similarity__row_without_expected__is_refused(problems) -> None:
    told = problems(PATH, HEAD + "testData: [{name: a}]\nevaluators: [{uses: github/similarity}]\n")
    assert "needs `expected`, which this row does not have" in told[0]


def test_evaluator_with_columns__no_rows__is_refused(problems) -> None:
    told = problems(PATH, HEAD + "evaluators: [{name: e, string: {equals: '{{word}}'}}]\n")
    assert "uses `word` and there is no `testData`" in told[0]


def test_evaluator__very_long__is_refused(problems) -> None:
    told = problems(PATH, HEAD + f"evaluators: [{{name: e, string: {{equals: '{'x' * 20_001}'}}}}]\n")
    assert "the evaluator has 20,001 characters" in told[0]


def test_evaluator__long_when_filled__is_refused(problems) -> None:
    value, many = "x" * 100_000, "{{w}}" * 4_000
    told = problems(
        PATH,
        HEAD
        + f"testData: [{{name: a, w: {value}}}]\nevaluators: [{{name: e, string: {{equals: '{many}'}}}}]\n",
    )
    assert "cannot be filled: the filled text has more than" in told[0]


def test_llm__that_names_a_model__keeps_the_name_and_its_line() -> None:
    (spec,) = checks(
        f"- name: j\n  llm:\n    modelId: openai/gpt-4o\n    prompt: Kind?\n    choices: {CHOICES}\n"
    )[0]
    assert (spec.model, str(spec.model_place)) == ("openai/gpt-4o", f"{PATH}:8")
    assert "modelId" not in spec.options
