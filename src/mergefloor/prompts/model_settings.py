"""Parameters of a model, as prompt files write them -> as requests send them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mergefloor.core.types import Json
from mergefloor.prompts.fields import Fields, kind, short
from mergefloor.prompts.placeholders import as_text


def _count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


_NAMES: dict[str, tuple[str, Callable[[Json], bool]]] = {
    "maxTokens": ("max_tokens", _count),
    "maxCompletionTokens": ("max_tokens", _count),
    "temperature": ("temperature", _number),
    "topP": ("top_p", _number),
}


def read_params(fields: Fields) -> Mapping[str, Json]:
    """`modelParameters` of a `.prompt.yml` file. Both max fields at once are a problem."""
    value = fields.value.get("modelParameters")
    if value is None:
        return {}
    if not isinstance(value, dict):
        what = f"`modelParameters` is {kind(value)}, not a mapping"
        fields.wrong(what, "write `modelParameters: {temperature: 0.2}`", "modelParameters")
        return {}
    inner = Fields(fields.document, fields.problems, "modelParameters")
    inner.only(tuple(_NAMES))
    if value.get("maxTokens") is not None and value.get("maxCompletionTokens") is not None:
        inner.wrong("`maxTokens` and `maxCompletionTokens` are both given", "keep one", "maxCompletionTokens")
    return dict(_param(inner, name) for name in _NAMES if value.get(name) is not None)


def _param(inner: Fields, name: str) -> tuple[str, Json]:
    sent, fits = _NAMES[name]
    value = inner.value[name]
    if not fits(value):
        wanted = "a whole number above 0" if fits is _count else "a number of 0 or more"
        inner.wrong(f"`{name}` is {short(as_text(value))}", f"write {wanted}", name)
    return sent, value
