from __future__ import annotations

import json
import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.unit.graders.builders import Grading, spec_of

from mergefloor.core.types import Grade, GradeMissing, Json
from mergefloor.graders import check
from mergefloor.graders.finding import Unfit
from mergefloor.graders.schema import unusable, violation

PERSON: dict[str, Json] = {
    "type": "object",
    "properties": {"name": {"type": "string", "pattern": "^[A-Z]"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("output", "options", "passed"),
    [
        ('{"name": "Ann", "age": 3}', {"schema": PERSON}, True),
        ('{"name": "ann"}', {"schema": PERSON}, False),
        ('{"name": "Ann", "age": -1}', {"schema": PERSON}, False),
        ('{"name": "Ann", "sex": "f"}', {"schema": PERSON}, False),
        ('Sure: {"name": "Ann"}', {"schema": PERSON}, False),
        ('Sure: {"name": "Ann"}', {"schema": PERSON, "whole": False}, True),
        ('```json\n{"name": "Ann"}\n```', {"schema": PERSON, "whole": False}, True),
        ("[1]", {}, True),
        ("[1,]", {}, False),
        ('{"mail": "no"}', {"schema": {"properties": {"mail": {"format": "email"}}}}, True),
    ],
)
def test_json__table__as_documented(
    grade: Grading, output: str, options: dict[str, Json], passed: bool
) -> None:
    result = grade("json", output, **options)
    assert isinstance(result, Grade)
    assert result.passed is passed


def test_json__broken_schema_rule__reason_names_path_and_rule(grade: Grading) -> None:
    result = grade("json", '{"name": "Ann", "age": "3"}', schema=PERSON)
    assert isinstance(result, Grade)
    assert "$.age" in result.reason
    assert "integer" in result.reason


REFUSED: list[tuple[Json, str]] = [
    ({"$ref": "http://127.0.0.1:9/s.json"}, "points outside"),
    ({"$ref": "file:///etc/passwd"}, "points outside"),
    ({"items": {"$ref": "other.json#/a"}}, "points outside"),
    ({"$dynamicRef": "https://x.example/#a"}, "points outside"),
    ({"$ref": "#/$defs/none"}, "leads nowhere"),
    ({"$ref": "#"}, "leads back"),
    ({"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"$ref": "#/$defs/x"}}}, "leads back"),
    ({"pattern": "(?=a)"}, "invalid perl operator"),
    ({"patternProperties": {r"(a)\1": True}}, "invalid escape"),
    ({"$schema": "http://json-schema.org/draft-07/schema#"}, "dialect"),
    ({"items": {"$schema": "http://json-schema.org/draft-07/schema#", "pattern": "a"}}, "inside the schema"),
    ({"items": {"$id": "http://x.example/"}}, "inside the schema"),
    ({"type": "objekt"}, "objekt"),
    ({"minimum": "3"}, "not of type"),
    ({"unevaluatedProperties": False, "patternProperties": {"a": True}}, "not supported"),
    ({"minimum": float("nan")}, "not finite"),
    ([], "not of type"),
]


@pytest.mark.parametrize(("schema", "why"), REFUSED)
def test_check__schema_invalid_remote_or_endless__is_a_problem(
    grade: Grading, schema: Json, why: str
) -> None:
    (problem,) = check(spec_of("json", {"schema": schema}))
    assert why in problem.what
    assert problem.fix
    assert isinstance(grade("json", "{}", schema=schema), GradeMissing)


def test_schema__remote_references__open_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/s.json"
        assert unusable({"$ref": url}) is not None
        # Even past `unusable`, the empty registry refuses to fetch.
        assert isinstance(violation({"$ref": url}, 1), Unfit)
        assert isinstance(violation({"items": {"$ref": url}}, [1]), Unfit)
        server.settimeout(0.05)
        with pytest.raises(TimeoutError):
            server.accept()


EVIL = "^(a+)+$"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"pattern": EVIL}, "a" * 100_000 + "!"),
        ({"patternProperties": {EVIL: False}}, {"a" * 100_000 + "!": 1}),
        ({"patternProperties": {EVIL: True}, "additionalProperties": False}, {"a" * 100_000 + "!": 1}),
        ({"$ref": "#/$defs/a/b", "$defs": {"a": {"b": {"pattern": EVIL}}}}, "a" * 100_000 + "!"),
        ({"propertyNames": {"pattern": EVIL}}, {"a" * 100_000 + "!": 1}),
        ({"uniqueItems": True}, [{"n": n} for n in range(20_000)]),
        (
            {"uniqueItems": True, "$schema": "https://json-schema.org/draft/2020-12/schema"},
            [[n] for n in range(9_999)],
        ),
    ],
)
def test_violation__hostile_pattern_or_value__is_linear(schema: Json, value: Json) -> None:
    assert unusable(schema) is None
    begin = time.process_time()
    violation(schema, value)
    assert time.process_time() - begin < 2.0


def test_violation__references_that_multiply__stop_and_fail_even_negated(grade: Grading) -> None:
    schema = doubling(30, {"type": "array", "items": {"$ref": "#/$defs/d0"}})
    begin = time.process_time()
    assert unusable(schema) is not None
    assert isinstance(violation(schema, [1]), Unfit)
    assert time.process_time() - begin < 10.0


def doubling(levels: int, root: dict[str, Json]) -> Json:
    defs: dict[str, Json] = {
        f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]}
        for n in range(levels)
    }
    return {**root, "$defs": {**defs, f"d{levels}": True}}


def test_json__value_too_deep_for_a_recursive_schema__fails_negated_too(grade: Grading) -> None:
    tree: dict[str, Json] = {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"$ref": "#"}}]}
    deep = "[" * 39 + "1" + "]" * 39
    fine = grade("json", deep, schema=tree)
    assert isinstance(fine, Grade)
    assert fine.passed
    assert isinstance(violation({"items": doubling(30, {"$ref": "#/items/$defs/d0"})}, [1]), Unfit)


@pytest.mark.parametrize(
    ("schema", "value", "valid"),
    [
        ({"uniqueItems": True}, [1, True, "1", None, 0, False], True),
        ({"uniqueItems": True}, [{"a": 1, "b": 2}, {"b": 2, "a": 1.0}], False),
        (
            {"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": False},
            {"x-a": "b"},
            True,
        ),
        (
            {"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": False},
            {"x-a": 1},
            False,
        ),
        (
            {"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": False},
            {"y": "b"},
            False,
        ),
        ({"properties": {"a": True}, "additionalProperties": {"type": "integer"}}, {"a": "x", "b": 1}, True),
        ({"properties": {"a": True}, "additionalProperties": {"type": "integer"}}, {"b": "1"}, False),
        ({"properties": {"pattern": {"type": "string"}, "$id": {"type": "string"}}}, {"$id": "x"}, True),
        ({"properties": {"a": {}}, "unevaluatedProperties": False}, {"b": 1}, False),
        ({"multipleOf": 0.01}, 10**300, True),
        (True, 1, True),
        (False, 1, False),
    ],
)
def test_violation__replaced_keywords__agree_with_the_draft(schema: Json, value: Json, valid: bool) -> None:
    assert unusable(schema) is None
    assert (violation(schema, value) is None) is valid
    assert Draft202012Validator(schema).is_valid(value) is valid


KEYS = st.sampled_from(["a", "b", "x-a", "pattern"])
INSTANCES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(["", "a", "ab", "B"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
SCHEMAS = st.recursive(
    st.booleans()
    | st.sampled_from(
        [
            {"type": "string"},
            {"type": ["integer", "null"]},
            {"pattern": "^a"},
            {"uniqueItems": True},
            {"minimum": 1},
            {"required": ["a"]},
            {"maxLength": 1},
        ]
    ),
    lambda inner: (
        st.builds(
            lambda props, patterns, extra, items: {
                "properties": props,
                "patternProperties": patterns,
                "additionalProperties": extra,
                "items": items,
            },
            st.dictionaries(KEYS, inner, max_size=2),
            st.dictionaries(st.sampled_from(["^x-", "b$"]), inner, max_size=1),
            inner,
            inner,
        )
        | st.builds(lambda inner: {"not": inner}, inner)
        | st.builds(lambda inner: {"anyOf": inner}, st.lists(inner, min_size=1, max_size=2))
    ),
    max_leaves=5,
)


@settings(max_examples=500)
@given(SCHEMAS, INSTANCES)
def test_violation__any_schema_and_value__agrees_with_the_stock_validator(schema: Json, value: Json) -> None:
    assert unusable(json.loads(json.dumps(schema))) is None
    assert (violation(schema, value) is None) is Draft202012Validator(schema).is_valid(value)
