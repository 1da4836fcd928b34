"""The shipped price table: data/prices.json, with its sources named in it."""

from __future__ import annotations

import json
from importlib.resources import files

from mergefloor.core.settings import Price


def load_prices() -> dict[str, Price]:
    """`provider/name` -> USD per million tokens. Aliases and dated names are matched by `core.cost.price_of`."""
    table = json.loads(files("mergefloor").joinpath("data", "prices.json").read_text(encoding="utf-8"))
    return {name: Price(**fields) for name, fields in table["models"].items()}
