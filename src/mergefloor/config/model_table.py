"""The shipped model table: data/models.json, with its sources named in it, under the config's own rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from importlib.resources import files

from mergefloor.core.lifecycle import Ending, ModelFacts, ModelTable
from mergefloor.core.settings import ModelRule

EPOCH = date(1970, 1, 1).toordinal()


def model_table(rules: Mapping[str, ModelRule]) -> ModelTable:
    """The shipped facts, where a config's `models` goes before them."""
    table = json.loads(files("mergefloor").joinpath("data", "models.json").read_text(encoding="utf-8"))
    shipped = {name: _facts(entry) for name, entry in table["models"].items()}
    return ModelTable(
        models=shipped | {name: _ruled(shipped.get(name), rule) for name, rule in rules.items()},
        updated=table["updated"],
    )


def ending(iso: str) -> Ending:
    """A day as the table and the config write it. Raises ValueError for what is no date."""
    return Ending(date=iso, day=date.fromisoformat(iso).toordinal() - EPOCH)


def _facts(entry: Mapping[str, str]) -> ModelFacts:
    known = {
        key: entry[key] for key in ("alias_for", "snapshot_of", "released", "replacement") if key in entry
    }
    ends = ending(entry["retires"]) if "retires" in entry else None
    return ModelFacts(**known, fixed=bool(entry.get("fixed")), ending=ends)


def _ruled(shipped: ModelFacts | None, rule: ModelRule) -> ModelFacts:
    facts = shipped or ModelFacts()
    if rule.retires is not None:
        facts = replace(facts, ending=ending(rule.retires))
    if rule.instead is not None:
        facts = replace(facts, alias_for=rule.instead, replacement=rule.instead)
    return facts
