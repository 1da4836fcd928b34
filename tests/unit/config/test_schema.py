"""The JSON Schema agrees with the reader."""

from __future__ import annotations

import json

import jsonschema
import pytest

from mergefloor.config import config_text, json_schema
from mergefloor.config.read import parse_config
from mergefloor.errors import InputError
from mergefloor.loading import load_yaml

SUITE = "suites: {s: {prompt: p.md}}"
GOOD = [
    SUITE,
    config_text(["prompts/a.md", "prompts/b c.md"], ["evals/*.yaml"]),
    "defaults: {model: openai-compatible/a/b, params: {stop: [x], seed: null, temperature: 1}}\n" + SUITE,
    "defaults: {model: scripted/answers/a.yaml}\nprices: {openai/a: {input: 1, output: 2}}\n" + SUITE,
    "defaults: {embedding_model: local/all-minilm-l6-v2}\n" + SUITE,
    "defaults: {embedding_model: openai/e}\n" + SUITE,
    "suites: {s: {prompt: .github/p.md, golden: ['**/*.csv', 'a/[x]?.yaml'], watch: []}}",
    "suites: {s: {prompt: a..b/p.md, graders: [{type: words, max: 3}, {type: json, schema: {type: object}}]}}",
]
BROKEN = [
    "version: 1",
    "suites: {}",
    "suites: {s: {}}",
    "suites: {'a b': {prompt: p}}",
    "suites: {s: {prompt: /p}}",
    "suites: {s: {prompt: ../p}}",
    "suites: {s: {prompt: a/./p}}",
    "suites: {s: {prompt: 'a*'}}",
    "suites: {s: {prompt: p, golden: 'a/../b'}}",
    "suites: {s: {prompt: p, golden: []}}",
    "suites: {s: {prompt: p, golden: ['{a,b}']}}",
    "suites: {s: {prompt: p, watch: src}}",
    "suites: {s: {prompt: p, target: {http: 'https://x'}}}",
    "suites: {s: {target: {http: 'https://x', python: 'a:b', files: [a]}}}",
    "suites: {s: {target: {}}}",
    "suites: {s: {prompt: p, graders: [{type: nope}]}}",
    "suites: {s: {prompt: p, graders: [{type: regex}]}}",
    "suites: {s: {prompt: p, metrics: {pass_rate: {floor: 2}}}}",
    "suites: {s: {prompt: p, metrics: {'a b': {}}}}",
    "suites: {s: {prompt: p, metrics: {a: {gating: 1}}}}",
    "version: 2\n" + SUITE,
    "polcy: {}\n" + SUITE,
    "policy: {alpha: 0}\n" + SUITE,
    "policy: {alpha: 0.5}\n" + SUITE,
    "policy: {semver: maybe}\n" + SUITE,
    "budget: {minutes: 0}\n" + SUITE,
    "budget: {concurrency: 201}\n" + SUITE,
    "defaults: {model: gpt-5}\n" + SUITE,
    "defaults: {model: 'cohere/x'}\n" + SUITE,
    "defaults: {embedding_model: local/other}\n" + SUITE,
    "defaults: {model: local/all-minilm-l6-v2}\n" + SUITE,
    "judge: {model: local/all-minilm-l6-v2}\n" + SUITE,
    "prices: {local/all-minilm-l6-v2: {input: 0, output: 0}}\n" + SUITE,
    "defaults: {base_url: x}\n" + SUITE,
    "defaults: {params: {a: {b: 1}}}\n" + SUITE,
    "judge: {model: null}\n" + SUITE,
    "prices: {gpt: {input: 1, output: 1}}\n" + SUITE,
    "prices: {openai/a: {input: 1}}\n" + SUITE,
]


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(json.dumps(json_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_schema__the_documented_example__accepted(validator, example):
    assert list(validator.iter_errors(load_yaml("m.yml", example.encode()).value)) == []


@pytest.mark.parametrize("text", GOOD)
def test_schema__good_config__accepted_as_by_the_reader(validator, text):
    parse_config("m.yml", text.encode())
    assert list(validator.iter_errors(load_yaml("m.yml", text.encode()).value)) == []


@pytest.mark.parametrize("text", BROKEN)
def test_schema__broken_config__rejected_as_by_the_reader(validator, text):
    with pytest.raises(InputError):
        parse_config("m.yml", text.encode())
    assert not validator.is_valid(load_yaml("m.yml", text.encode()).value)


def test_schema__golden_cases__in_the_definitions():
    schema = json_schema()
    cases = {"$schema": schema["$schema"], "$ref": "#/$defs/cases", "$defs": schema["$defs"]}
    validator = jsonschema.Draft202012Validator(cases)
    good = {"id": "a", "input": "hi", "must_contain": ["x"], "graders": [{"type": "words", "max": 3}]}
    assert validator.is_valid([good, {"vars": {"a": [1]}, "expected": "x"}])
    for bad in (
        {"id": "a"},
        {**good, "id": "a b"},
        {**good, "inptu": "x"},
        {**good, "graders": [{"type": "x"}]},
    ):
        assert not validator.is_valid([bad])


def test_schema__every_setting__has_a_description_for_editors():
    schema = json_schema()
    assert schema["title"] == "mergefloor.yml"
    shapes = ("DefaultsShape", "JudgeShape", "PolicyShape", "BudgetShape", "MetricShape", "SuiteShape")
    for name in shapes:
        shape = schema["$defs"][name]
        assert shape["title"] == name.removesuffix("Shape")
        assert shape["description"]
        told = [key for key, entry in shape["properties"].items() if "description" not in entry]
        assert told in ([], ["params"])
