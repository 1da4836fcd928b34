from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mergefloor.core.semver.schema import schema_facts

TEXT = {"type": "string"}


def shape(required: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(required)}


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        (None, None, []),
        (None, shape(), ["output-format"]),
        (shape(), None, ["output-format"]),
        (shape(a=TEXT), shape(a=TEXT), []),
        (shape(a=TEXT, b=TEXT), shape(a=TEXT), ["output-field"]),
        (shape(a=TEXT), shape(b=TEXT), ["output-field"]),
        (shape(a=TEXT), shape(b={"type": "number"}), ["output-field", "output-field-added"]),
        (shape(a=TEXT), shape(a={"type": "number"}), ["output-field"]),
        (shape(a=TEXT), shape(a=TEXT, b=TEXT), ["output-field-added"]),
        (shape(a=TEXT), shape(("b",), a=TEXT, b=TEXT), ["output-field"]),
        (shape(("a",), a=TEXT), shape(a=TEXT), ["output-field"]),
        (shape(a=TEXT), shape(("a",), a=TEXT), ["output-field-added"]),
        (shape(a=TEXT), shape(a={**TEXT, "enum": ["x"]}), ["output-field"]),
        (shape(a=TEXT), shape(a={**TEXT, "description": "kind"}), ["instructions"]),
        (shape(a=True), shape(a=False), ["output-field"]),
        (shape(a=shape(b=TEXT)), shape(a=shape()), ["output-field"]),
        (
            shape(a={"type": "array", "items": TEXT}),
            shape(a={"type": "array", "items": {"type": "integer"}}),
            ["output-field"],
        ),
        ({"$defs": {"x": TEXT}}, {"$defs": {"x": {"type": "null"}}}, ["output-field"]),
        ({"$defs": {"x": TEXT}}, {}, ["output-field"]),
        ({"definitions": []}, {"definitions": []}, []),
        ({"type": "object"}, {"type": "array"}, ["output-field"]),
    ],
)
def test_schema_facts__of_two_schemas__are_what_readers_of_the_response_notice(
    before: dict[str, Any] | None, after: dict[str, Any] | None, kinds: list[str]
) -> None:
    assert [fact.kind for fact in schema_facts(before, after)] == kinds


def test_schema_facts__name_the_field_by_its_path() -> None:
    before = shape(order={"type": "array", "items": shape(id=TEXT)})
    after = shape(order={"type": "array", "items": shape(number=TEXT)})
    (fact,) = schema_facts(before, after)
    assert fact.why == "output field `order[].id` was renamed to `number`"
    (root,) = schema_facts({"type": "object"}, {"type": "array"})
    assert root.why == "the response changed its `type`"


json = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["object", "a", "b"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["properties", "required", "items", "type", "title", "$defs", "a"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["properties", "required", "items", "type"]), json, max_size=3), json)
def test_schema_facts__of_any_json__never_fail_and_find_nothing_in_equal_ones(one: Any, other: Any) -> None:
    assert list(schema_facts(one, one)) == []
    if isinstance(other, dict) and other != one:
        list(schema_facts(one, other))
