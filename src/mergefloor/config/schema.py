"""The JSON Schema (draft 2020-12) of mergefloor.yml, with that of golden cases in its `$defs`."""

from __future__ import annotations

from pydantic.json_schema import models_json_schema

from mergefloor.config.shapes import ConfigShape
from mergefloor.core.types import Json
from mergefloor.golden import CaseModel

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ROOT, _CASE = ConfigShape.__name__, CaseModel.__name__


def json_schema() -> dict[str, Json]:
    """The schema of mergefloor.yml; `$defs/case` is one golden case and `$defs/cases` a file of them.

    It knows the shape of every entry. What spans several (unique names, three gating metrics) `validate` tells.
    """
    _, made = models_json_schema([(ConfigShape, "validation"), (CaseModel, "validation")])
    defs: dict[str, Json] = {name: _titled(name, _closed(shape)) for name, shape in made["$defs"].items()}
    root = defs.pop(_ROOT)
    defs["case"] = {**_mapping(defs.pop(_CASE)), "title": "Golden case"}
    defs["cases"] = {"title": "Golden cases", "type": "array", "items": {"$ref": "#/$defs/case"}}
    return {"$schema": DRAFT, **_mapping(root), "$defs": defs}


def _titled(name: str, shape: Json) -> Json:
    """A shape under the name that people know it by."""
    return {
        **_mapping(shape),
        "title": _mapping(shape).get("title") if name == _ROOT else name.removesuffix("Shape"),
    }


def _closed(shape: Json) -> Json:
    """The shape, where mappings with free names take no name that breaks their pattern."""
    if isinstance(shape, list):
        return [_closed(inner) for inner in shape]
    if not isinstance(shape, dict):
        return shape
    closed = {key: _closed(inner) for key, inner in shape.items()}
    return {**closed, "additionalProperties": False} if "patternProperties" in shape else closed


def _mapping(shape: Json) -> dict[str, Json]:
    return shape if isinstance(shape, dict) else {}
