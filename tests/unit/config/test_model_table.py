"""The shipped model table, and the config's `models` over it."""

from __future__ import annotations

import json
import re
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from mergefloor.config import model_table
from mergefloor.config.model_table import ending
from mergefloor.config.read import parse_config
from mergefloor.core.lifecycle import ModelFacts
from mergefloor.core.pins import is_pinned
from mergefloor.core.settings import ModelRule
from mergefloor.core.types import Place
from mergefloor.errors import InputError

RAW: dict[str, Any] = json.loads(files("mergefloor").joinpath("data/models.json").read_text(encoding="utf-8"))
MODELS: dict[str, dict[str, Any]] = RAW["models"]
KEYS = {"alias_for", "snapshot_of", "fixed", "released", "deprecated", "retires", "replacement", "source"}
BEFORE = ending("2024-01-01").day
SUITE = "suites: {s: {prompt: p.md}}\n"


def test_entries__have_known_keys_real_dates_and_numbered_sources() -> None:
    for name, entry in MODELS.items():
        assert set(entry) <= KEYS, name
        assert entry["source"], name
        assert all(0 <= index < len(RAW["sources"]) for index in entry["source"]), name
        days = [entry[key] for key in ("released", "deprecated", "retires") if key in entry]
        assert [date.fromisoformat(day).isoformat() for day in days] == sorted(days), name
    used = {index for entry in MODELS.values() for index in entry["source"]}
    assert used == set(range(len(RAW["sources"]))), "every source is cited"


def test_entries__offer_dated_names_for_undated_ones_only() -> None:
    for name, entry in MODELS.items():
        if "alias_for" in entry:
            assert not is_pinned(name), name
            assert is_pinned(entry["alias_for"]), name
            assert MODELS[entry["alias_for"]]["snapshot_of"] == name
        if "snapshot_of" in entry:
            assert is_pinned(name), name
            assert not is_pinned(entry["snapshot_of"]), name
        if "fixed" in entry:
            assert (entry["fixed"], is_pinned(name)) == (True, False), name


@pytest.mark.parametrize(
    ("alias", "dated"),
    [
        ("openai/gpt-4o", "openai/gpt-4o-2024-08-06"),
        ("openai/gpt-4o-mini", "openai/gpt-4o-mini-2024-07-18"),
        ("openai/gpt-4", "openai/gpt-4-0613"),
        ("openai/gpt-4.1", "openai/gpt-4.1-2025-04-14"),
        ("openai/gpt-5", "openai/gpt-5-2025-08-07"),
        ("openai/gpt-5-mini", "openai/gpt-5-mini-2025-08-07"),
        ("openai/gpt-5.5", "openai/gpt-5.5-2026-04-23"),
        ("anthropic/claude-3-7-sonnet-latest", "anthropic/claude-3-7-sonnet-20250219"),
        ("anthropic/claude-sonnet-4-0", "anthropic/claude-sonnet-4-20250514"),
        ("anthropic/claude-sonnet-4-5", "anthropic/claude-sonnet-4-5-20250929"),
    ],
)
def test_model_table__of_an_alias__knows_the_dated_name(alias: str, dated: str) -> None:
    assert model_table({}).dated(alias, BEFORE) == dated


@pytest.mark.parametrize(
    ("name", "retires"),
    [
        ("openai/gpt-3.5-turbo-0613", "2024-09-13"),
        ("openai/gpt-4-0613", "2026-10-23"),
        ("openai/gpt-5-mini-2025-08-07", "2026-12-11"),
        ("openai/gpt-4o-2024-08-06", "2027-01-14"),
        ("anthropic/claude-3-5-sonnet-20241022", "2025-10-28"),
        ("anthropic/claude-sonnet-4-5-20250929", "2026-11-30"),
    ],
)
def test_model_table__of_a_snapshot__knows_its_end(name: str, retires: str) -> None:
    assert model_table({}).facts(name).ending == ending(retires)


def test_ending__counts_days_from_1970() -> None:
    assert [ending(day).day for day in ("1970-01-01", "1970-01-02", "2026-11-21")] == [0, 1, 20_778]


def test_model_table__under_rules__takes_their_word_and_keeps_the_rest() -> None:
    rules = {
        "openai/gpt-5-mini-2025-08-07": ModelRule(retires="2030-01-02"),
        "openai/gpt-4o": ModelRule(instead="openai/gpt-4o-2024-11-20"),
        "openai/ours": ModelRule(retires="2027-01-31", instead="openai/ours-2026-01-02"),
    }
    table = model_table(rules)
    later = table.facts("openai/gpt-5-mini-2025-08-07")
    assert (later.ending, later.replacement) == (ending("2030-01-02"), "openai/gpt-5.6-terra")
    assert table.dated("openai/gpt-4o", BEFORE) == "openai/gpt-4o-2024-11-20"
    assert table.facts("openai/gpt-4o").ending == ending(MODELS["openai/gpt-4o"]["retires"])
    assert table.dated("openai/ours", BEFORE) == "openai/ours-2026-01-02"
    assert model_table({}).facts("openai/ours") == ModelFacts()


def test_read_config__of_models__arrives() -> None:
    text = "models: {openai/a: {retires: 2027-01-31, instead: openai/b}, anthropic/c: {}}\n" + SUITE
    assert parse_config("m.yml", text.encode()).models == {
        "openai/a": ModelRule(retires="2027-01-31", instead="openai/b"),
        "anthropic/c": ModelRule(),
    }


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("openai/a: {retires: 2027-02-30}", "no day"),
        ("openai/a: {retires: soon}", "no day"),
        ("openai/a: {retires: 20270131}", "retires"),
        ("openai/a: {instead: b}", "no `provider/model`"),
        ("a: {retires: 2027-01-31}", "no `provider/model`"),
        ("openai/a: {retired: 2027-01-31}", "retired"),
    ],
)
def test_read_config__of_wrong_models__says_what_and_where(entry: str, told: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_config("m.yml", f"version: 1\nmodels:\n  {entry}\n{SUITE}".encode())
    (problem,) = raised.value.problems
    assert problem.place == Place(path="m.yml", line=3)
    assert told in str(problem)


def test_read_config__of_names__knows_their_lines_and_none_of_what_is_not_written() -> None:
    text = "defaults:\n  model: openai/a\n  embedding_model: openai/e\njudge:\n\n  model: openai/j\n" + SUITE
    written, bare = parse_config("m.yml", text.encode()), parse_config("m.yml", SUITE.encode())
    assert (written.model_place, written.embedding_place, written.judge.place) == (
        Place(path="m.yml", line=2),
        Place(path="m.yml", line=3),
        Place(path="m.yml", line=6),
    )
    assert (bare.model_place, bare.embedding_place, bare.judge.place) == (None, None, None)


def test_places__make_no_difference_between_settings() -> None:
    moved = parse_config("m.yml", ("\n\njudge: {model: openai/j}\n" + SUITE).encode())
    assert moved.judge == parse_config("m.yml", ("judge: {model: openai/j}\n" + SUITE).encode()).judge


def test_sources__name_a_place_to_look() -> None:
    assert [source for source in RAW["sources"] if not re.match(r"\S+\.\S+/\S+", source)] == []
