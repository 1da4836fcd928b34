"""The shipped price table."""

from __future__ import annotations

import json
import math
from importlib.resources import files

import pytest

from mergefloor.core.cost import price_of
from mergefloor.core.settings import DEFAULT_JUDGE, DEFAULT_MODEL
from mergefloor.engine import load_prices


def test_load_prices__every_entry__is_finite_and_sane() -> None:
    prices = load_prices()
    assert len(prices) > 60
    for name, price in prices.items():
        assert name.split("/")[0] in {"openai", "anthropic"}
        numbers = [price.input, price.output, *([] if price.cached_input is None else [price.cached_input])]
        assert all(math.isfinite(x) and 0 <= x <= 200 for x in numbers) and price.input > 0
        assert price.cached_input is None or price.cached_input <= price.input


@pytest.mark.parametrize(
    "model",
    [
        DEFAULT_MODEL,
        DEFAULT_JUDGE,
        "openai/gpt-4-0613",
        "openai/gpt-3.5-turbo-0613",
        "openai/gpt-4o-2024-08-06",
        "openai/gpt-4.1-mini-2025-04-14",
        "anthropic/claude-3-5-sonnet-20241022",
        "anthropic/claude-opus-4-1-20250805",
        "anthropic/claude-sonnet-4-20250514",
        "openai/text-embedding-3-small",
    ],
)
def test_load_prices__models_in_use__have_a_price(model: str) -> None:
    assert price_of(model, load_prices()) is not None


def test_price_table__names_its_sources_and_date() -> None:
    table = json.loads(files("mergefloor").joinpath("data", "prices.json").read_text())
    assert table["updated"] and all("." in source for source in table["sources"])
