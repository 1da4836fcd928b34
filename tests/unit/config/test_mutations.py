"""R01, T35: whatever becomes of the bytes of a config, it is a sound Config or an InputError."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest

from mergefloor.config.read import parse_config
from mergefloor.core.settings import Config
from mergefloor.errors import InputError
from mergefloor.loading import load_yaml

ROUNDS = 1250  # times 4 seeds, times 2 kinds of mutation: 10,000
HOSTILE: list[Any] = [
    None, True, False, 0, 1, -1, 0.5, -0.0, 1e308, 10**16, float("nan"), float("inf"), float("-inf"), "", " ", "x",
    "../x", "/x", "openai/x", "*", "[", "\ud800", "\0", "a\nb", "no", [], [[]], {}, {"a": {}}, ["a", 1], "9" * 500,
]  # fmt: skip
SCRAPS = [
    b"", b"\0", b"\xff", b"&a ", b"*a", b"!!python/object:os.system ", b"{", b"}", b"[", b"]", b": ", b"- ", b"\t",
    b"\n", b".nan", b"1e999", b"-.inf", b"<<: ", b"---\n", b"%YAML 1.1\n", b"'", b'"', b"|\n", b"? ", b"0x10", b"-1",
    b"99", "é\u202e".encode(), b"\xef\xbb\xbf", b"suites: {}\n", b"  ", b"null", b"~", b"true",
]  # fmt: skip


def sound(config: Config) -> None:
    """Everything that the rest of the program relies on."""
    assert config.suites
    assert 0 < config.policy.alpha < 0.5
    for share in (config.policy.margin, config.policy.score_margin, config.policy.max_unresolved):
        assert 0 <= share <= 1
    assert 0 <= config.budget.usd <= 1e9
    assert 0 < config.budget.minutes <= 1440
    assert 1 <= config.budget.concurrency <= 200
    assert type(config.budget.concurrency) is int
    for price in config.prices.values():
        assert all(0 <= each <= 1e9 for each in (price.input, price.output, price.cached_input or 0))
    for value in (*config.params.values(), *config.judge.params.values()):
        for each in value if isinstance(value, list) else [value]:
            assert not isinstance(each, float) or math.isfinite(each)
    for suite in config.suites:
        assert suite.prompt
        assert not suite.prompt.startswith("/")
        assert sum(metric.gating for metric in suite.metrics) <= 3
        for metric in suite.metrics:
            assert metric.floor is None or 0 <= metric.floor <= 1
            assert 0 <= metric.max_drop <= 1
        names = [spec.name for spec in suite.graders]
        assert len(names) == len(set(names))


def survives(data: bytes) -> bool:
    try:
        config = parse_config("m.yml", data)
    except InputError as error:
        assert error.problems
        assert all(problem.what and problem.fix and problem.place.line >= 1 for problem in error.problems)
        return False
    sound(config)
    return True


def spoiled(data: bytes, rng: random.Random) -> bytes:
    """Bytes cut out, doubled, or replaced by scraps."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        end = min(len(data), at + rng.choice([0, 1, 1, 2, 8, 60]))
        data = data[:at] + rng.choice([rng.choice(SCRAPS), data[at:end] * 2, b""]) + data[end:]
    return data


def changed(value: Any, rng: random.Random) -> Any:
    """Plain data with one entry replaced, renamed, doubled or dropped."""
    if isinstance(value, (dict, list)) and value and rng.random() < 0.85:
        key = rng.choice(list(value)) if isinstance(value, dict) else rng.randrange(len(value))
        copy = value.copy()
        action = rng.random()
        if action < 0.1:
            del copy[key]
        elif action < 0.2 and isinstance(copy, dict):
            copy[rng.choice(["x", "base_url", "", "pass_rate", "floor", "a b"])] = copy.pop(key)
        else:
            copy[key] = changed(copy[key], rng)
        return copy
    if isinstance(value, float) and rng.random() < 0.5:
        return rng.choice([value * 2, -value, value + 1, value / 7, 0.02])
    return rng.choice(HOSTILE)


@pytest.mark.parametrize("seed", range(4))
def test_parse_config__bytes_mutated__config_or_input_error(example, seed):
    rng = random.Random(seed)
    accepted = sum(survives(spoiled(example.encode(), rng)) for _ in range(ROUNDS))
    assert 0 < accepted < ROUNDS


@pytest.mark.parametrize("seed", range(4))
def test_parse_config__values_mutated__config_or_input_error(example, seed):
    rng = random.Random(seed)
    value = load_yaml("m.yml", example.encode()).value
    accepted = 0
    for _ in range(ROUNDS):
        mutated = value
        for _ in range(rng.randint(1, 2)):
            mutated = changed(mutated, rng)
        accepted += survives(json.dumps(mutated, ensure_ascii=True).encode())
    assert 0 < accepted < ROUNDS
