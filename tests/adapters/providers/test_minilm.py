"""The encoder's arithmetic against the same formulas written out number by number. Needs numpy alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mergefloor.providers.minilm import Array, MiniLM, gelu

WIDTH, INNER, WORDS, LAYERS, HEADS = 8, 12, 20, 2, 2
Rows = list[list[float]]


def weights(seed: int = 1) -> dict[str, Array]:
    """Small random weights under the names of the published file."""
    draw = np.random.default_rng(seed)

    def block(*shape: int) -> Array:
        return draw.normal(0, 0.5, shape).astype(np.float32)

    found = {
        "embeddings.word_embeddings.weight": block(WORDS, WIDTH),
        "embeddings.position_embeddings.weight": block(16, WIDTH),
        "embeddings.token_type_embeddings.weight": block(2, WIDTH),
    }
    norms, linears = ["embeddings.LayerNorm"], []
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        norms += [f"{at}attention.output.LayerNorm", f"{at}output.LayerNorm"]
        linears += [(f"{at}attention.self.{name}", WIDTH, WIDTH) for name in ("query", "key", "value")]
        linears += [(f"{at}attention.output.dense", WIDTH, WIDTH)]
        linears += [(f"{at}intermediate.dense", INNER, WIDTH), (f"{at}output.dense", WIDTH, INNER)]
    for name in norms:
        found |= {f"{name}.weight": block(WIDTH), f"{name}.bias": block(WIDTH)}
    for name, out, into in linears:
        found |= {f"{name}.weight": block(out, into), f"{name}.bias": block(out)}
    return found


class Slow:
    """BERT with loops, in double precision and with the exact error function."""

    def __init__(self, found: dict[str, Array]) -> None:
        self.w = {name: value.astype(float).tolist() for name, value in found.items()}

    def linear(self, row: list[float], name: str) -> list[float]:
        pairs = zip(self.w[f"{name}.weight"], self.w[f"{name}.bias"], strict=True)
        return [sum(a * b for a, b in zip(row, line, strict=True)) + bias for line, bias in pairs]

    def normed(self, row: list[float], name: str) -> list[float]:
        mean = sum(row) / len(row)
        spread = math.sqrt(sum((x - mean) ** 2 for x in row) / len(row) + 1e-12)
        pairs = zip(row, self.w[f"{name}.weight"], self.w[f"{name}.bias"], strict=True)
        return [(x - mean) / spread * factor + bias for x, factor, bias in pairs]

    def attended(self, rows: Rows, at: str) -> Rows:
        query, key, value = ([self.linear(r, f"{at}{n}") for r in rows] for n in ("query", "key", "value"))
        size = WIDTH // HEADS
        out: Rows = [[] for _ in rows]
        for cut in (slice(h * size, (h + 1) * size) for h in range(HEADS)):
            for i, mine in enumerate(query):
                scores = [
                    math.exp(sum(a * b for a, b in zip(mine[cut], other[cut], strict=True)) / math.sqrt(size))
                    for other in key
                ]
                shares = [score / sum(scores) for score in scores]
                out[i] += [
                    sum(s * v for s, v in zip(shares, column, strict=True))
                    for column in zip(*(v[cut] for v in value), strict=True)
                ]
        return out

    def vector(self, tokens: list[int]) -> list[float]:
        parts = ("word_embeddings", "position_embeddings", "token_type_embeddings")
        word, place, kind = (self.w[f"embeddings.{part}.weight"] for part in parts)
        rows = [
            self.normed(
                [sum(x) for x in zip(word[t], place[i], kind[0], strict=True)], "embeddings.LayerNorm"
            )
            for i, t in enumerate(tokens)
        ]
        for layer in range(LAYERS):
            at = f"encoder.layer.{layer}."
            seen = [
                self.linear(r, f"{at}attention.output.dense")
                for r in self.attended(rows, f"{at}attention.self.")
            ]
            rows = [
                self.added(a, b, f"{at}attention.output.LayerNorm") for a, b in zip(rows, seen, strict=True)
            ]
            wide = [[exact_gelu(x) for x in self.linear(r, f"{at}intermediate.dense")] for r in rows]
            back = [self.linear(r, f"{at}output.dense") for r in wide]
            rows = [self.added(a, b, f"{at}output.LayerNorm") for a, b in zip(rows, back, strict=True)]
        mean = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
        return [x / math.hypot(*mean) for x in mean]

    def added(self, left: list[float], right: list[float], name: str) -> list[float]:
        return self.normed([a + b for a, b in zip(left, right, strict=True)], name)


def exact_gelu(x: float) -> float:
    return x / 2 * (1 + math.erf(x / math.sqrt(2)))


@pytest.mark.parametrize("tokens", [[1, 2], [3, 1, 4, 1, 5, 9, 2, 6], list(range(16))])
def test_vector__small_random_weights__as_written_out(tokens: list[int]) -> None:
    found = weights()
    fast = MiniLM(found, layers=LAYERS, heads=HEADS).vector(tokens)
    assert fast.dtype == np.float32
    assert fast.tolist() == pytest.approx(Slow(found).vector(tokens), abs=2e-6)


def test_vector__order_of_tokens__counts() -> None:
    model = MiniLM(weights(), layers=LAYERS, heads=HEADS)
    assert not np.allclose(model.vector([1, 2, 3]), model.vector([3, 2, 1]), atol=1e-3)


def test_vector__scores_beyond_what_exp_can_hold__still_finite() -> None:
    found = {name: value * 60 if ".query." in name else value for name, value in weights().items()}
    row = MiniLM(found, layers=LAYERS, heads=HEADS).vector([1, 2, 3])
    assert np.isfinite(row).all()
    assert float(np.linalg.norm(row)) == pytest.approx(1, abs=1e-6)


def test_gelu__from_far_below_to_far_above__as_the_exact_one() -> None:
    x = np.linspace(-8, 8, 4001, dtype=np.float32)
    assert gelu(x).tolist() == pytest.approx([exact_gelu(float(v)) for v in x], abs=1e-6)
    assert gelu(x).dtype == np.float32
