"""A provider's answer, read as far as the run must: what it cost, who served it, whether it is worth keeping."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from mergefloor.broker.api import Api
from mergefloor.core.types import Usage

MAX_TOKENS = 10**9
CHARACTERS_A_TOKEN = 4
WHOLE = frozenset({"stop", "eos", "tool_calls", "function_call", "end_turn", "stop_sequence", "tool_use"})
LISTED = {"chat": "choices", "responses": "output", "embeddings": "data", "messages": "content"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole body as the child gets it. `keep`: neither cut nor filtered, so that it may be stored. `served`: the
    model that says it answered, "" when none does."""

    text: str
    usage: Usage
    served: str = ""
    keep: bool = True


def parse(data: bytes | str) -> dict[str, object] | None:
    """A JSON object, strictly (no NaN, no infinity); None for anything else."""
    try:
        value = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def read(api: Api, text: str, sent: int) -> Answer | None:
    """The answer in a body of a 200; None when it is none. `sent`: characters of the request, for an upstream that
    does not say what it counted."""
    body = parse(text)
    if body is None or not isinstance(body.get(LISTED[api.name]), list):
        return None
    served = body.get("model")
    return Answer(
        text=text,
        usage=_usage(_mapping(body.get("usage")), sent, 0 if api.name == "embeddings" else len(text)),
        served=served if isinstance(served, str) else "",
        keep=_whole(api, body),
    )


def _whole(api: Api, body: Mapping[str, object]) -> bool:
    listed = body[LISTED[api.name]]
    if not isinstance(listed, list) or not listed:
        return False
    match api.name:
        case "chat":
            return all(_mapping(choice).get("finish_reason") in WHOLE for choice in listed)
        case "messages":
            return body.get("stop_reason") in WHOLE
        case "responses":
            return body.get("status") == "completed"
        case "embeddings":
            return True


def _usage(usage: Mapping[str, object], sent: int, got: int) -> Usage:
    """OpenAI's two spellings and Anthropic's, which counts its cache apart from the rest of the input."""
    spent = _count(usage.get("prompt_tokens", usage.get("input_tokens")))
    if spent is None:
        return Usage(input_tokens=sent // CHARACTERS_A_TOKEN, output_tokens=got // CHARACTERS_A_TOKEN)
    made = _count(usage.get("completion_tokens", usage.get("output_tokens"))) or 0
    again = _count(usage.get("cache_read_input_tokens")) or 0
    stored = _count(usage.get("cache_creation_input_tokens")) or 0
    details = _mapping(usage.get("prompt_tokens_details", usage.get("input_tokens_details")))
    within = _count(details.get("cached_tokens")) or 0
    return Usage(
        input_tokens=spent + again + stored,
        output_tokens=made,
        cached_input_tokens=again + min(within, spent),
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MAX_TOKENS else None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
