"""Cache keys: what is hashed and how (DECISION 6). Hash what is sent; nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from mergefloor.core.types import Ask, EmbedRequest, Json, Request

SCHEMA = 1


def canonical(value: Json) -> str:
    """Canonical JSON: sorted keys, no blanks, no NaN. Equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def digest(value: Json) -> str:
    """SHA-256 of the canonical JSON, 64 hex digits."""
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()


def text_hash(text: str) -> str:
    """SHA-256 of a text, 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def request_parts(request: Request) -> dict[str, Json]:
    """The named components of a chat request, as they enter the key."""
    return {
        "schema": SCHEMA,
        "provider": request.model.provider,
        "endpoint": request.model.endpoint,
        "api": "chat",
        "model": request.model.name,
        "params": dict(request.params),
        "messages": [[m.role, m.content] for m in request.messages],
        "response_schema": None if request.response_schema is None else dict(request.response_schema),
    }


def request_hash(request: Request) -> str:
    """The hash under which every sample of one request is found. Equal requests render byte-identically."""
    return digest(request_parts(request))


def candidate_ask(request: Request, *, look: str = "plain", index: int = 0, pair: str = "") -> Ask:
    """A sample of a candidate: plain draws are shared by everybody who asks the same, fresh ones by one pair.

    `pair` is the hash of (base request, head request); it and the look address a fresh draw, so that a re-run
    of the same commit replays the same evidence (DECISION 5.7).
    """
    parts: dict[str, Json] = {**request_parts(request), "look": look, "sample": index, "pair": pair}
    draw = int(digest([look, index, pair])[:8], 16) if look != "plain" else index
    return Ask(kind="candidate", request=request, parts=parts, subject=request_hash(request), draw=draw)


def embedding_ask(request: EmbedRequest) -> Ask:
    """Embeddings are deterministic: one sample a request."""
    parts: dict[str, Json] = {
        "schema": SCHEMA,
        "provider": request.model.provider,
        "endpoint": request.model.endpoint,
        "api": "embeddings",
        "model": request.model.name,
        "texts": list(request.texts),
    }
    return Ask(kind="embedding", request=request, parts=parts, subject=digest(parts))


def judge_ask(request: Request, *, template: Mapping[str, Json], candidate: str, index: int = 0) -> Ask:
    """A judge's verdict, keyed on (judge snapshot, whole judge prompt but the candidate, candidate, sample).

    `template` is everything that is sent except the candidate's text and its nonce, plus the metric and parser
    versions: the grader knows which part of the request that is.
    """
    parts: dict[str, Json] = {
        "judge": request.model.name,
        "judge_prompt": digest({**request_parts(request), "messages": None, "template": dict(template)}),
        "candidate": text_hash(candidate),
        "sample": index,
    }
    return Ask(kind="judge", request=request, parts=parts, subject=digest(parts), draw=index)


def ask_key(ask: Ask) -> str:
    """The address of one sample in the cache: 64 hex digits."""
    return digest([ask.kind, dict(ask.parts)])


def is_verdict(components: Mapping[str, str]) -> bool:
    """Whether a stored sample is a judge's verdict, by the components of its key."""
    return components.keys() == {"judge", "judge_prompt", "candidate", "sample"}


def component_hashes(ask: Ask) -> dict[str, str]:
    """A short hash a component, stored beside the answer so that `explain` can say which one missed."""
    return {name: component_hash(value) for name, value in sorted(ask.parts.items())}


def component_hash(value: Json) -> str:
    """The short hash of one component."""
    return digest(value)[:12]
