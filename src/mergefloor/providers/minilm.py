"""all-MiniLM-L6-v2 in numpy: BERT's encoder, the mean over its tokens, unit length.

The arithmetic of Devlin et al. 2019 (arXiv:1810.04805) with the pooling of Reimers and Gurevych 2019
(arXiv:1908.10084). One text at a time, so that no vector depends on what else was asked; in float32 throughout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float32]
EPSILON = np.float32(1e-12)

# Abramowitz and Stegun 1964, 7.1.26: the error function to 1.5e-7, which is what float32 can hold.
ERF_T = np.float32(0.3275911)
ERF = tuple(np.float32(a) for a in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592))


class MiniLM:
    """One set of weights, named as in the published file."""

    def __init__(self, weights: Mapping[str, Array], *, layers: int, heads: int) -> None:
        self._weights, self._layers, self._heads = weights, layers, heads

    def vector(self, tokens: Sequence[int]) -> Array:
        """The unit vector of one text, given its token ids with both marks (at most 512)."""
        state = self._embedded(tokens)
        for layer in range(self._layers):
            state = self._layer(state, f"encoder.layer.{layer}.")
        mean = state.mean(axis=0)
        unit: Array = mean / np.sqrt((mean * mean).sum())
        return unit

    def _embedded(self, tokens: Sequence[int]) -> Array:
        at = "embeddings."
        words = self._weights[f"{at}word_embeddings.weight"][list(tokens)]
        places = self._weights[f"{at}position_embeddings.weight"][: len(tokens)]
        kind = self._weights[f"{at}token_type_embeddings.weight"][0]
        return self._normed(words + places + kind, f"{at}LayerNorm")

    def _layer(self, state: Array, at: str) -> Array:
        seen = self._linear(self._attended(state, f"{at}attention.self."), f"{at}attention.output.dense")
        state = self._normed(state + seen, f"{at}attention.output.LayerNorm")
        wide = gelu(self._linear(state, f"{at}intermediate.dense"))
        return self._normed(state + self._linear(wide, f"{at}output.dense"), f"{at}output.LayerNorm")

    def _attended(self, state: Array, at: str) -> Array:
        """Every token as a mixture of all: one mixture a head, side by side."""
        query, key, value = (
            self._split(self._linear(state, at + name)) for name in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(key.shape[-1]))
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed: Array = (shares / shares.sum(axis=-1, keepdims=True)) @ value
        return mixed.transpose(1, 0, 2).reshape(state.shape)

    def _split(self, rows: Array) -> Array:
        """tokens x width -> heads x tokens x width of a head."""
        return rows.reshape(len(rows), self._heads, -1).transpose(1, 0, 2)

    def _linear(self, rows: Array, name: str) -> Array:
        product: Array = rows @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return product

    def _normed(self, rows: Array, name: str) -> Array:
        centred = rows - rows.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + EPSILON)
        normed: Array = centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return normed


def gelu(x: Array) -> Array:
    """x times the share of a standard normal below x."""
    size = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + ERF_T * size)
    series = np.zeros_like(t)
    for factor in ERF:
        series = (series + factor) * t
    erf = np.copysign(1 - series * np.exp(-size * size), x)
    found: Array = np.float32(0.5) * x * (1 + erf)
    return found
