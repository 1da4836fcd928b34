"""OpenAI and everything that speaks its chat completions: vLLM, Ollama, gateways."""

from __future__ import annotations

import math
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
from mergefloor.providers.model_page import Found, one_page
from mergefloor.providers.parameters import for_openai
from mergefloor.providers.reply import count, guess, items, mapping, parse, text
from mergefloor.providers.wire import KEPT_ALIVE, Wire, transport

URL = "https://api.openai.com/v1"
KEY, BASE = "OPENAI_API_KEY", "OPENAI_BASE_URL"
NO_KEY = "none"
COMPATIBLE = "openai-compatible"

# A reason that is not here is not known to mean that the answer is whole, so the answer does not count.
FINISH: dict[str, Finish] = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "tool_calls": "stop",
    "function_call": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "filtered",
}


def endpoint(provider: str, env: Mapping[str, str]) -> str:
    """The base URL: OPENAI_BASE_URL, else OpenAI's own. ProviderError where a compatible one is not named."""
    url = env.get(BASE, "")
    if url.strip():
        return checked(url, BASE)
    if provider == COMPATIBLE:
        raise ProviderError(
            "no endpoint for `openai-compatible/...`", f"set `{BASE}=http://127.0.0.1:11434/v1`"
        )
    return URL


def missing_key(ref: ModelRef, env: Mapping[str, str]) -> str:
    """The variable whose key is missing; "" where it is there, and for a compatible endpoint, which may do without."""
    return "" if ref.provider == COMPATIBLE or env.get(KEY, "").strip() else KEY


def connect(ref: ModelRef, env: Mapping[str, str]) -> OpenAI:
    """Load the SDK and connect. ProviderError without a key, where one is needed."""
    key = env.get(KEY, "").strip() or NO_KEY
    if missing_key(ref, env):
        raise ProviderError(f"no key for {str(ref)!r}", f"set `{KEY}`")
    import httpx2
    import openai

    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=KEPT_ALIVE)
    client = openai.AsyncOpenAI(
        api_key=key,
        base_url=checked(ref.endpoint, BASE),
        organization=env.get("OPENAI_ORG_ID") or None,
        project=env.get("OPENAI_PROJECT_ID") or None,
        max_retries=0,
        timeout=None,
        http_client=transport(openai, limits),
    )
    return OpenAI(Wire(sdk=openai, client=client, response=httpx2.Response))


class OpenAI:
    """One connected endpoint."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        """One chat completion."""
        got = await self._wire.post("/chat/completions", chat_body(request), str(request.model))
        return read_chat(got, request) if isinstance(got, bytes) else got

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        """Embeddings of every text."""
        body = {"model": request.model.name, "input": list(request.texts), "encoding_format": "float"}
        got = await self._wire.post("/embeddings", body, str(request.model))
        if isinstance(got, Output):
            return fault("bad-request", f"{request.model}: a text is too long or was filtered")
        return read_vectors(got, request) if isinstance(got, bytes) else got

    async def models(self, name: str) -> Found | Failure:
        """The names that this endpoint knows now. `name`: what the list is called in messages."""
        return one_page(await self._wire.get("/models", {}, name), name)

    async def close(self) -> None:
        """Close connections."""
        await self._wire.close()


def chat_body(request: Request) -> dict[str, Json]:
    """What is sent: the parameters as they were hashed, under the names that this model knows."""
    name, given = request.model.name, dict(request.params)
    params = given if request.model.provider == COMPATIBLE else for_openai(name, given)
    body: dict[str, Json] = {
        **params,
        "model": name,
        "messages": [{"role": m.role, "content": m.content} for m in request.messages],
    }
    if request.response_schema is not None:
        body["response_format"] = _format(request.response_schema)
    return body


def _format(schema: Mapping[str, Json]) -> Json:
    """Any object is "JSON mode"; a strict schema must be closed, so an open one is sent without that promise."""
    if schema == {"type": "object"}:
        return {"type": "json_object"}
    strict = schema.get("additionalProperties") is False
    return {"type": "json_schema", "json_schema": {"name": "reply", "strict": strict, "schema": dict(schema)}}


def read_chat(data: bytes, request: Request) -> Output | Failure:
    """Any body of a 200 as text, refusal, filtered, length, empty, or an unreadable reply (R02)."""
    body = mapping(parse(data))
    choices = items(body.get("choices"))
    choice = mapping(choices[0] if choices else None)
    message = choice.get("message")
    if not isinstance(message, dict) or not isinstance(message.get("content"), str | list | None):
        return fault("unreadable-reply", f"{request.model}: a reply without a message")
    reason = choice.get("finish_reason")
    finish = FINISH.get(reason) if isinstance(reason, str) else None
    if finish is None:
        return fault(
            "unreadable-reply", f"{request.model}: it stopped for an unknown reason {str(reason)[:40]!r}"
        )
    served = text(body.get("model"))
    if not served and request.model.provider != COMPATIBLE:
        return fault("unreadable-reply", f"{request.model}: a reply that does not say which model it is of")
    said, refused = _said(message.get("content")), text(message.get("refusal"))
    if refused and not said.strip() and finish == "stop":
        said, finish = refused, "refusal"
    elif finish == "stop" and not said.strip():
        finish = "empty"
    usage = _usage(body.get("usage"), request.messages, said)
    return Output(text=said, finish=finish, usage=usage, served_model=served)


def read_vectors(data: bytes, request: EmbedRequest) -> Vectors | Failure:
    """Any body of a 200: one vector a text in the order of the texts, or an unreadable reply."""
    body = mapping(parse(data))
    found: dict[object, tuple[float, ...]] = {}
    for item in map(mapping, items(body.get("data"))):
        row = items(item.get("embedding"))
        if row and all(isinstance(x, int | float) and math.isfinite(x) for x in row):
            found[item.get("index")] = tuple(float(x) for x in row if isinstance(x, int | float))
    rows = [found[index] for index in range(len(request.texts)) if index in found]
    if len(rows) != len(request.texts) or len({len(row) for row in rows}) > 1:
        return fault("unreadable-reply", f"{request.model}: a reply without one vector for each text")
    counted = count(mapping(body.get("usage")).get("prompt_tokens"))
    sent = guess([Message(role="user", content=each) for each in request.texts], "")
    usage = sent if counted is None else Usage(input_tokens=counted)
    return Vectors(rows=tuple(rows), usage=usage, served_model=text(body.get("model")))


def _said(content: object) -> str:
    """The text of a message: a string, or the text parts of a list."""
    if isinstance(content, list):
        return "".join(text(mapping(part).get("text")) for part in content)
    return text(content)


def _usage(value: object, sent: tuple[Message, ...], got: str) -> Usage:
    usage = mapping(value)
    spent, made = count(usage.get("prompt_tokens")), count(usage.get("completion_tokens"))
    if spent is None or made is None:
        return guess(sent, got)
    again = count(mapping(usage.get("prompt_tokens_details")).get("cached_tokens")) or 0
    return Usage(input_tokens=spent, output_tokens=made, cached_input_tokens=min(again, spent))
