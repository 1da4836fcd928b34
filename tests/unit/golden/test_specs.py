from typing import Any, get_args

import pytest

from mergefloor.errors import InputError
from mergefloor.golden import spec_from, specs_from
from mergefloor.golden.grader_shapes import AnyGrader
from mergefloor.golden.specs import SYNONYMS
from mergefloor.loading import load_yaml


def spec(text: str) -> Any:
    return spec_from(load_yaml("c.yml", text.encode()))


def problems(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        specs_from(load_yaml("c.yml", text.encode()), "graders")
    return [str(problem).removeprefix("c.yml:") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("written", "kind", "options"),
    [
        ("{type: equals, value: a}", "equals", {"value": "a", "case": True}),
        ("{type: equals, value: {a: [1]}}", "equals", {"value": {"a": [1]}, "case": True}),
        ("{type: exact, value: a, case: false}", "equals", {"value": "a", "case": False}),
        ("{type: contains, value: a}", "contains", {"values": ["a"], "mode": "all", "case": False}),
        (
            "{type: contains, values: [a, b], mode: any, case: true}",
            "contains",
            {"values": ["a", "b"], "mode": "any", "case": True},
        ),
        ("{type: starts_with, value: a}", "starts_with", {"value": "a", "case": False}),
        ("{type: ends_with, value: a, case: true}", "ends_with", {"value": "a", "case": True}),
        ("{type: regex, pattern: a+}", "regex", {"pattern": "a+", "case": True, "whole": False}),
        ("{type: json}", "json", {"whole": True}),
        (
            "{type: json, schema: {type: object}, whole: false}",
            "json",
            {"schema": {"type": "object"}, "whole": False},
        ),
        ("{type: words, min: 1, max: 2}", "words", {"min": 1, "max": 2}),
        ("{type: chars, max: 0}", "chars", {"max": 0}),
        ("{type: length, max: 9}", "chars", {"max": 9}),
        ("{type: similarity}", "similarity", {"threshold": 0.8, "method": "embedding"}),
        (
            "{type: similarity, reference: r, threshold: 1, method: lexical}",
            "similarity",
            {"reference": "r", "threshold": 1.0, "method": "lexical"},
        ),
        ("{type: overlap, metric: rouge_l}", "overlap", {"metric": "rouge_l"}),
        (
            "{type: overlap, metric: rouge_n, n: 2, threshold: 0.5}",
            "overlap",
            {"metric": "rouge_n", "n": 2, "threshold": 0.5},
        ),
        ("{type: judge, rubric: r}", "judge", {"rubric": "r"}),
        ("{type: pairwise, rubric: r}", "pairwise", {"rubric": "r", "against": "expected"}),
        (
            "{type: pairwise, rubric: r, reference: x, threshold: 0.5}",
            "pairwise",
            {"rubric": "r", "against": "expected", "reference": "x", "threshold": 0.5},
        ),
        ("{type: judge, checks: [a, b], threshold: 0.5}", "judge", {"checks": ["a", "b"], "threshold": 0.5}),
    ],
)
def test_spec__each_kind__has_its_normal_form(written: str, kind: str, options: dict[str, Any]) -> None:
    found = spec(written)
    assert (found.kind, found.name, found.options) == (kind, kind, options)
    assert (found.negate, found.gating, str(found.place)) == (False, True, "c.yml:1")


def test_spec__every_kind__is_in_a_table_of_these_tests() -> None:
    kinds = {get_args(shape.model_fields["type"].annotation) for shape in get_args(AnyGrader)}
    assert {SYNONYMS.get(name, name) for names in kinds for name in names} == {
        "equals", "contains", "starts_with", "ends_with", "regex", "json", "words", "chars", "similarity", "overlap", "judge",
        "pairwise",
        "retrieval", "tools", "trajectory", "refusal", "rag", "leak",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "mode", "negate"),
    [
        ("{type: not_contains, values: [a, b]}", "any", True),
        ("{type: not_contains, values: [a, b], negate: true}", "any", False),
        ("{type: not_contains, values: [a, b], mode: all}", "all", True),
        ("{type: contains, values: [a, b], negate: true}", "all", True),
    ],
)
def test_spec__not_contains__is_contains_turned_round(written: str, mode: str, negate: bool) -> None:
    found = spec(written)
    assert (found.kind, found.options["mode"], found.negate) == ("contains", mode, negate)


def test_spec__common_options__are_kept_out_of_the_options() -> None:
    found = spec("{type: words, max: 3, name: brief, negate: true, gating: false}")
    assert (found.name, found.negate, found.gating, found.options) == ("brief", True, False, {"max": 3})


@pytest.mark.parametrize(
    ("grader", "says"),
    [
        (
            "{type: contain, value: a}",
            "`graders[1]` has the unknown type 'contain'; did you mean `contains`?",
        ),
        ("{value: a}", "`graders[1]` has no `type`; say what kind it is"),
        ("{type: 5}", "`graders[1]` has the unknown type '5'; use one of `equals`, "),
        ("a", "`graders[1]` must be a mapping, not 'a'; change it to a mapping"),
        ("{type: contains}", "`graders[1]` needs either `values` or `value`; write one of the two"),
        ("{type: contains, value: a, values: [a]}", "`graders[1]` needs either `values` or `value`"),
        ("{type: contains, values: []}", "`graders[1].values` is empty; fill it, or leave it out"),
        ("{type: contains, value: ''}", "`graders[1].value` is empty; fill it, or leave it out"),
        (
            "{type: starts_with, value: ' '}",
            "`graders[1].value` is blank; write a text, or leave the key out",
        ),
        ("{type: starts_with}", "`graders[1].value` is missing; add it"),
        ("{type: judge}", "`graders[1]` needs either `rubric` or `checks`; write one of the two"),
        ("{type: judge, rubrik: a}", "`graders[1].rubrik` is not a known key; did you mean `rubric`?"),
        (
            "{type: judge, rubric: a, weight: 2}",
            "`graders[1].weight` is not a known key; use one of `name`, ",
        ),
        ("{type: words}", "`graders[1]` has no bound; add `min`, `max` or both"),
        ("{type: words, min: 5, max: 4}", "`graders[1]` has min 5 above max 4; swap them"),
        ("{type: words, min: -1}", "`graders[1].min` is the number -1; use a number of at least 0"),
        ("{type: words, max: 1.5}", "`graders[1].max` must be a whole number, not the number 1.5"),
        ("{type: words, max: true}", "`graders[1].max` must be a whole number, not true"),
        (
            "{type: similarity, threshold: 1.1}",
            "`graders[1].threshold` is the number 1.1; use a number of at most 1",
        ),
        (
            "{type: similarity, threshold: '0.5'}",
            "`graders[1].threshold` must be a number, not '0.5'; write the number",
        ),
        ("{type: overlap}", "`graders[1].metric` is missing; add it"),
        ("{type: overlap, metric: rouge}", "`graders[1].metric` is 'rouge'; did you mean `rouge_n`?"),
        (
            "{type: overlap, metric: levenshtein, n: 2}",
            "`graders[1]` has `n`, which levenshtein does not use",
        ),
        ("{type: json, schema: [1]}", "`graders[1].schema` must be a mapping, not a list"),
        ("{type: json, schema_: {}}", "`graders[1].schema_` is not a known key; did you mean `schema`?"),
        (
            "{type: words, max: 1, name: pass_rate}",
            "`graders[1]` has the name `pass_rate`, which is the share",
        ),
        ("{type: words, max: 1, name: 'a b'}", "`graders[1].name` 'a b' is not a valid name; use 1 to 80"),
        (
            "{type: regex, pattern: '" + "a" * 2001 + "'}",
            "`graders[1].pattern` is too long; keep it under 2000",
        ),
    ],
)
def test_spec__what_is_wrong__is_one_sentence(grader: str, says: str) -> None:
    found = problems(f"a: 1\ngraders:\n  - {grader}\n")
    assert len(found) == 1
    # Inside a check its keys are named from the check on.
    assert found[0].startswith("3: " + says.replace("`graders[1].", "`"))


def test_specs__several_wrong__are_told_at_once() -> None:
    found = problems("graders:\n  - {type: words}\n  - {type: words, max: 1}\n  - {type: words, maxi: 2}\n")
    assert [problem.split(":")[0] for problem in found] == ["2", "4"]


def test_specs__absent_or_no_list__none_or_a_problem() -> None:
    assert specs_from(load_yaml("c.yml", b"a: 1"), "graders") == ()
    assert problems("graders: 5") == ["1: `graders` must be a list; begin each check with `- type:`"]


@pytest.mark.parametrize("key", ["model", "provider"])
@pytest.mark.parametrize("check", ["type: judge, rubric: kind", "type: similarity, reference: a"])
def test_spec_from__of_a_check_that_names_a_model__notes_it_and_asks_nothing_of_it(
    check: str, key: str
) -> None:
    named, plain = spec(f"{{{check}, {key}: openai/gpt-4o}}"), spec(f"{{{check}}}")
    assert (named.model, str(named.model_place)) == ("openai/gpt-4o", "c.yml:1")
    assert named.options == plain.options
    assert plain.model is None


def test_specs_from__of_a_model_on_a_check_that_asks_none__is_unknown() -> None:
    (problem,) = problems("graders:\n- {type: equals, value: a, model: openai/gpt-4o}\n")
    assert "model" in problem
