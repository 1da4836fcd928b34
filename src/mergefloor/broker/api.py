"""The wire APIs that a child may speak, and where each of them is on either side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mergefloor.broker.upstream import Provider, Upstream

NO_KEY = "none"
ANTHROPIC_VERSION = "2023-06-01"
# What of a child's headers changes an answer. Everything else of them stays here.
PASSED_ON = ("anthropic-version", "anthropic-beta")
PASSABLE = re.compile(r"[A-Za-z0-9._, -]{1,400}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One endpoint. `path`: below the base URL of the real one."""

    name: Literal["chat", "responses", "embeddings", "messages"]
    provider: Provider
    path: str


# (provider, path below the base URL that the child was given) -> API
ROUTES: dict[tuple[str, str], Api] = {
    ("openai", "v1/chat/completions"): Api(name="chat", provider="openai", path="/chat/completions"),
    ("openai", "v1/responses"): Api(name="responses", provider="openai", path="/responses"),
    ("openai", "v1/embeddings"): Api(name="embeddings", provider="openai", path="/embeddings"),
    ("anthropic", "v1/messages"): Api(name="messages", provider="anthropic", path="/v1/messages"),
}
# How a configuration names the models of an endpoint: both names of OpenAI's share one base URL.
NAMED: dict[Provider, tuple[str, ...]] = {
    "openai": ("openai", "openai-compatible"),
    "anthropic": ("anthropic",),
}


def presented(headers: Mapping[str, str]) -> str:
    """The key that a child presents, as either provider's SDK sends it; "" for none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else headers.get("x-api-key", "").strip()


def kept_headers(api: Api, headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The headers of a child that are part of its question."""
    if api.provider != "anthropic":
        return ()
    found = {name: headers[name].strip() for name in PASSED_ON if name in headers}
    known = {name: value for name, value in found.items() if PASSABLE.fullmatch(value)}
    return tuple({"anthropic-version": ANTHROPIC_VERSION, **known}.items())


def real_headers(api: Api, upstream: Upstream, kept: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """What is sent to the real endpoint: the real key, the operator's headers, and what the child may say."""
    key = (
        {"x-api-key": upstream.key}
        if api.provider == "anthropic"
        else {"authorization": f"Bearer {upstream.key or NO_KEY}"}
    )
    base = {"content-type": "application/json", "accept": "application/json", "user-agent": "mergefloor"}
    return {**base, **dict(kept), **upstream.headers, **key}
