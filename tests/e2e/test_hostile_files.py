"""Malformed configs, golden sets and prompts through whole gates: no traceback, no foreign exit code, no false pass (R01)."""

from __future__ import annotations

import csv
import io
import json
import os
import time
from collections import Counter
from random import Random
from typing import Any

import pytest
import yaml
from tests.fuzz.memory import Ended, run_gate, run_validate
from tests.fuzz.seeds import SEEDS, WRONG, Seed
from tests.fuzz.spoil import spoil, swap, written

FULL = os.environ.get("MERGEFLOOR_FUZZ") == "full"
SAMPLES = 1112 if FULL else 66  # times 3 formats, times 3 kinds of file: 10,008 or 594
SECONDS = 2.0  # R01
CONFIG = "mergefloor.yml"
# PyYAML's own scanner refuses tabs between tokens, which YAML allows.
LIBYAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

by_seed = pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)


def ruined(path: str, data: bytes, rng: Random) -> bytes:
    """Half of them by bytes; half by values, written again in the file's own format."""
    if path.endswith(".csv") or path.endswith(".md") or rng.random() < 0.5:
        return spoil(data, rng)
    if path.endswith(".jsonl"):
        lines = data.splitlines()
        at = rng.randrange(len(lines))
        lines[at] = written(swap(json.loads(lines[at]), rng))
        return b"\n".join(lines) + b"\n"
    value = yaml.safe_load(data)
    for _ in range(rng.choice((1, 1, 2))):
        value = swap(value, rng)
    return written(value)


def within(seconds: float, run: Any, *args: Any) -> Ended:
    began = time.process_time()
    ended: Ended = run(*args)
    assert time.process_time() - began < seconds
    assert ended.code in {0, 1, 2, 3}
    assert "Traceback" not in ended.text
    assert ended.code != 3 or ended.text.strip(), "a refusal must say why"
    return ended


def content(path: str, data: bytes) -> Any:
    """What a plain reader of the format makes of the file; None for nothing. Not the program's own loader."""
    try:
        text = data.decode("utf-8-sig")
        if path.endswith(".csv"):
            return list(csv.DictReader(io.StringIO(text)))
        if path.endswith(".jsonl"):
            return [json.loads(line) for line in text.split("\n") if line.strip()]
        return yaml.load(text, Loader=LIBYAML)
    except (ValueError, yaml.YAMLError, csv.Error, RecursionError):
        return None


def still_wrong(seed: Seed, data: bytes) -> bool:
    """Whether the ruined prompt still asks for nonsense in its system message, as any reader would see."""
    return WRONG.encode() in data


@by_seed
def test_gate__of_the_seeds__passes_untouched_and_blocks_the_change(seed: Seed) -> None:
    assert run_gate(seed.base, seed.base).code == 0
    assert run_gate(seed.base, seed.head).code == 1
    assert run_validate(seed.base).code == 0


@by_seed
@pytest.mark.parametrize("what", ["config", "golden"])
def test_gate__of_a_bad_change_with_a_ruined_file__never_passes(seed: Seed, what: str) -> None:
    """The base's golden set and policy bind, so whatever the change does to its own, its answers stay wrong."""
    path = CONFIG if what == "config" else seed.golden
    codes = Counter[int]()
    for number in range(SAMPLES):
        rng = Random(f"{seed.name} {what} {number}")
        data = ruined(path, seed.head[path], rng)
        ended = within(SECONDS, run_gate, seed.base, {**seed.head, path: data})
        assert ended.code != 0, (number, data[:2000], ended.text)
        codes[ended.code] += 1
    assert codes[1], "some ruins must leave a file that reads"
    assert codes[3], "some ruins must be refused"


@by_seed
def test_gate__of_a_bad_change_with_a_ruined_prompt__passes_only_where_the_badness_is_gone(
    seed: Seed,
) -> None:
    for number in range(SAMPLES):
        rng = Random(f"{seed.name} prompt {number}")
        data = ruined(seed.prompt, seed.head[seed.prompt], rng)
        ended = within(SECONDS, run_gate, seed.base, {**seed.head, seed.prompt: data})
        assert ended.code != 0 or not still_wrong(seed, data), (number, data, ended.text)


@by_seed
@pytest.mark.parametrize("what", ["config", "golden"])
def test_gate__of_a_first_run_with_a_ruined_file__passes_only_what_still_reads(seed: Seed, what: str) -> None:
    """No base: the head's own files are the policy. A file that no reader can make sense of must not pass."""
    path = CONFIG if what == "config" else seed.golden
    for number in range(SAMPLES // 3):
        rng = Random(f"{seed.name} first {what} {number}")
        data = ruined(path, seed.base[path], rng)
        ended = within(SECONDS, run_gate, {"README.md": b"hello"}, {**seed.base, path: data})
        assert ended.code != 0 or content(path, data), (number, data[:2000], ended.text)


@by_seed
@pytest.mark.parametrize("what", ["config", "golden", "prompt"])
def test_validate__of_a_ruined_file__says_valid_only_of_what_reads(seed: Seed, what: str) -> None:
    path = {"config": CONFIG, "golden": seed.golden, "prompt": seed.prompt}[what]
    codes = Counter[int]()
    for number in range(SAMPLES // 3):
        rng = Random(f"{seed.name} validate {what} {number}")
        data = ruined(path, seed.base[path], rng)
        ended = within(SECONDS, run_validate, {**seed.base, path: data})
        assert ended.code in {0, 3}, (number, data[:2000], ended.text)
        assert ended.code != 0 or path.endswith(".md") or content(path, data), (number, data[:2000])
        codes[ended.code] += 1
    assert codes[3]
