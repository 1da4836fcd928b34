"""Keys that no file of a repository may set, however well they are meant: endpoints, credentials, code (T08)."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.core.types import Json, Problem
from mergefloor.loading import Document
from mergefloor.loading.document import Keys

_ENDPOINTS = (
    "base_url api_base api_base_url endpoint endpoints url host proxy proxies http_proxy https_proxy "
    "openai_base_url anthropic_base_url"
)
_SECRETS = (
    "api_key key token auth auth_token access_token authorization bearer secret password credentials env env_file "
    "openai_api_key anthropic_api_key cache_key github_token"
)
_TRANSPORT = "headers default_headers extra_headers extra_query extra_body default_query http_client timeout"
_ENVIRONMENT = (
    "set `OPENAI_BASE_URL`, `OPENAI_API_KEY`, `ANTHROPIC_BASE_URL` or `ANTHROPIC_API_KEY` in the environment "
    "(on GitHub: the action's inputs)"
)
_WHY = {
    **dict.fromkeys(
        _ENDPOINTS.replace("_", "").split(),
        ("would let a pull request send your keys elsewhere: endpoints never come from a file", _ENVIRONMENT),
    ),
    **dict.fromkeys(
        _SECRETS.replace("_", "").split(), ("is a credential: those never come from a file", _ENVIRONMENT)
    ),
    **dict.fromkeys(
        _TRANSPORT.replace("_", "").split(),
        ("would change how calls are sent, which a file may not do", f"remove it; {_ENVIRONMENT}"),
    ),
}
_OURS = {
    "model": "write it as `model:` beside `params:`",
    "messages": "write them in the prompt file",
    "system": "write it in the prompt file",
    "stream": "remove it: answers are read whole",
    "n": "remove it: samples are drawn one by one as the decision rule needs them",
    "tools": "remove it: tools are not offered to the model",
    "response_format": "write it in the prompt file (`responseFormat`)",
}


def refused(document: Document) -> dict[Keys, Problem]:
    """Every refused key of a config with its problem, by where it stands."""
    return {
        keys: Problem(place=document.place(*keys), what=f"`{'.'.join(map(str, keys))}` {what}", fix=fix)
        for keys, (what, fix) in _found(document.value, ())
    }


def without(value: Json, gone: dict[Keys, Problem], here: Keys = ()) -> Json:
    """The value without the entries at these places. Lists keep their length, so that places stay true."""
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if (*here, key) not in gone}
        return {key: without(inner, gone, (*here, key)) for key, inner in kept.items()}
    if isinstance(value, list):
        return [without(inner, gone, (*here, index)) for index, inner in enumerate(value)]
    return value


def _found(value: Json, here: Keys) -> Iterator[tuple[Keys, tuple[str, str]]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if why := _reason((*here, key)):
                yield (*here, key), why
            elif key != "schema":  # the properties of a JSON schema are the application's own words
                yield from _found(inner, (*here, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _found(inner, (*here, index))


def _reason(keys: Keys) -> tuple[str, str] | None:
    """Why a key is refused where it stands; None when it is not. Names that people choose are never refused."""
    match keys:
        case ("suites", _) | ("suites", _, "metrics", _) | ("prices", _):
            return None
        case ("suites", _, "target", "env" | "timeout"):
            return None  # names of variables, seconds: config/target_shape.py says what they may be
        case (_, "params", str(name)) if name in _OURS:
            return "is no parameter that can be set here", _OURS[name]
    name = str(keys[-1]).lower().replace("-", "").replace("_", "")
    return _WHY.get(name)
