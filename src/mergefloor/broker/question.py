"""One request of a child, read and checked: what is sent on, and under which name its answers are kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mergefloor.broker.answer import parse
from mergefloor.broker.api import NAMED, Api, kept_headers
from mergefloor.broker.refusal import Refusal, child_error
from mergefloor.broker.rules import objection
from mergefloor.broker.turn import strings
from mergefloor.core.keys import canonical, digest, text_hash
from mergefloor.core.settings import Price
from mergefloor.core.types import Json

SCHEMA = 1
MILLION = 1_000_000
# An estimate, on the high side: English has some 4 bytes a token, Chinese about one token for a character of 3.
BYTES_A_TOKEN = 3
# What is assumed of an answer whose length the request does not bound.
ASSUMED_OUTPUT = 1024
OUTPUT_BOUNDS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
# Fields that say who asks and how it is delivered, and never change an answer. `store` does nothing here.
TRANSPORT = frozenset({"stream", "stream_options", "user", "safety_identifier", "store", "metadata"})

SAID = ("messages", "input", "instructions", "system")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request that may be answered. `model`: `provider/name` as the configuration writes it."""

    api: Api
    model: str
    body: Mapping[str, Json]
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The model's name as it is sent."""
        return self.model.partition("/")[2]

    @property
    def drawn(self) -> bool:
        """Whether each answer is a sample of its own; embeddings are what they are."""
        return self.api.name != "embeddings"

    @property
    def sent(self) -> bytes:
        """What is sent: the JSON that was checked, written anew, so that nobody reads a doubled key otherwise."""
        return json.dumps(self.body, allow_nan=False).encode("ascii")

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is said in it."""
        said = [self.body.get(name) for name in SAID]
        return tuple(strings(said))

    def parts(self, endpoint: str) -> dict[str, Json]:
        """The named components of its key but the address of the sample.

        The fields' order does not matter; that inside a field does (the properties of a schema), so a field enters
        as the text that is sent.
        """
        fields: list[Json] = [
            [name, json.dumps(value, allow_nan=False)]
            for name, value in sorted(self.body.items())
            if name not in TRANSPORT
        ]
        return {
            "schema": SCHEMA,
            "provider": self.api.provider,
            "endpoint": endpoint,
            "api": self.api.name,
            "headers": [list(pair) for pair in sorted(self.headers)],
            "body": text_hash(canonical(fields)),
        }

    def subject(self, endpoint: str) -> str:
        """The name of the request, whoever asks and however often."""
        return digest(["broker", self.parts(endpoint)])

    def worst(self, price: Price | None) -> float:
        """USD that the answer may cost; 0 for a model without a price."""
        if price is None:
            return 0.0
        sent = len(self.sent) / BYTES_A_TOKEN
        return (sent * price.input + self._output() * price.output) / MILLION

    def _output(self) -> int:
        if not self.drawn:
            return 0
        bounds = [found for name in OUTPUT_BOUNDS if (found := _whole(self.body.get(name))) is not None]
        return (max(bounds) if bounds else ASSUMED_OUTPUT) * (_whole(self.body.get("n")) or 1)


def read_question(
    api: Api, data: bytes, headers: Mapping[str, str], allowed: Iterable[str]
) -> Question | Refusal:
    """The question in a body, or why it is refused."""
    parsed = parse(data)
    if parsed is None:
        return child_error(400, "bad-request", "the body is not a JSON object")
    body: dict[str, Json] = json.loads(json.dumps(parsed))
    name = body.get("model")
    known = tuple(allowed)
    model = next((f"{each}/{name}" for each in NAMED[api.provider] if f"{each}/{name}" in known), None)
    if not isinstance(name, str) or model is None:
        listed = ", ".join(f"`{each}`" for each in known) or "none"
        what = f"model {str(name)[:100]!r} is not among the `models` of this target ({listed})"
        return child_error(403, "model-not-allowed", what)
    problem = objection(body)
    if problem is not None:
        return child_error(400, "unsupported", problem)
    return Question(api=api, model=model, body=body, headers=kept_headers(api, headers))


def _whole(value: Json) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return min(max(0, value), MILLION)
