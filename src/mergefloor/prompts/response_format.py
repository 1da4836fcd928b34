"""`responseFormat` and `jsonSchema` of a `.prompt.yml` file -> the schema that a response must satisfy."""

from __future__ import annotations

from collections.abc import Mapping

from mergefloor.core.types import Json
from mergefloor.errors import InputError
from mergefloor.loading import load_json
from mergefloor.prompts.fields import Fields

FORMATS = ("text", "json_object", "json_schema")
_FIX = 'write `jsonSchema: |` and a JSON object with `"name"` and `"schema"` below it'


def read_schema(fields: Fields) -> Mapping[str, Json] | None:
    """The JSON schema: of any object for `json_object`, None for text."""
    written = fields.value.get("jsonSchema")
    wanted = fields.choice("responseFormat", FORMATS, "text")
    if wanted != "json_schema":
        if written is not None and fields.value.get("responseFormat") in (None, *FORMATS):
            what = f"`jsonSchema` is given and `responseFormat` is {wanted!r}"
            fields.wrong(what, "write `responseFormat: json_schema`, or remove `jsonSchema`", "jsonSchema")
        return {"type": "object"} if wanted == "json_object" else None
    if not isinstance(written, str):
        key = ("jsonSchema",) if written is not None else ("responseFormat",)
        fields.wrong("`jsonSchema` is missing or no JSON text", _FIX, *key)
        return None
    return _schema(fields, written)


def _schema(fields: Fields, written: str) -> Mapping[str, Json] | None:
    try:
        value = load_json(fields.document.path, written.encode("utf-8", "surrogatepass")).value
    except InputError as error:
        for problem in error.problems:
            fields.wrong(f"`jsonSchema` is not valid JSON: {problem.what}", problem.fix, "jsonSchema")
        return None
    schema = value.get("schema") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not isinstance(schema, dict):
        fields.wrong("`jsonSchema` has no `name` or no `schema`", _FIX, "jsonSchema")
        return None
    return schema
