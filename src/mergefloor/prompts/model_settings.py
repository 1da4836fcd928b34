"""Parameters of a model, as prompt files write them -> as requests send them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from mergefloor.core.types import Json
from mergefloor.prompts.fields import Fields, kind, short
from mergefloor.prompts.placeholders import as_text


def _count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _positive(value: Json) -> bool:
    return _number(value) and isinstance(value, int | float) and value >= 0


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _word(value: Json) -> bool:
    return isinstance(value, str) and bool(value)


def _stops(value: Json) -> bool:
    return _word(value) or (isinstance(value, list) and bool(value) and all(map(_word, value)))


Fits = Callable[[Json], bool]
_WANTED: dict[Fits, str] = {
    _count: "a whole number above 0",
    _whole: "a whole number",
    _positive: "a number of 0 or more",
    _number: "a number",
    _word: "a text",
    _stops: "a text or a list of texts",
}
# Parameters whose values are known. Others are sent as they are: compatible endpoints have their own.
_KNOWN: dict[str, tuple[str, Fits]] = {
    "temperature": ("temperature", _positive),
    "max_tokens": ("max_tokens", _count),
    "top_p": ("top_p", _positive),
    "top_k": ("top_k", _count),
    "seed": ("seed", _whole),
    "stop": ("stop", _stops),
    "frequency_penalty": ("frequency_penalty", _number),
    "presence_penalty": ("presence_penalty", _number),
    "reasoning_effort": ("reasoning_effort", _word),
}
_REFUSED: dict[str, str] = {
    "model": "write it as `model:` beside `params:`",
    "messages": "write them as the text of the prompt",
    "system": "write it as the text of the prompt",
    "stream": "remove it: answers are read whole",
    "n": "remove it: samples are drawn one by one as the decision rule needs them",
    "tools": "remove it: tools are not offered to the model",
    "response_format": "use a `.prompt.yml` file with `responseFormat`",
}
_TYPO = 0.85
_GITHUB: dict[str, tuple[str, Fits]] = {
    "maxTokens": ("max_tokens", _count),
    "maxCompletionTokens": ("max_tokens", _count),
    "temperature": ("temperature", _positive),
    "topP": ("top_p", _positive),
}


def read_sent_params(fields: Fields) -> Mapping[str, Json]:
    """`params` of a front matter, named as requests name them. A name that is nearly a known one is a problem."""
    found = _read(fields, "params", _KNOWN)
    value = fields.value.get("params")
    for name, setting in (value if isinstance(value, dict) else {}).items():
        near = get_close_matches(name[:80], _KNOWN, n=1, cutoff=_TYPO)
        if name in _REFUSED:
            fields.wrong(f"`{name}` is no parameter that can be set here", _REFUSED[name], "params", name)
        elif name not in _KNOWN and near:
            what = f"the parameter {short(name)} is not known"
            fields.wrong(what, f"did you mean `{near[0]}`?", "params", name)
        elif name not in _KNOWN and setting is not None:
            found[name] = setting
    return found


def read_params(fields: Fields) -> Mapping[str, Json]:
    """`modelParameters` of a `.prompt.yml` file. Both max fields at once are a problem."""
    value = fields.value.get("modelParameters")
    both = ("maxTokens", "maxCompletionTokens")
    if isinstance(value, dict) and all(value.get(name) is not None for name in both):
        what = "`maxTokens` and `maxCompletionTokens` are both given"
        fields.wrong(what, "keep one", "modelParameters", "maxCompletionTokens")
        return {}
    if isinstance(value, dict):
        Fields(fields.document, fields.problems, "modelParameters").only(tuple(_GITHUB))
    return _read(fields, "modelParameters", _GITHUB)


def _read(fields: Fields, key: str, known: Mapping[str, tuple[str, Fits]]) -> dict[str, Json]:
    value = fields.value.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        what = f"`{key}` is {kind(value)}, not a mapping"
        fields.wrong(what, f"write `{key}: {{temperature: 0.2}}`", key)
        return {}
    inner = Fields(fields.document, fields.problems, *fields.keys, key)
    found: dict[str, Json] = {}
    for name, (sent, fits) in known.items():
        setting = value.get(name)
        if setting is not None and not fits(setting):
            inner.wrong(f"`{name}` is {short(as_text(setting))}", f"write {_WANTED[fits]}", name)
        if setting is not None:
            found[sent] = setting
    return found
