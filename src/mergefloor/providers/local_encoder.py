"""From the bytes of a model to vectors. Imports what only the extra brings: imported on first use."""

from __future__ import annotations

from safetensors.numpy import load as tensors
from threadpoolctl import ThreadpoolController
from tokenizers import Tokenizer

from mergefloor.providers.minilm import MiniLM

LAYERS, HEADS = 6, 12


class MiniLMEncoder:
    """Weights and vocabulary together. `longest`: tokens of a text that are read, its two marks included."""

    def __init__(self, weights: bytes, vocabulary: bytes, longest: int) -> None:
        self._model = MiniLM(tensors(weights), layers=LAYERS, heads=HEADS)
        self._tokenizer = Tokenizer.from_buffer(vocabulary)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)
        self._threads = ThreadpoolController()

    def encode(self, text: str) -> tuple[tuple[float, ...], int]:
        """The vector of one text, and how many tokens were read for it."""
        tokens: list[int] = self._tokenizer.encode(text).ids
        # Two threads on products this small wait for each other: measured 15 times slower on a busy machine. And the
        # order in which numbers are added does not depend on the machine's number of processors.
        with self._threads.limit(limits=1, user_api="blas"):
            row = self._model.vector(tokens)
        return tuple(float(x) for x in row), len(tokens)
