"""Anthropic's messages API."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mergefloor.core.types import (
    EmbedRequest,
    Failure,
    Finish,
    Json,
    Message,
    ModelRef,
    Output,
    Request,
    Usage,
    Vectors,
)
from mergefloor.errors import ProviderError
from mergefloor.providers.endpoint import checked
from mergefloor.providers.fault import fault
from mergefloor.providers.model_page import Found, next_page, one_page
from mergefloor.providers.parameters import for_anthropic
from mergefloor.providers.reply import count, guess, mapping, parse, text
from mergefloor.providers.wire import KEPT_ALIVE, Wire, transport

URL = "https://api.anthropic.com"
KEY, BASE = "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"
TOOL = "reply"
MOST_PAGES = 20

# API version 2026-10-21, which the SDK sends, has no sampling parameters; the one before it does.
# https://platform.claude.com/docs/en/api/migration-2026-10-21
SAMPLING = frozenset({"temperature", "top_p", "top_k"})
WITH_SAMPLING = {"anthropic-version": "2023-06-01"}

# These cannot be bound to a schema and are made to call a tool; the newest refuse that and know only schemas.
TOOL_ONLY = (
    "claude-2",
    "claude-3",
    "claude-sonnet-4-0",
    "claude-sonnet-4-2025",
    "claude-opus-4-0",
    "claude-opus-4-2025",
)

# A reason that is not here is not known to mean that the answer is whole, so the answer does not count.
FINISH: dict[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
}


def endpoint(provider: str, env: Mapping[str, str]) -> str:
    """The base URL: ANTHROPIC_BASE_URL, else Anthropic's own."""
    url = env.get(BASE, "")
    return checked(url, BASE) if url.strip() else URL


def missing_key(ref: ModelRef, env: Mapping[str, str]) -> str:
    """The variable whose key is missing; "" where it is there."""
    return "" if env.get(KEY, "").strip() else KEY


def connect(ref: ModelRef, env: Mapping[str, str]) -> Anthropic:
    """Load the SDK and connect. ProviderError without a key."""
    key = env.get(KEY, "").strip()
    if missing_key(ref, env):
        raise ProviderError(f"no key for {str(ref)!r}", f"set `{KEY}`")
    import anthropic
    import httpx2

    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=KEPT_ALIVE)
    client = anthropic.AsyncAnthropic(
        api_key=key,
        base_url=checked(ref.endpoint, BASE),
        max_retries=0,
        timeout=None,
        http_client=transport(anthropic, limits),
    )
    return Anthropic(Wire(sdk=anthropic, client=client, response=httpx2.Response))


class Anthropic:
    """One connected endpoint."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        """One message."""
        body = message_body(request)
        headers = WITH_SAMPLING if SAMPLING & body.keys() else None
        got = await self._wire.post("/v1/messages", body, str(request.model), headers)
        return read_message(got, request) if isinstance(got, bytes) else got

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        """There are none."""
        what = f"{request.model}: Anthropic offers no embeddings"
        return fault("unknown-model", f"{what}; set `embedding_model` to one of openai or openai-compatible")

    async def models(self, name: str) -> Found | Failure:
        """The names that this endpoint knows now, page after page. `name`: what the list is called in messages."""
        found: Found = {}
        query = {"limit": "1000"}
        for _ in range(MOST_PAGES):
            got = await self._wire.get("/v1/models", query, name)
            page = one_page(got, name)
            if isinstance(page, Failure):
                return page
            found |= page
            if not (following := next_page(got)):
                return found
            query["after_id"] = following
        return fault("unreadable-reply", f"{name}: more than {MOST_PAGES} pages")

    async def close(self) -> None:
        """Close connections."""
        await self._wire.close()


def message_body(request: Request) -> dict[str, Json]:
    """What is sent: system turns go to the field of their own, a schema binds the answer."""
    system = "\n\n".join(m.content for m in request.messages if m.role == "system")
    body: dict[str, Json] = {
        **for_anthropic(request.params),
        "model": request.model.name,
        "messages": [{"role": m.role, "content": m.content} for m in request.messages if m.role != "system"],
    }
    if system:
        body["system"] = system
    if request.response_schema is not None:
        body.update(_bound(request.model.name, dict(request.response_schema)))
    return body


def read_message(data: bytes, request: Request) -> Output | Failure:
    """Any body of a 200 as text, refusal, length, empty, or an unreadable reply (R02)."""
    body = mapping(parse(data))
    blocks = body.get("content")
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return fault("unreadable-reply", f"{request.model}: a reply without content")
    reason = body.get("stop_reason")
    finish = FINISH.get(reason) if isinstance(reason, str) else None
    if finish is None:
        return fault(
            "unreadable-reply", f"{request.model}: it stopped for an unknown reason {str(reason)[:40]!r}"
        )
    served = text(body.get("model"))
    if not served:
        return fault("unreadable-reply", f"{request.model}: a reply that does not say which model it is of")
    said = _said([mapping(block) for block in blocks], tool=request.response_schema is not None)
    if finish == "stop" and not said.strip():
        finish = "empty"
    usage = _usage(body.get("usage"), request.messages, said)
    return Output(text=said, finish=finish, usage=usage, served_model=served)


def _bound(name: str, schema: dict[str, Json]) -> dict[str, Json]:
    if name.startswith(TOOL_ONLY):
        tool: dict[str, Json] = {"name": TOOL, "description": "Give the answer.", "input_schema": schema}
        return {"tools": [tool], "tool_choice": {"type": "tool", "name": TOOL}}
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


def _said(blocks: list[Mapping[str, object]], *, tool: bool) -> str:
    """The text blocks, or the tool call that stands for the answer when a schema was asked for."""
    calls = [block.get("input") for block in blocks if block.get("type") == "tool_use"]
    if tool and len(calls) == 1 and isinstance(calls[0], dict):
        return json.dumps(calls[0], ensure_ascii=True, sort_keys=True)
    return "".join(text(block.get("text")) for block in blocks if block.get("type") == "text")


def _usage(value: object, sent: tuple[Message, ...], got: str) -> Usage:
    """Anthropic counts what it wrote to and read from its cache apart from the rest of the input."""
    usage = mapping(value)
    spent, made = count(usage.get("input_tokens")), count(usage.get("output_tokens"))
    if spent is None or made is None:
        return guess(sent, got)
    again = count(usage.get("cache_read_input_tokens")) or 0
    stored = count(usage.get("cache_creation_input_tokens")) or 0
    return Usage(input_tokens=spent + again + stored, output_tokens=made, cached_input_tokens=again)
