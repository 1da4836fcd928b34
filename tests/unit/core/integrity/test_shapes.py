"""JSON schemas side by side."""

from __future__ import annotations

from typing import Any

import pytest

from mergefloor.core.integrity.shapes import schema_shift

SHIFTS: dict[str, tuple[Any, Any, str | None]] = {
    "equal": ({"type": "object", "required": ["a", "b"]}, {"required": ["b", "a"], "type": "object"}, None),
    "words for people": ({"title": "a"}, {"description": "b"}, None),
    "a title for a rule": ({"title": "a", "minLength": 1}, {"minLength": 1}, None),
    "a rule less": ({"minLength": 1}, {}, "looser"),
    "a rule more": ({}, {"minLength": 1}, "tighter"),
    "lower minimum": ({"minimum": 3}, {"minimum": 1}, "looser"),
    "higher minimum": ({"minimum": 1}, {"minimum": 3}, "tighter"),
    "lower maximum": ({"maximum": 3}, {"maximum": 1}, "tighter"),
    "higher maximum": ({"maximum": 1}, {"maximum": 3}, "looser"),
    "one more type": ({"type": "string"}, {"type": ["string", "null"]}, "looser"),
    "one type less": ({"type": ["string", "null"]}, {"type": "string"}, "tighter"),
    "another type": ({"type": "string"}, {"type": "number"}, "flipped"),
    "labels exchanged": ({"enum": ["a", "b"]}, {"enum": ["c", "d"]}, "flipped"),
    "a label exchanged": ({"enum": ["a", "b"]}, {"enum": ["a", "c"]}, "looser"),
    "required exchanged": ({"required": ["a"]}, {"required": ["b"]}, "looser"),
    "open to others": ({"additionalProperties": False}, {"additionalProperties": True}, "looser"),
    "closed to others": ({"additionalProperties": True}, {"additionalProperties": False}, "tighter"),
    "another pattern": ({"pattern": "a"}, {"pattern": "b"}, "changed"),
    "true for one": ({"const": True}, {"const": 1}, "changed"),
    "deep inside": (
        {"properties": {"a": {"items": {"minLength": 2}}}},
        {"properties": {"a": {"items": {"minLength": 1}}}},
        "looser",
    ),
    "no mapping": (None, {"minLength": 1}, "tighter"),
    "tighter here, looser there": (
        {"minLength": 2, "maxLength": 3},
        {"minLength": 1, "maxLength": 2},
        "looser",
    ),
}


@pytest.mark.parametrize("name", SHIFTS)
def test_schema__changed__is_judged(name: str) -> None:
    before, after, expected = SHIFTS[name]
    assert schema_shift(before, after) == expected
